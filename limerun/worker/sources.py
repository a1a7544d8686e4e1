"""Count the rows that the task reads from its source files, as they are read."""

import builtins
import io
import os

from limerun.worker.counters import SOURCE_ROWS

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing it would cost memory here
    from collections.abc import Callable

_real_open = open


class _CountedFile(io.FileIO):
    """A file that counts line ends, once for each block read from it.

    JSON Lines, CSV and our JSON arrays have a row a line; the last two begin with a
    line that is none. A line break inside a CSV's quotes counts as one too many.
    """

    counters: "memoryview[int]"

    def __init__(self, path: str) -> None:
        super().__init__(path, "r")
        self._head_lines = 0 if path.endswith(".jsonl") else 1

    # The buffered reader above this asks for 8 kB or more at a time.
    def readinto(self, buffer: bytearray) -> int | None:  # type: ignore[override]
        size = super().readinto(buffer)
        if size:
            self._count(bytes(memoryview(buffer)[:size]))
        return size

    def readall(self) -> bytes:
        data = super().readall() or b""
        self._count(data)
        return data

    def _count(self, data: bytes) -> None:
        lines = data.count(b"\n")
        if self._head_lines and lines:
            self._head_lines = 0
            lines -= 1
        self.counters[SOURCE_ROWS] += lines


def wrap_reads(
    wrap: "Callable[[Callable[..., object]], Callable[..., object]]",
) -> None:
    """Put something around each reading of a block from a source file."""
    for name in ("readinto", "readall"):
        setattr(_CountedFile, name, wrap(getattr(_CountedFile, name)))


def count_rows_read(paths: list[str], counters: "memoryview[int]") -> None:
    """Make `open` hand out files that count their lines, for these paths alone."""
    _CountedFile.counters = counters
    names = {os.path.basename(path) for path in paths}
    wanted = {os.path.realpath(path) for path in paths}

    def counting_open(file, mode="r", buffering=-1, *rest, **named):  # type: ignore[no-untyped-def]
        if (
            mode in {"r", "rt", "rb"}
            and buffering == -1
            and not named.keys() - {"encoding", "errors", "newline"}
            and isinstance(file, str | os.PathLike)
            and os.path.basename(os.fspath(file)) in names
            and os.path.realpath(os.fspath(file)) in wanted
        ):
            buffered = io.BufferedReader(_CountedFile(os.fspath(file)))  # type: ignore[type-var]
            if mode == "rb":
                return buffered
            # What follows `buffering` is what a text layer takes: encoding,
            # errors, newline.
            text = io.TextIOWrapper(buffered, *rest[:3], **named)
            text.mode = mode  # type: ignore[misc]
            return text
        return _real_open(file, mode, buffering, *rest, **named)

    builtins.open = counting_open
    io.open = counting_open
