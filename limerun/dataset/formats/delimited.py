"""CSV: a header, commas, CRLF; nothing for null, quotes only where needed."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from limerun.dataset.formats.cells import CSV, cells, joined_bytes
from limerun.dataset.formats.encoding import Blocks, Part, unbroken
from limerun.dataset.wording import join


class CsvFile:
    """Rows as lines of comma-separated values."""

    grouped = False
    spans = staticmethod(unbroken)
    style = CSV

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns

    def head(self) -> bytes:
        """Return the columns' names."""
        line = io.StringIO()
        csv.writer(line).writerow(self._columns)
        return line.getvalue().encode()

    def part(self, blocks: Blocks, *, first: bool) -> Part:
        """Return rows as lines."""
        chunks = []
        for block in blocks:
            parts: list[Any] = []
            for name in self._columns:
                parts += (cells(block[name], self.style), ",")
            chunks.append(joined_bytes(join(*parts[:-1], "\r\n")))
        return Part(chunks=chunks, size=sum(map(len, chunks)))

    def tail(self, notes: Sequence[bytes], end: int) -> bytes:
        """Return nothing."""
        return b""
