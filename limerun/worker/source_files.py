"""Replace the task's source files by files that count their rows."""

import builtins
import io
import os
import sys

from limerun.worker.counted_file import (
    CountedBytes,
    CountedFile,
    CountedSource,
    CountedText,
    Counts,
)
from limerun.worker.counters import ACTED_UNSEEN, ROWS_UNSEEN

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing it would cost memory here
    from collections.abc import Callable, Sequence
    from typing import Any

_real_open = open
_READERS = ("pyarrow", "polars", "duckdb", "datatable", "fastparquet")
"""Libraries that read and write files without Python's file objects."""
_SENDERS = (
    *("http.client", "httpcore", "aiohttp", "websockets", "grpc", "paramiko"),
    *("smtplib", "ftplib", "kombu", "pika", "redis"),
)
"""A task that uses these may have effects that limerun cannot see in any other way."""


def wrap_reads(
    wrap: "Callable[[Callable[..., object]], Callable[..., object]]",
) -> None:
    """Wrap each read of a block from a source file in this function."""
    for name in ("readinto", "readall"):
        setattr(CountedFile, name, wrap(getattr(CountedFile, name)))


class SourceFiles:
    """Makes `open` return files that count their rows, for the source files.

    Their rows are unknown if the task reads them in another way: with a library that
    reads them without Python, through a descriptor, or in a forked child.
    """

    def __init__(
        self, files: "Sequence[tuple[str, int]]", counters: "memoryview[int]"
    ) -> None:
        self._counts = Counts(counters)
        self._names = {os.path.basename(path) for path, _ in files}
        self._sources = {
            os.path.realpath(path): CountedSource(path, rows, self._counts)
            for path, rows in files
        }
        builtins.open = self._open
        io.open = self._open

    def note_other_ways(self) -> None:
        """Record, after the task's end, reads and effects that could not be counted."""
        counters = self._counts.counters
        is_complete = all(source.is_complete for source in self._sources.values())
        if not is_complete and any(name in sys.modules for name in _READERS):
            counters[ROWS_UNSEEN] = 1
        if any(name in sys.modules for name in (*_READERS, *_SENDERS)):
            counters[ACTED_UNSEEN] = 1

    def _open(  # noqa: PLR0913 - as the built-in one
        self,
        file: "Any",
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        closefd: bool = True,
        opener: "Any" = None,
    ) -> "Any":
        source = self._source_of(file)
        if source is None or opener is not None or mode not in _MODES:
            if not {"w", "a", "x", "+"}.isdisjoint(mode):
                self._counts.note_write()
            return _real_open(
                file, mode, buffering, encoding, errors, newline, closefd, opener
            )
        return _counted(
            os.fsdecode(file), mode, buffering, (encoding, errors, newline), source
        )

    def _source_of(self, file: object) -> CountedSource | None:
        if not isinstance(file, str | bytes | os.PathLike):
            return None
        path = os.fsdecode(file)
        if os.path.basename(path) not in self._names:
            return None
        return self._sources.get(os.path.realpath(path))


_MODES = {"r", "rt", "tr", "rb", "br"}


def _counted(
    path: str,
    mode: str,
    buffering: int,
    text_options: "tuple[str | None, str | None, str | None]",
    source: CountedSource,
) -> "Any":
    if buffering == 0:
        if "b" not in mode:
            raise ValueError("can't have unbuffered text I/O")
        return CountedFile(path, "r", source, in_blocks=True)
    if "b" in mode and any(option is not None for option in text_options):
        return _real_open(path, mode, buffering, *text_options)  # the usual error
    raw: Any = CountedFile(path, "r", source, in_blocks=False)
    size = buffering if buffering > 1 else io.DEFAULT_BUFFER_SIZE
    if "b" in mode:
        return CountedBytes(raw, size)
    text = CountedText(
        io.BufferedReader(raw, size), *text_options, line_buffering=buffering == 1
    )
    text.mode = mode  # type: ignore[misc]
    return text
