"""Turn columns into JSON objects, one per row. Pure."""

import json
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from limerun.writers.cells import CellStyle, cells, contains_any, joined_bytes
from limerun.writers.text_joins import join

_ESCAPED = bytes(range(32)) + b'"\\'
_encode = json.JSONEncoder(ensure_ascii=False).encode


def json_rows(columns: Iterable[tuple[str, pa.Array]], end: str) -> memoryview:
    """Return one JSON object per row.

    Args:
        columns: Names and cells; the cells are from `json_cells`.
        end: Text after each object.
    """
    parts: list[pa.Array | str] = []
    for name, written in columns:
        parts += (f"{',' if parts else '{'}{_encode(name)}:", written)
    return joined_bytes(join(*parts, "}" + end))


def json_cells(array: pa.Array) -> pa.Array:
    """Return the values of a column as JSON texts."""
    return cells(array, CellStyle(null="null", text=_quoted))


def _quoted(texts: pa.Array) -> pa.Array:
    if contains_any(texts, _ESCAPED):
        every = (None if text is None else _encode(text) for text in texts.to_pylist())
        return pa.array(every, pa.string())
    if texts.null_count:
        return pc.binary_join_element_wise('"', texts, '"', "")
    return join('"', texts, '"') if len(texts) else texts
