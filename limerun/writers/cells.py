"""Turn columns into columns of text cells. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limerun.writers.date_texts import iso_text
from limerun.writers.text_joins import words_at


@dataclass(frozen=True, slots=True, kw_only=True)
class CellStyle:
    """The way in which a format writes nulls and text."""

    null: str
    text: Callable[[pa.Array], pa.Array]
    """Quotes and escapes an array of text, except nulls."""


def cells(array: pa.Array, style: CellStyle) -> pa.Array:
    """Return the text of each cell of a column, without nulls."""
    if pa.types.is_union(array.type):
        return _mixed(array, style)
    if pa.types.is_date(array.type) or pa.types.is_timestamp(array.type):
        array = iso_text(utc(array))
    if isinstance(array, pa.DictionaryArray):
        words = cells(array.dictionary, style)
        if not array.indices.null_count:
            return words_at(array.indices, words)
        words = pa.concat_arrays((words, pa.array([style.null])))
        return words_at(pc.fill_null(array.indices, len(words) - 1), words)
    texts = pa.types.is_string(array.type)
    written = style.text(array) if texts else pc.cast(array, pa.string())
    return pc.fill_null(written, style.null) if written.null_count else written


def utc(array: pa.Array) -> pa.Array:
    """Convert times to UTC without a time zone."""
    if not pa.types.is_timestamp(array.type) or array.type.tz is None:
        return array
    return array.cast(pa.timestamp(array.type.unit))


def _mixed(array: pa.Array, style: CellStyle) -> pa.Array:
    """Return the cells of a dense union, each row written in its own type."""
    children = [
        _plain(cells(array.field(at), style)) for at in range(array.type.num_fields)
    ]
    before = np.cumsum([0, *(len(child) for child in children[:-1])])
    places = before[array.type_codes.to_numpy()] + array.offsets.to_numpy()
    return pa.concat_arrays(children).take(pa.array(places))


def _plain(array: pa.Array) -> pa.Array:
    decoded = isinstance(array, pa.DictionaryArray)
    return array.dictionary_decode() if decoded else array


def as_text(array: pa.Array) -> pa.Array:
    """Convert a union to text, as its cells are written in a CSV file."""
    nulls = np.zeros(len(array), np.bool_)
    codes, offsets = array.type_codes.to_numpy(), array.offsets.to_numpy()
    for at in range(array.type.num_fields):
        mine = codes == at
        if array.field(at).null_count:
            missing = array.field(at).is_null().to_numpy(zero_copy_only=False)
            nulls[mine] = missing[offsets[mine]]
    texts = _mixed(array, CellStyle(null="", text=lambda text: text))
    return pc.if_else(pa.array(nulls), pa.scalar(None, pa.string()), texts)


def contains_any(array: pa.Array, special: bytes) -> bool:
    """Return whether any text of an array contains one of these characters."""
    _, ends, data = array.buffers()
    if data is None or not len(array):
        return False
    first, last = np.frombuffer(ends, np.int32)[
        [array.offset, array.offset + len(array)]
    ]
    every = bytes(memoryview(data)[first:last])
    return len(every.translate(None, special)) < len(every)


def joined_bytes(lines: pa.Array) -> memoryview:
    """Return the texts of an array joined together, taken from its memory."""
    _, ends, data = lines.buffers()
    return memoryview(data)[: int(np.frombuffer(ends, np.int32)[len(lines)])]
