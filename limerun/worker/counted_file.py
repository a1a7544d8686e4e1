"""Provide files that count the rows read from them, and note uncountable reads."""

import io
import os
from contextlib import suppress

from limerun.worker.counters import (
    ACTED_UNSEEN,
    FILES_UNOPENED,
    ROWS_AHEAD,
    ROWS_BYPASSED,
    ROWS_UNSEEN,
    SOURCE_ROWS,
    after_fork,
    private_counters,
)

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing it would cost memory here
    from collections.abc import Callable

_LOOKED_AT = 1 << 17  # largest part of a buffer to search when its file is closed


class Counts:
    """The shared counters; in a fork, private ones, which nobody else reads."""

    def __init__(self, counters: "memoryview[int]") -> None:
        self.counters = counters
        self._parents: memoryview[int] | None = None
        after_fork(self._leave_to_parent)

    def _leave_to_parent(self) -> None:
        if self._parents is None:
            self._parents = self.counters
        self.counters = private_counters()

    def note_read(self) -> None:
        """Record a read; the rows of a read by a forked child cannot be counted."""
        if self._parents is not None:
            self._parents[ROWS_UNSEEN] = 1

    def note_write(self) -> None:
        """Record that a file is opened for writing."""
        counters = self.counters if self._parents is None else self._parents
        counters[ACTED_UNSEEN] = 1


class CountedSource:
    """Counts the rows read from one source file, however often it is opened."""

    def __init__(self, path: str, rows: int, counts: Counts) -> None:
        self.counts = counts
        # JSON Lines, CSV and our JSON arrays have one row per line; the last two begin
        # with a line that is not a row. Line breaks inside a CSV's quotes count as rows
        # too, but never more rows than the file has.
        self.head_lines = 0 if path.endswith(".jsonl") else 1
        self.is_complete = False
        self._rows = rows
        self._read = 0
        self._is_unopened = True
        self.raise_counter(FILES_UNOPENED, 1)

    def raise_counter(self, place: int, by: int) -> None:
        """Increase a counter."""
        self.counts.counters[place] = max(0, self.counts.counters[place] + by)

    def open(self) -> None:
        """Record that the file was opened, and that its reads can be counted."""
        self.counts.note_read()
        if self._is_unopened:
            self._is_unopened = False
            self.raise_counter(FILES_UNOPENED, -1)

    def add(self, rows: int) -> None:
        """Count rows; rows that are read again are not counted twice."""
        before = min(self._read, self._rows)
        self._read += rows
        self.raise_counter(SOURCE_ROWS, min(self._read, self._rows) - before)


