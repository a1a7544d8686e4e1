"""Encode rows as a part of a file, in any format and any process."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from limerun.dataset.output.value_digests import Chunk, digest_values, read_rows
from limerun.writers.cells import as_text
from limerun.writers.csv_rows import CsvDialect, csv_header, csv_rows
from limerun.writers.json_rows import json_cells, json_rows

Blocks = Iterable[Mapping[str, pa.Array]]
COPY_NULL = r"\N"
"""The null marker. It cannot be a value, because text with a backslash is quoted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedPart:
    """Rows as bytes: text of a file, or Arrow streams."""

    chunks: Sequence[Chunk]
    values: bytes = b""
    """The digest of the values in Arrow streams, see `value_digests`."""


class Encoding(ABC):
    """Encodes rows as bytes; a text file consists of a head, parts and a tail."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns

    @abstractmethod
    def part(self, blocks: Blocks, *, first: bool) -> EncodedPart:
        """Encode blocks as a part; `first` is true for the first part of the file."""

    def head(self) -> bytes:
        """Return the bytes before the first row."""
        return b""

    def tail(self, end: int) -> bytes:
        """Return the bytes after the last row, which ends at this position."""
        return b""


class CsvEncoding(Encoding):
    """Encodes rows as CSV with a header, empty cells for null, and quotes if needed."""

    def __init__(self, columns: Sequence[str], delimiter: str = ",") -> None:
        super().__init__(columns)
        self._dialect = CsvDialect(separator=delimiter)

    def head(self) -> bytes:
        """Return the header line."""
        return csv_header(self._columns, self._dialect)

    def part(self, blocks: Blocks, *, first: bool) -> EncodedPart:
        """Encode rows as lines."""
        chunks = [
            csv_rows((block[name] for name in self._columns), self._dialect)
            for block in blocks
        ]
        return EncodedPart(chunks=chunks)


class CopyEncoding(CsvEncoding):
    r"""Encodes rows for COPY ... FROM STDIN (FORMAT csv, NULL '\N')."""

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__(columns)
        self._dialect = CsvDialect(null=COPY_NULL, quotes_backslash=True)

    def head(self) -> bytes:
        """Return an empty text, as COPY needs no header."""
        return b""


class JsonLinesEncoding(Encoding):
    """Encodes rows as JSON objects, one per line."""

    _end = "\n"

    def part(self, blocks: Blocks, *, first: bool) -> EncodedPart:
        """Encode rows as lines."""
        return EncodedPart(chunks=[self._lines(block) for block in blocks])

    def _lines(self, block: Mapping[str, pa.Array]) -> memoryview:
        cells = ((name, json_cells(block[name])) for name in self._columns)
        return json_rows(cells, self._end)


class JsonArrayEncoding(JsonLinesEncoding):
    """Encodes rows as objects of one JSON array, one per line."""

    _end = ",\n"

    def head(self) -> bytes:
        """Return the start of the array."""
        return b"["

    def part(self, blocks: Blocks, *, first: bool) -> EncodedPart:
        """Encode rows as lines, without a comma after the last one of the part."""
        lines = super().part(blocks, first=first)
        chunks = [chunk for chunk in lines.chunks if len(chunk)]
        if not chunks:
            return lines
        chunks[-1] = chunks[-1][: -len(self._end)]
        return EncodedPart(chunks=[b"\n" if first else b",\n", *chunks])

    def tail(self, end: int) -> bytes:
        """Return the end of the array."""
        return b"\n]\n" if end > len("[") else b"]\n"


class ArrowEncoding(Encoding):
    """Encodes rows as Arrow streams, for the libraries of Parquet and SQLite."""

    def part(self, blocks: Blocks, *, first: bool) -> EncodedPart:
        """Encode rows as streams, with the digest of their values."""
        chunks = [self._stream(block) for block in blocks]
        return EncodedPart(chunks=chunks, values=digest_values(read_rows(chunks)))

    def _stream(self, block: Mapping[str, pa.Array]) -> memoryview:
        arrays = [_in_utc(block[name]) for name in self._columns]
        batch = pa.record_batch(arrays, names=list(self._columns))
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as stream:
            stream.write_batch(batch)
        return memoryview(sink.getvalue())


def _in_utc(array: pa.Array) -> pa.Array:
    """Convert a column to a type that Parquet has; times are in UTC."""
    if pa.types.is_union(array.type):
        return as_text(array)
    if pa.types.is_timestamp(array.type) and array.type.tz is None:
        unit = "ms" if array.type.unit == "s" else array.type.unit
        return array.cast(pa.timestamp(unit, tz="UTC"))
    return array
