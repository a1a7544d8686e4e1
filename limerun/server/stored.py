"""Read any stretch of a JSON Lines file at once, by an index of where rows begin."""

import os
from pathlib import Path

from limerun.server.protocol import OFFSET_BYTES


class RowFile:
    """The rows of a file. Nothing of it is held; the last page is as near as the first."""

    def __init__(self, path: str, index: str, count: int) -> None:
        self.count = count
        # Left open until the process ends; positional reads may go on side by side.
        self._rows = os.open(path, os.O_RDONLY)
        self._index = os.open(index, os.O_RDONLY)
        held = Path(index).stat().st_size // OFFSET_BYTES - 1
        if held != count:
            raise ValueError(f"{index} is of {held} rows, not {count}")

    def items(self, start: int, end: int) -> bytes:
        """Return the rows from `start` up to `end`, as a JSON array."""
        if start >= end:
            return b"[]"
        first, after = self._offset(start), self._offset(end)
        lines = os.pread(self._rows, after - first, first)
        # A line break inside a text is written as an escape.
        return b"[%b]" % lines.rstrip(b"\n").replace(b"\n", b",")

    def _offset(self, row: int) -> int:
        read = os.pread(self._index, OFFSET_BYTES, row * OFFSET_BYTES)
        return int.from_bytes(read, "little")