class CountedFile(io.FileIO):
    """A file that counts line ends, once for each block read from it.

    Until the end of the file is reached, the last block may still be in the buffer of a
    reader above this file. Those rows count as "ahead": perhaps not used by the task.
    """

    def __init__(self, path: str, mode: str, source: CountedSource, *, in_blocks: bool):
        super().__init__(path, mode)
        self.source = source
        self.in_blocks = in_blocks  # True: may use only part of a block
        self.is_drained = False  # True: the buffered reader above gets no more data
        self._size = os.fstat(super().fileno()).st_size
        self._head_lines = source.head_lines
        self._bytes: int | None = 0  # bytes read so far; None after a seek
        self._taken = 0
        self._last_bytes = 0
        self._ahead = 0
        self._unclear = 0  # rows that were ahead before a seek
        self._shown_ahead = 0
        self._is_bypassed = False
        source.open()

    # The buffered reader above this asks for 8 kB or more at a time.
    def readinto(self, buffer: bytearray) -> int | None:  # type: ignore[override]
        """Read a block, and count its rows."""
        if self.is_drained:
            return 0
        size = super().readinto(buffer)
        if size is not None:
            self._count(bytes(memoryview(buffer)[:size]))
        return size

    def read(self, size: int | None = -1) -> bytes | None:  # type: ignore[override]
        """Read some bytes, and count the rows in them."""
        if size is None or size < 0:
            return self.readall()
        data = super().read(size)
        if data is not None and size:
            self._count(data)
        return data

    def readall(self) -> bytes:
        """Read the rest, and count its rows."""
        if self.is_drained:
            return b""
        data = super().readall() or b""
        self._count(data)
        self._end()
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        """Seek; rows in the buffer above this file may or may not have been used."""
        self._unclear += self._ahead
        place = super().seek(offset, whence)
        self._bytes = 0 if place == 0 else None
        self._head_lines = self.source.head_lines if place == 0 else 0
        self._taken = 0
        self.in_blocks = False
        self._set_ahead(0)
        return place

    def fileno(self) -> int:
        """Return the descriptor; reads through it cannot be counted."""
        if not self._is_bypassed:
            self._is_bypassed = True
            self.source.raise_counter(ROWS_BYPASSED, 1)
        return super().fileno()

    def _count(self, data: bytes) -> None:
        self.source.counts.note_read()
        if not data:
            self._end()
            return
        lines = data.count(b"\n")
        if self._head_lines and lines:
            self._head_lines = 0
            lines -= 1
        self.source.add(lines)
        self._taken += lines
        self._last_bytes = len(data)
        if self._bytes is not None:
            self._bytes += len(data)
        if self.in_blocks and self._bytes == self._size:
            self._end()
        else:
            self._set_ahead(self._taken if self.in_blocks else lines)

    def _end(self) -> None:
        """Record that the task has read everything, since it read past the end."""
        if self._bytes is not None:
            self._unclear = 0
            self.source.is_complete = True
            if self._is_bypassed:
                self._is_bypassed = False
                self.source.raise_counter(ROWS_BYPASSED, -1)
        self._set_ahead(0)

    def _set_ahead(self, rows: int) -> None:
        self._ahead = rows
        ahead = rows + self._unclear
        self.source.raise_counter(ROWS_AHEAD, ahead - self._shown_ahead)
        self._shown_ahead = ahead

    def take_back(self, left: "Callable[[], int]") -> None:
        """Subtract the lines that are still in the buffer when the file is closed."""
        if not self._ahead or self.in_blocks or self._last_bytes > _LOOKED_AT:
            return
        self.is_drained = True
        self.source.add(-min(left(), self._ahead))
        self._set_ahead(0)


class CountedText(io.TextIOWrapper):
    """A counted file that is opened as text."""

    def read(self, size: int | None = -1) -> str:
        """Read some characters."""
        raw: CountedFile = self.buffer.raw  # type: ignore[attr-defined]
        if not raw.is_drained:
            raw.in_blocks = True
        return super().read(size)

    def close(self) -> None:
        """Close the file, after determining how much of it the task used."""
        if not self.closed:
            self.buffer.raw.take_back(self._lines_left)  # type: ignore[attr-defined]
        super().close()

    def _lines_left(self) -> int:
        lines = 0
        # The rest may end within a character.
        with suppress(UnicodeError):
            for line in iter(self.readline, ""):
                lines += line.count("\n")
        return lines


class CountedBytes(io.BufferedReader):
    """A counted file that is opened as bytes."""

    raw: CountedFile  # type: ignore[assignment]  # as it is made

    def read(self, size: int | None = -1) -> bytes:
        """Read some bytes."""
        self.raw.in_blocks = True
        return super().read(size)

    def read1(self, size: int = -1) -> bytes:
        """Read some bytes, with at most one read of the file."""
        self.raw.in_blocks = True
        return super().read1(size)

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Read some bytes."""
        self.raw.in_blocks = True
        return super().readinto(buffer)

    def readinto1(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Read some bytes."""
        self.raw.in_blocks = True
        return super().readinto1(buffer)

    def close(self) -> None:
        """Close the file, after determining how much of it the task used."""
        if not self.closed:
            self.raw.take_back(lambda: self.peek().count(b"\n"))
        super().close()
