"""Write rows into files of one format: a block of columns becomes bytes, or a part."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

import pyarrow as pa  # type: ignore[import-untyped]  # ships no types

from limerun.dataset.formats.columnar import ParquetFile
from limerun.dataset.formats.delimited import CsvFile
from limerun.dataset.formats.encoding import Encoding
from limerun.dataset.formats.objects import JsonArrayFile, JsonLinesFile

Format = Literal["csv", "jsonl", "json", "parquet"]


def encoding_of(format: Format, columns: Sequence[str]) -> Encoding:
    """Return how rows of these columns become the bytes of a file."""
    match format:
        case "csv":
            return CsvFile(columns)
        case "jsonl":
            return JsonLinesFile(columns)
        case "json":
            return JsonArrayFile(columns)
        case "parquet":
            return ParquetFile(columns)


class Writer:
    """Appends blocks of rows to an open file."""

    def __init__(self, file: IO[bytes], encoding: Encoding, part_rows: int) -> None:
        self._file = file
        self._encoding = encoding
        self._part_rows = part_rows
        self._waiting: list[Mapping[str, pa.Array]] = []
        self._rows = 0
        self._notes: list[bytes] = []
        file.write(encoding.head())

    def write(self, columns: Mapping[str, pa.Array]) -> None:
        """Append rows: an array for each column, all as long as each other.

        A column has the same Arrow type in every block; a union of types is written
        as text where a format has one type a column. Bytes do not depend on how
        rows are cut into blocks.
        """
        count = len(next(iter(columns.values())))
        start = 0
        while start < count:
            taken = min(self._part_rows - self._rows, count - start)
            self._waiting.append(
                {name: array.slice(start, taken) for name, array in columns.items()}
            )
            self._rows += taken
            start += taken
            if self._rows == self._part_rows or not self._encoding.grouped:
                self._flush()
        if not count and not self._notes and not self._waiting:
            self._waiting.append(columns)  # its types are those of a file without rows

    def _flush(self) -> None:
        if not self._waiting:
            return
        part = self._encoding.part(self._waiting, first=not self._notes)
        for chunk in part.chunks:
            self._file.write(chunk)
        self._notes.append(part.note)
        self._waiting, self._rows = [], 0

    def close(self) -> None:
        """Write what is left, and what a file of this format ends with."""
        self._flush()
        self._file.write(self._encoding.tail(self._notes, self._file.tell()))


PART_ROWS = 131_072
"""Rows of a group in a Parquet file."""


@contextmanager
def opened_writer(
    path: Path, format: Format, columns: Sequence[str], part_rows: int = PART_ROWS
) -> Iterator[Writer]:
    """Give a writer of a new file, which is finished when the block ends well.

    Args:
        path: Replaced if it is there.
        format: How rows are written.
        columns: Their names, in order.
        part_rows: Rows of a group, where the format has groups.

    Raises:
        OSError: There is no room for it, or no right.
    """
    with path.open("wb") as file:
        writer = Writer(file, encoding_of(format, columns), part_rows)
        yield writer
        writer.close()
