"""Read any range of rows from a JSON Lines file with an index of positions."""

import os
from pathlib import Path

from limerun.server.protocol import OFFSET_BYTES


class RowFile:
    """The rows of a file; nothing is kept in memory, and every page is equally fast."""

    def __init__(self, path: str, index: str, count: int) -> None:
        self.count = count
        # Open until the process ends; positional reads can run in parallel.
        self._rows = os.open(path, os.O_RDONLY)
        self._index = os.open(index, os.O_RDONLY)
        indexed = Path(index).stat().st_size // OFFSET_BYTES - 1
        if indexed != count:
            raise ValueError(f"{index} has {indexed} rows, not {count}")

    def items(self, start: int, end: int) -> bytes:
        """Return the rows from `start` up to `end`, as a JSON array."""
        if start >= end:
            return b"[]"
        first, after = self._offset(start), self._offset(end)
        lines = os.pread(self._rows, after - first, first)
        # Line breaks inside text are escaped, so each one here is between two rows.
        return b"[%b]" % lines.rstrip(b"\n").replace(b"\n", b",")

    def _offset(self, row: int) -> int:
        read = os.pread(self._index, OFFSET_BYTES, row * OFFSET_BYTES)
        return int.from_bytes(read, "little")
