"""Compute a digest of the values in Arrow streams.

The bytes of a SQLite or Parquet file depend on the version of its library, so the
digest of these files is computed from its values.
"""

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Chunk = bytes | memoryview


def read_rows(chunks: Sequence[Chunk]) -> pa.Table:
    """Read the rows of Arrow streams; a chunk contains one or more streams.

    Raises:
        pyarrow.ArrowInvalid: A chunk contains something else.
    """
    tables = []
    for chunk in chunks:
        source = pa.BufferReader(chunk)
        while source.tell() < len(chunk):
            tables.append(pa.ipc.open_stream(source).read_all())
    return pa.concat_tables(tables)


def digest_values(table: pa.Table) -> bytes:
    """Return a SHA-256 of a table's values.

    It does not depend on chunks and dictionaries. For each column the hash covers its
    name, a bit per row for nulls, and its values: binary for types of fixed width,
    lengths and UTF-8 for texts.
    """
    whole = hashlib.sha256()
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        whole.update(name.encode() + b"\0")
        whole.update(np.packbits(column.is_null().to_numpy()).data)
        for data in _values(column):
            whole.update(data)
    return whole.digest()


def _values(column: pa.ChunkedArray) -> Iterator[memoryview]:
    """Yield the bytes of a column's values for the hash; nulls count as 0 or empty."""
    if pa.types.is_string(column.type):
        chunks = pc.fill_null(column, "").chunks
        places = [_places(chunk) for chunk in chunks]
        yield from (np.diff(each).data for each in places)
        for chunk, each in zip(chunks, places, strict=True):
            if each[-1]:
                yield memoryview(chunk.buffers()[2])[each[0] : each[-1]]
    elif pa.types.is_boolean(column.type):
        yield np.packbits(pc.fill_null(column, False).to_numpy()).data
    elif not pa.types.is_null(column.type):
        width = pa.int32() if pa.types.is_date32(column.type) else pa.int64()
        if pa.types.is_temporal(column.type):
            column = column.cast(width)
        yield from (chunk.to_numpy().data for chunk in pc.fill_null(column, 0).chunks)


def _places(array: pa.StringArray) -> npt.NDArray[np.int32]:
    """Return the start of each text, and the end of the last one."""
    _, ends, _ = array.buffers()
    if not len(array):  # an empty array may have no buffer
        return np.zeros(1, np.int32)
    return np.frombuffer(ends, np.int32)[array.offset : array.offset + len(array) + 1]
