"""Read the files into which a worker wrote what its task logged."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from limerun.records import CapturedLine, LogSite
from limerun.worker.protocol import LOG_PARTS

_LONGEST_LINE = 100_000


class LogFile:
    """Reads what a worker captured, even if it was killed in the middle of a line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.counts: dict[LogSite, int] = {}
        """Number of records by log call; final once all lines have been read."""

    def lines(self) -> Iterator[CapturedLine]:
        """Yield the kept lines, in order."""
        first, *later = (_Part(self._folder / name) for name in LOG_PARTS)
        counts: dict[int, int] = {}
        sites: dict[int, LogSite] = {}
        for part in (first, *sorted(later, key=_Part.lines_before)):
            for item in part.items():
                if isinstance(item[0], list):
                    [[number, before, *about]] = item
                    counts[number], sites[number] = before, _site(*about)
                else:
                    counts[item[0]] += 1
                    yield _line(sites, item)
        self.counts = {site: counts[number] for number, site in sites.items()}

    def output(self, name: str) -> Iterator[str]:
        """Yield the lines of "stdout" or "stderr"; very long lines in several parts."""
        try:
            file = (self._folder / name).open("rb")
        except FileNotFoundError:
            return
        with file:
            while line := file.readline(_LONGEST_LINE):
                yield line.decode("utf-8", "replace").rstrip("\n")


class _Part:
    def __init__(self, path: Path) -> None:
        self._path = path

    def items(self) -> Iterator[list[Any]]:
        try:
            file = self._path.open("rb")
        except FileNotFoundError:
            return
        with file:
            for line in file:
                try:
                    yield json.loads(line)
                except ValueError:  # the worker was killed, or the disk was full
                    continue

    def lines_before(self) -> int:
        """Return how many lines were logged before the part began."""
        total = 0
        for item in self.items():
            if not isinstance(item[0], list):
                break
            total += item[0][1]
        return total


def _site(
    level: int, line: int, logger: str, level_name: str, file: str, function: str
) -> LogSite:
    return LogSite(logger, level, level_name, file, line, function)


def _line(sites: dict[int, LogSite], item: list[Any]) -> CapturedLine:
    number, nanoseconds, rows, actions, message, *more = item
    error, extra = more or (None, {})
    return CapturedLine(
        sites[number], nanoseconds / 1e9, rows, actions, message, error, extra
    )
