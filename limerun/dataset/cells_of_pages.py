"""Columns as the cells of SQLite's table leaf pages, whole columns at a time. Pure.

The format is that of https://www.sqlite.org/fileformat2.html, section 2: a cell is
the record's length, the row's id and the record; a record is its columns' types,
then their values.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # as above

from limerun.dataset.wording import join

Bytes = npt.NDArray[np.uint8]
Counts = npt.NDArray[np.int64]

LONGEST_RECORD = 4096 - 35
"""Bytes; what is longer goes to pages of its own, which are not made here."""
MOST_COLUMNS = 60
"""So many types are surely told within 127 bytes, whose number takes one byte."""
_REAL = 7
_ZERO = 8
_TEXT = 13
_WIDTHS = (1, 2, 3, 4, 6, 8)
"""Of whole numbers of the types 1 to 6."""
_USED = np.arange(8) >= 8 - np.arange(9)[:, None]
"""By a number's length: which of its eight bytes are written."""


class RowTooLong(Exception):
    """A record does not fit a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    types: Counts
    lengths: Counts
    values: pa.Array | None
    """Bytes, as an array of text without nulls; None: there are none at all."""


def cells_of(ids: Counts, columns: Iterable[pa.Array]) -> pa.Array:
    """Return the cells of rows, as an array of text that is none.

    Args:
        ids: The rows' numbers, which the table has for its key.
        columns: All after the key: text, whole numbers or floats.

    Raises:
        RowTooLong: One of them does not fit a page.
    """
    stored = [_column(array) for array in columns]
    heads = [column.types for column in stored]
    header = np.full(len(ids), 2 + len(stored), np.int64)
    for types in heads:
        header += types >= 128
    record = header.copy()
    for column in stored:
        record += column.lengths
    if int(record.max(initial=0)) > LONGEST_RECORD:
        raise RowTooLong
    # The key itself is told by the cell: its column is null.
    key = np.zeros(len(ids), np.int64)
    head = _varints([(record, 2), (ids, 5), (header, 1), (key, 1)], heads)
    return join(head, *(each.values for each in stored if each.values is not None))


def _varints(firsts: Sequence[tuple[Counts, int]], types: Sequence[Counts]) -> pa.Array:
    """Return numbers as SQLite writes them, for each row one after another.

    Args:
        firsts: Numbers, and in how many bytes the largest of them goes.
        types: Numbers that go in one byte or two.
    """
    count = len(firsts[0][0])
    told = [*firsts, *((each, _bytes_of(each)) for each in types)]
    width = sum(most for _, most in told)
    cells = np.empty((count, width), np.uint8)
    used = np.ones((count, width), np.bool_)
    lengths = np.full(count, width, np.int64)
    at = 0
    for numbers, most in told:
        for place in range(most):
            shift = 7 * (most - 1 - place)
            last = place == most - 1
            cells[:, at] = ((numbers >> shift) & 127) | (0 if last else 128)
            if not last:
                there = numbers >= 1 << shift
                used[:, at] = there
                lengths -= ~there
            at += 1
    return _texts(cells, used, lengths)


def _bytes_of(types: Counts) -> int:
    return 2 if len(types) and int(types.max()) >= 128 else 1


def _texts(cells: Bytes, used: npt.NDArray[np.bool_] | None, lengths: Counts) -> Any:
    """Return the bytes of each row that are used, of which it has so many."""
    ends = np.zeros(len(cells) + 1, np.int32)
    np.cumsum(lengths, out=ends[1:])
    kept = cells.reshape(-1) if used is None else cells[used]
    return pa.StringArray.from_buffers(
        len(cells), pa.py_buffer(ends), pa.py_buffer(kept)
    )


def _column(array: pa.Array) -> _Column:
    if isinstance(array, pa.DictionaryArray):
        return _coded(array)
    if pa.types.is_string(array.type):
        return _text(array)
    if pa.types.is_null(array.type) or array.null_count == len(array):
        nothing = np.zeros(len(array), np.int64)
        return _Column(types=nothing, lengths=nothing, values=None)
    return _real(array) if pa.types.is_floating(array.type) else _whole(array)


def _valid(array: pa.Array) -> Any:
    """Return which values are not null; True: all."""
    return array.is_valid().to_numpy(zero_copy_only=False) if array.null_count else True


def _text(array: pa.Array) -> _Column:
    lengths = _lengths(array)
    types = 2 * lengths + _TEXT
    if array.null_count:
        types, lengths = np.where(_valid(array), [types, lengths], 0)
        array = pc.fill_null(array, "")
    return _Column(types=types, lengths=lengths, values=array)


def _lengths(array: pa.Array) -> Counts:
    _, ends, _ = array.buffers()
    if ends is None:
        return np.zeros(len(array), np.int64)
    places = np.frombuffer(ends, np.int32)[array.offset : array.offset + len(array) + 1]
    return np.diff(places).astype(np.int64)


def _coded(array: pa.DictionaryArray) -> _Column:
    words = array.dictionary
    if not pa.types.is_string(words.type):
        return _column(array.dictionary_decode())
    if array.indices.null_count:
        words = pa.concat_arrays((words, pa.array([""])))
        places = pc.fill_null(array.indices, len(words) - 1)
        array = pa.DictionaryArray.from_arrays(places, words)
        valid = places.to_numpy() < len(words) - 1
    else:
        valid = True
    lengths = _lengths(words)[array.indices.to_numpy()]
    types = np.where(valid, 2 * lengths + _TEXT, 0)
    return _Column(types=types, lengths=lengths, values=array)


def _real(array: pa.Array) -> _Column:
    valid = _valid(array)
    numbers = (
        pc.fill_null(array, 0.0).to_numpy() if array.null_count else array.to_numpy()
    )
    cells = numbers.astype(">f8").view(np.uint8).reshape(-1, 8)
    lengths = np.where(valid, np.full(len(array), 8), 0)
    types = np.where(lengths, _REAL, 0)
    return _Column(types=types, lengths=lengths, values=_last_bytes(cells, lengths))


def _whole(array: pa.Array) -> _Column:
    valid = _valid(array)
    numbers = (
        pc.fill_null(array, 0).to_numpy() if array.null_count else array.to_numpy()
    )
    numbers = numbers.astype(np.int64)
    types = np.ones(len(numbers), np.int64)
    size = np.where(numbers < 0, ~numbers, numbers)
    for width in _WIDTHS[:-1]:
        types += size >= 1 << (8 * width - 1)
    types = np.where((size == numbers) & (numbers < 2), numbers + _ZERO, types)
    types = np.where(valid, types, 0)
    widths = np.array([0, *_WIDTHS, 0, 0, 0], np.int64)
    lengths = widths[types]
    if not lengths.any():
        return _Column(types=types, lengths=lengths, values=None)
    cells = numbers.astype(">i8").view(np.uint8).reshape(-1, 8)
    return _Column(types=types, lengths=lengths, values=_last_bytes(cells, lengths))


def _last_bytes(cells: Bytes, lengths: Counts) -> pa.Array:
    used = None if int(lengths.min(initial=8)) == 8 else _USED[lengths]
    return _texts(cells, used, lengths)
