"""Choose words by row, and join them."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # as above

from limerun.dataset.block import Block
from limerun.dataset.layout import Column
from limerun.dataset.pools import Pool
from limerun.dataset.randomness import below


def chosen(block: Block, name: str, pool: Pool, use: str = "") -> pa.Array:
    """Return which word of a pool each row has, for one use in one column.

    No word comes twice where the column's values are to be different.
    """
    column = block.table.columns.get(name)

    def make() -> pa.Array:
        if column is not None and column.distinct:
            places = block.permuted(name, len(pool), use)
            return pa.array(places.astype(np.int32))
        words, shares = block.words(name, use), pool.shares
        drawn = below(words, len(pool)) if shares is None else shares(words)
        return pa.array(drawn.astype(np.int32))

    return block.once(f"chosen {name} {use}", make)


def chosen_apart(
    block: Block, name: str, uses: Mapping[str, Pool]
) -> tuple[pa.Array, ...]:
    """Return which words each row has, one for each use in one column.

    They do not come together twice where the column's values are to be different.
    """
    column = block.table.columns.get(name)
    if column is None or not column.distinct:
        return tuple(chosen(block, name, pool, use) for use, pool in uses.items())

    def make() -> tuple[pa.Array, ...]:
        size = math.prod(len(pool) for pool in uses.values())
        left = block.permuted(name, size)
        places = []
        for pool in uses.values():
            left, place = np.divmod(left, np.uint64(len(pool)))
            places.append(pa.array(place.astype(np.int32)))
        return tuple(places)

    return block.once(f"chosen apart {name}", make)


def choose(block: Block, name: str, pool: Pool, use: str = "") -> pa.Array:
    """Return a word of a pool for each row, as a dictionary column."""
    return words_at(chosen(block, name, pool, use), pool.array)


def words_at(places: pa.Array, words: pa.Array) -> pa.Array:
    """Return words by their places, as a dictionary column."""
    return pa.DictionaryArray.from_arrays(places, words)


def cut(words: pa.Array, column: Column, around: int) -> pa.Array:
    """Return words cut so that they fit a column, if there is so much around them."""
    if column.length is None:
        return words
    room = column.length - around
    if isinstance(words, pa.DictionaryArray):
        shorter = pc.utf8_slice_codeunits(words.dictionary, 0, room)
        return words_at(words.indices, shorter)
    return pc.utf8_slice_codeunits(words, 0, room)


def join(*parts: pa.Array | str) -> pa.Array:
    """Return the parts of each row one after another, as text.

    All parts are taken at once, row after row, from one list of all words: then they
    lie as they should, and only the rows' ends are left to tell. Half the time of
    Arrow's own join.

    Args:
        parts: Text for all rows, or an array without nulls, of which at least one.
    """
    count = next(len(part) for part in parts if not isinstance(part, str))
    fewer = _fewer(parts, count)
    places = np.empty((count, len(fewer)), np.int32)
    listed, before = [], 0
    for at, part in enumerate(fewer):
        words, places[:, at] = _listed(part, count)
        places[:, at] += before
        before += len(words)
        listed.append(words)
    joined = pa.concat_arrays(listed).take(pa.array(places.ravel()))
    _, ends, data = joined.buffers()
    rows = np.frombuffer(ends, np.int32)[joined.offset :][:: len(fewer)]
    kept = pa.py_buffer(np.ascontiguousarray(rows[: count + 1]))
    return pa.StringArray.from_buffers(count, kept, data)


def _fewer(parts: Sequence[pa.Array | str], count: int) -> list[pa.Array | str]:
    """Return the parts with fixed texts put into the words beside them.

    Every part costs the same for each row, and there are fewer words than rows.
    """
    fewer: list[pa.Array | str] = []
    before = ""
    for part in parts:
        if isinstance(part, str):
            before += part
            continue
        if before and fewer and _short(fewer[-1], count):
            fewer[-1] = _around("", fewer[-1], before)
        elif before and _short(part, count):
            part = _around(before, part, "")
        elif before:
            fewer.append(before)
        before = ""
        fewer.append(part)
    if before and _short(fewer[-1], count):
        fewer[-1] = _around("", fewer[-1], before)
    elif before:
        fewer.append(before)
    return fewer


def _short(part: pa.Array | str, count: int) -> bool:
    return isinstance(part, pa.DictionaryArray) and 4 * len(part.dictionary) < count


def _around(before: str, part: pa.DictionaryArray, after: str) -> pa.DictionaryArray:
    words = pc.binary_join_element_wise(before, part.dictionary, after, "")
    return words_at(part.indices, words)


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
