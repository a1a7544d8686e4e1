"""Choose words by row, and join them."""

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types

from limerun.dataset.block import Block
from limerun.dataset.randomness import below
from limerun.dataset.vocabulary import Pool


def chosen(block: Block, name: str, pool: Pool, use: str = "") -> pa.Array:
    """Return which word of a pool each row has, for one use in one column."""

    def make() -> pa.Array:
        words, shares = block.words(name, use), pool.shares
        places = below(words, len(pool)) if shares is None else shares(words)
        return pa.array(places.astype(np.int32))

    return block.once(f"chosen {name} {use}", make)


def choose(block: Block, name: str, pool: Pool, use: str = "") -> pa.Array:
    """Return a word of a pool for each row, as a dictionary column."""
    return words_at(chosen(block, name, pool, use), pool.array)


def words_at(places: pa.Array, words: pa.Array) -> pa.Array:
    """Return words by their places, as a dictionary column."""
    return pa.DictionaryArray.from_arrays(places, words)


def join(*parts: pa.Array | str) -> pa.Array:
    """Return the parts of each row one after another, as text.

    All parts are taken at once, row after row, from one list of all words: then they
    lie as they should, and only the rows' ends are left to tell. Half the time of
    Arrow's own join.

    Args:
        parts: Text for all rows, or an array without nulls, of which at least one.
    """
    count = next(len(part) for part in parts if not isinstance(part, str))
    places = np.empty((count, len(parts)), np.int32)
    listed, before = [], 0
    for at, part in enumerate(parts):
        words, places[:, at] = _listed(part, count)
        places[:, at] += before
        before += len(words)
        listed.append(words)
    joined = pa.concat_arrays(listed).take(pa.array(places.ravel()))
    _, ends, data = joined.buffers()
    rows = np.frombuffer(ends, np.int32)[joined.offset :][:: len(parts)]
    kept = pa.py_buffer(np.ascontiguousarray(rows[: count + 1]))
    return pa.StringArray.from_buffers(count, kept, data)


def _listed(part: pa.Array | str, count: int) -> tuple[pa.Array, np.ndarray | int]:
    """Return the words of a part, and which of them each row has."""
    if isinstance(part, str):
        return pa.array([part], pa.string()), 0
    if isinstance(part, pa.DictionaryArray):
        return part.dictionary, part.indices.to_numpy()
    return part, np.arange(count, dtype=np.int32)


def of_kind(block: Block, kind: str) -> str | None:
    """Return the name of the table's first column of a kind, if it has one."""
    columns = block.table.columns.values()
    return next((column.name for column in columns if column.kind == kind), None)
