"""Join columns of text row by row; use dictionaries if there are few words. Pure."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def words_at(places: pa.Array, words: pa.Array) -> pa.Array:
    """Return words by their indices, as a dictionary array."""
    return pa.DictionaryArray.from_arrays(places, words)


def join(*parts: pa.Array | str) -> pa.Array:
    """Concatenate the parts of each row.

    All parts are taken at once, row by row, from one list of all words. The result
    then has the texts in order, and only the ends of the rows are computed. This takes
    half the time of Arrow's join.

    Args:
        parts: Texts for all rows, and at least one array without nulls.
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
    """Merge fixed texts into the words of the neighbouring part.

    Fewer parts are faster to join, and there are fewer words than rows.
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
    """Return the words of a part, and the index of each row's word."""
    if isinstance(part, str):
        return pa.array([part], pa.string()), 0
    if isinstance(part, pa.DictionaryArray):
        return part.dictionary, part.indices.to_numpy()
    return part, np.arange(count, dtype=np.int32)
