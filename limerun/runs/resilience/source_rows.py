"""Read a source file as single rows, to write it again with one row changed."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from limerun.dataset.design.layout import Source
from limerun.dataset.output.generate import index_path, write_index
from limerun.records import SourceFile

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRows:
    """The rows of a text file as they are written, without line ends."""

    format: str
    delimiter: str
    head: bytes
    rows: tuple[bytes, ...]
    columns: tuple[str, ...]

    @classmethod
    def read(cls, file: SourceFile, source: Source) -> Self | None:
        """Read a file; return None for a format that is no text."""
        if file.format not in ("jsonl", "json", "csv"):
            return None
        data = file.path.read_bytes()
        head, rows = b"", data.splitlines()
        if file.format == "json":
            head, rows = b"[", [row.rstrip(b",") for row in rows[1:-1]]
        elif file.format == "csv":
            head, *rows = _records(data, source.delimiter)
        return cls(
            format=file.format,
            delimiter=source.delimiter,
            head=head,
            rows=tuple(rows),
            columns=tuple(column.name for column in source.columns),
        )

    def parse(self, number: int) -> Row:
        """Return the values of a row, counted from 1."""
        text = self.rows[number - 1].decode()
        if self.format != "csv":
            row: Row = json.loads(text)
            return row
        [cells] = csv.reader([text], delimiter=self.delimiter)
        return dict(zip(self.columns, cells, strict=True))

    def changed(self, number: int, *rows: Row) -> Self:
        """Return the file with these rows in place of one; without any, it is removed."""
        new = [self._written(row) for row in rows]
        before, after = self.rows[: number - 1], self.rows[number:]
        return replace(self, rows=(*before, *new, *after))

    def cut(self, number: int) -> bytes:
        """Return the content of a file that ends within a row, before its last cell."""
        row = self.rows[number - 1]
        end = len(row) // 2
        if self.format == "csv":
            end = min(end, max(1, row.rfind(self.delimiter.encode())))
        return self._joined(self.rows[: number - 1], [row[:end]]).rstrip(b"\n")

    def write(self, file: SourceFile, folder: Path) -> SourceFile:
        """Write the file, with its index if it has one, into another folder."""
        data = self._joined(self.rows, [])
        if self.format == "json":
            data = data.rstrip(b"\n") + b"\n]\n"
        return write_source(file, data, len(self.rows), folder)

    def _joined(self, rows: Sequence[bytes], last: Sequence[bytes]) -> bytes:
        end = b",\n" if self.format == "json" else b"\n"
        head = self.head + b"\n" if self.head else b""
        lines = [*rows, *last]
        return head + end.join(lines) + (b"\n" if lines else b"")

    def _written(self, row: Row) -> bytes:
        if self.format != "csv":
            return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
        text = io.StringIO()
        writer = csv.writer(text, delimiter=self.delimiter, lineterminator="")
        writer.writerow("" if cell is None else cell for cell in row.values())
        return text.getvalue().encode()


def write_source(file: SourceFile, data: bytes, rows: int, folder: Path) -> SourceFile:
    """Write the content of a source file into another folder, with the same name."""
    path = folder / file.path.name
    path.write_bytes(data)
    index = None
    if file.index is not None:
        write_index(path)
        index = index_path(path)
    return replace(file, path=path, rows=rows, index=index)


def _records(data: bytes, delimiter: str) -> Iterator[bytes]:
    """Yield the records of a CSV file; one may have several lines, in quotes."""
    lines = data.decode().split("\n")
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
    start = 0
    for _ in reader:
        record = "\n".join(lines[start : reader.line_num])
        start = reader.line_num
        if record:
            yield record.encode()
