"""Parquet: each part is a row group, made as a file of its own and moved as it is.

A row group's bytes do not say where they lie; the footer does. So groups are made
anywhere, in any order, and the footers are joined with their places put right.
"""

import struct
from collections.abc import Mapping, Sequence

import pyarrow as pa  # type: ignore[import-untyped]  # ships no types

from limerun.dataset.formats.cells import as_text
from limerun.dataset.formats.encoding import Blocks, Part, unbroken
from limerun.dataset.formats.thrift import Items, Struct, read_struct, write_struct

_MAGIC = b"PAR1"
# Of the person of ten columns 25 bytes a row are left, at 2.6 M rows per CPU-second;
# snappy leaves 36 at 3.5 M.
_COMPRESSION = "zstd"
_LEVEL = 1
# The numbers of fields in parquet.thrift.
_ROWS, _GROUPS = 3, 4
_GROUP_COLUMNS, _GROUP_PLACE, _GROUP_ORDINAL = 1, 5, 7
_CHUNK_PLACE, _CHUNK_META = 2, 3
_META_PLACES = (9, 10, 11)


class ParquetFile:
    """Rows as row groups: dictionaries where the columns come as such, zstd."""

    grouped = True
    spans = staticmethod(unbroken)

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns

    def head(self) -> bytes:
        """Return the magic number."""
        return _MAGIC

    def part(self, blocks: Blocks, *, first: bool) -> Part:
        """Return rows as a row group; its note is its size and its footer."""
        data = memoryview(self._file([self._table(block) for block in blocks]))
        length = int.from_bytes(data[-8:-4], "little")
        group = data[len(_MAGIC) : -8 - length]
        note = struct.pack("<Q", len(group)) + bytes(data[-8 - length : -8])
        return Part(chunks=[group], size=len(group), note=note)

    def _table(self, block: Mapping[str, pa.Array]) -> pa.Table:
        arrays = [_written(block[name]) for name in self._columns]
        return pa.table(arrays, names=list(self._columns))

    def _file(self, tables: Sequence[pa.Table]) -> pa.Buffer:
        from pyarrow import parquet

        table = pa.concat_tables(tables).combine_chunks()
        coded = [
            name
            for name, type in zip(table.column_names, table.schema.types, strict=True)
            if pa.types.is_dictionary(type)
        ]
        sink = pa.BufferOutputStream()
        parquet.write_table(
            table,
            sink,
            row_group_size=max(len(table), 1),
            compression=_COMPRESSION,
            compression_level=_LEVEL,
            use_dictionary=coded,
            store_schema=False,
        )
        return sink.getvalue()

    def tail(self, notes: Sequence[bytes], end: int) -> bytes:
        """Return the footer of the whole file."""
        footer = write_struct(_joined(notes or [self._nothing()]))
        return footer + struct.pack("<I", len(footer)) + _MAGIC

    def _nothing(self) -> bytes:
        empty = {name: pa.nulls(0, pa.string()) for name in self._columns}
        return self.part([empty], first=True).note


def _written(array: pa.Array) -> pa.Array:
    """Return a column in a type that Parquet has; times are in UTC."""
    if pa.types.is_union(array.type):
        return as_text(array)
    if pa.types.is_timestamp(array.type) and array.type.tz is None:
        unit = "ms" if array.type.unit == "s" else array.type.unit
        return array.cast(pa.timestamp(unit, tz="UTC"))
    return array


def _joined(notes: Sequence[bytes]) -> Struct:
    """Return the footer of all row groups, each in its place."""
    whole: Struct = {}
    place = 0
    for note in notes:
        (size,) = struct.unpack_from("<Q", note)
        footer = read_struct(note[8:])
        groups = footer[_GROUPS].value.values
        for group in groups:
            _move(group, place)
        if not whole:
            whole = footer
        else:
            whole[_ROWS].value += footer[_ROWS].value
            if groups:
                _append(whole[_GROUPS].value, groups)
        place += size
    return whole


def _append(items: Items, groups: Sequence[Struct]) -> None:
    for group in groups:
        if _GROUP_ORDINAL in group:
            group[_GROUP_ORDINAL].value = len(items.values)
        items.values.append(group)


def _move(group: Struct, by: int) -> None:
    if _GROUP_PLACE in group:
        group[_GROUP_PLACE].value += by
    for chunk in group[_GROUP_COLUMNS].value.values:
        if chunk[_CHUNK_PLACE].value:
            chunk[_CHUNK_PLACE].value += by
        meta = chunk[_CHUNK_META].value
        for place in _META_PLACES:
            if place in meta:
                meta[place].value += by
