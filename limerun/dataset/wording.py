"""Choose words by row, and join them."""

import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # as above

from limerun.dataset.block import Block
from limerun.dataset.randomness import below, pick
from limerun.dataset.vocabulary import Pool


def chosen(block: Block, name: str, pool: Pool, use: str = "") -> pa.Array:
    """Return which word of a pool each row has, for one use in one column."""
    words = block.words(name, use)
    bounds = pool.bounds
    places = below(words, len(pool)) if bounds is None else pick(words, bounds)
    return pa.array(places.astype("int32"))


def choose(block: Block, name: str, pool: Pool, use: str = "") -> pa.Array:
    """Return a word of a pool for each row, as a dictionary column."""
    return pa.DictionaryArray.from_arrays(chosen(block, name, pool, use), pool.array)


def join(*parts: pa.Array | str) -> pa.Array:
    """Return the parts of each row one after another, as text."""
    return pc.binary_join_element_wise(*parts, "")


def of_kind(block: Block, kind: str) -> str | None:
    """Return the name of the table's first column of a kind, if it has one."""
    columns = block.table.columns.values()
    return next((column.name for column in columns if column.kind == kind), None)
