"""Turn the lines that a task logged into figures and samples. Pure."""

import re
from collections import Counter, deque
from collections.abc import Iterable, Mapping

from limerun.records import CapturedLine, LogCall, LogLine, LogSite, RunLog
from limerun.worker.protocol import shortened

_INFO = 20  # as in the module logging
_SAMPLES = 20
_MOST_NAMES = 20
_BEGINNING_LENGTH, _MOST_BEGINNINGS = 10, 10_000
_DIGITS = re.compile(r"\d+")
_MESSAGE_LENGTH, _NAME_LENGTH = 600, 200


class LogSummary:
    """Collects the figures of a log, line by line."""

    def __init__(self, counters: Mapping[str, int]) -> None:
        """Begin.

        Args:
            counters: The worker's counters after the run.
        """
        self._counters = counters
        self._rows = counters["source_rows"] + counters["objects_loaded"]
        self._actions = sum(counters[name] for name in ("reads", "writes", "commits"))
        self._kept = self._before = self._after = 0
        self._first: list[LogLine] = []
        self._last: deque[LogLine] = deque(maxlen=_SAMPLES)
        self._examples: dict[LogSite, str] = {}
        self._in_the_middle: set[tuple[LogSite, str]] = set()

    def add(self, line: CapturedLine) -> None:
        """Add one line; they come in the order in which they were logged."""
        self._kept += 1
        site = line.site
        if site not in self._examples:
            self._examples[site] = shortened(line.message, _MESSAGE_LENGTH)
        if len(self._first) < _SAMPLES:
            self._first.append(_log_line(line))
        else:
            self._last.append(_log_line(line))
        if site.level >= _INFO:
            self._place(line)

    def _place(self, line: CapturedLine) -> None:
        """Decide whether a line is before, during or after the work on the rows."""
        if not (line.rows or line.actions):
            self._before += 1
        elif (line.rows, line.actions) != (self._rows, self._actions):
            if len(self._in_the_middle) < _MOST_BEGINNINGS:
                self._in_the_middle.add(_beginning(line))
        elif _beginning(line) not in self._in_the_middle:
            self._after += 1

    def result(self, counts: Mapping[LogSite, int]) -> RunLog:
        """Return the figures.

        Args:
            counts: How often each call logged, including lines that were not kept.
        """
        levels: Counter[tuple[int, str]] = Counter()
        loggers: Counter[str] = Counter()
        for site, count in counts.items():
            levels[-site.level, site.level_name[:_NAME_LENGTH]] += count
            loggers[site.logger[:_NAME_LENGTH] or "root"] += count
        total = max(self._counters["log_lines"], levels.total())
        has_work = bool(self._rows or self._actions)
        return RunLog(
            lines=total,
            by_level=_by_name(sorted(levels.items())),
            by_logger=_most_frequent(loggers),
            first=tuple(self._first),
            last=tuple(self._last),
            repeated=self._repeated(counts),
            info_lines=sum(
                count for (level, _), count in levels.items() if -level >= _INFO
            ),
            before_rows=self._before if has_work else None,
            after_rows=self._after if has_work else None,
            unkept_lines=total - self._kept,
            seconds=self._counters["log_ns"] / 1e9,
        )

    def _repeated(self, counts: Mapping[LogSite, int]) -> tuple[LogCall, ...]:
        most = sorted(counts.items(), key=lambda item: -item[1])[:_SAMPLES]
        return tuple(
            LogCall(
                count=count,
                level=site.level_name[:_NAME_LENGTH],
                logger=site.logger[:_NAME_LENGTH],
                message=self._examples.get(site, ""),
                location=site.location,
            )
            for site, count in most
            if count > 1
        )


def _beginning(line: CapturedLine) -> tuple[LogSite, str]:
    """Return the start of a line, by which lines of one kind are recognized."""
    return line.site, _DIGITS.sub("0", line.message[:_BEGINNING_LENGTH])


def _log_line(line: CapturedLine) -> LogLine:
    return LogLine(
        seconds=max(0.0, line.seconds),
        level=line.site.level_name[:_NAME_LENGTH],
        logger=line.site.logger[:_NAME_LENGTH],
        message=shortened(line.message, _MESSAGE_LENGTH),
        location=line.site.location,
    )


def _by_name(levels: Iterable[tuple[tuple[int, str], int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for (_, name), count in levels:
        found[name] = found.get(name, 0) + count
    return found


def _most_frequent(loggers: Counter[str]) -> dict[str, int]:
    ordered = sorted(loggers.items(), key=lambda item: (-item[1], item[0]))
    shown, others = dict(ordered[:_MOST_NAMES]), ordered[_MOST_NAMES:]
    if others:
        shown[f"({len(others)} other loggers)"] = sum(count for _, count in others)
    return shown
