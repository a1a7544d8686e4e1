"""The texts of a feature test: log, result, and the first changed objects. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from limerun.records import Json, LimetypeEffect, LogCall, LogLine, Run, RunLog
from limerun.report.content.report_table import CellKind, ReportTable
from limerun.report.content.safe_text import one_line, plain
from limerun.report.content.sentences import place
from limerun.units import format_count, format_duration

_PROPERTIES = 6
_VALUE_LIMIT = 32
_FIRST_LINES, _LAST_LINES = 8, 8
_MIDDLE_CALLS = 3
_FOLDED = 3
"""A call that logged this often is one row of the log."""
_DIGITS = re.compile(r"\d+")
_CUT = re.compile(r"[^\n]*\n\[\.\.\. [\d,]+ bytes left out \.\.\.\]\n[^\n]*")
"""Where the middle of long output was left out, with the pieces of lines beside it."""
_LAST_RESORT = re.compile(r"[\d-]{10} [\d:]{8},\d{3} [A-Z]+ \S+: ")
"""The beginning of a log line if the task configures no handler."""
_SIGNS = {"created": "+", "updated": "~", "deleted": "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedObject:
    """The texts of one object that a run changed."""

    sign: str
    name: str
    properties: str


def changed_objects(changes: Mapping[str, LimetypeEffect]) -> Iterator[ChangedObject]:
    """Yield the first changed objects of each limetype."""
    for limetype, change in changes.items():
        for example in change.examples:
            kind = str(example.get("change", ""))
            number = one_line(str(example.get("id", "?")), 20)
            yield ChangedObject(
                sign=_SIGNS.get(kind, " "),
                name=f"{one_line(limetype, 30)} {number}",
                properties=", ".join(_properties(example)),
            )


def _properties(example: Mapping[str, Json]) -> Iterator[str]:
    before, after = example.get("before"), example.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        names = [name for name in before | after if before.get(name) != after.get(name)]
        texts = [
            f"{name}: {value_text(before.get(name))} -> {value_text(after.get(name))}"
            for name in names
        ]
    else:
        known = after if isinstance(after, dict) else before
        values = known if isinstance(known, dict) else {}
        texts = [f"{name}: {value_text(value)}" for name, value in values.items()]
    yield from map(one_line, texts[:_PROPERTIES])
    if len(texts) > _PROPERTIES:
        yield f"and {len(texts) - _PROPERTIES} more"


def value_text(value: Json) -> str:
    """Return a value as JSON; a long text is cut off."""
    if isinstance(value, str):
        return one_line(f'"{value}"', _VALUE_LIMIT)
    return json.dumps(value, ensure_ascii=False)


# --- the log ------------------------------------------------------------------------

_LOG_COLUMNS: tuple[tuple[str, CellKind], ...] = (
    ("at", "figure"),
    ("level", "text"),
    ("message", "text"),
    ("times", "figure"),
    ("logged from", "place"),
)
_LogKey = tuple[object, str, str]


def log_table(log: RunLog, base: str) -> ReportTable:
    """Return the first and last lines of a log; repeated ones once, with their count."""
    counts = {
        _key(call): call.count
        for call in log.repeated
        if call.count >= _FOLDED and call.location is not None
    }
    seen: set[_LogKey] = set()
    first = [*_unseen(log.first, counts, seen)][:_FIRST_LINES]
    last = [*_unseen(log.last, counts, seen)][-_LAST_LINES:]
    middle = [call for call in log.repeated if _key(call) in counts.keys() - seen][
        :_MIDDLE_CALLS
    ]
    shown: tuple[LogLine | LogCall, ...] = (*first, *middle, *last)
    hidden = log.lines - sum(counts.get(_key(each), 1) for each in shown)
    rows = [_log_row(each, counts, log, base) for each in shown]
    if hidden > 0:
        gap = ("", "", f"... {format_count(hidden)} more lines", "", "")
        rows.insert(len(rows) - len(last), gap)
    return ReportTable(
        id="log",
        title="Log",
        about="a line that repeats is shown once" if counts else "",
        columns=_LOG_COLUMNS if counts else (*_LOG_COLUMNS[:3], _LOG_COLUMNS[4]),
        rows=tuple(rows if counts else [(*row[:3], row[4]) for row in rows]),
    )


def _unseen(
    lines: Sequence[LogLine], counts: Mapping[_LogKey, int], seen: set[_LogKey]
) -> Iterator[LogLine]:
    """Yield the lines without those of a repeated call that was seen before."""
    for line in lines:
        key = _key(line)
        if key not in seen:
            yield line
        if key in counts:
            seen.add(key)


def _log_row(
    line: LogLine | LogCall, counts: Mapping[_LogKey, int], log: RunLog, base: str
) -> tuple[str, ...]:
    several = len(log.by_logger) > 1
    count = counts.get(_key(line), 1)
    return (
        format_duration(line.seconds) if isinstance(line, LogLine) else "",
        one_line(line.level, 20),
        one_line(f"{line.logger}: {line.message}" if several else line.message, 200),
        format_count(count) if count > 1 else "",
        place(line.location, base),
    )


def _key(line: LogLine | LogCall) -> _LogKey:
    return line.location, line.level, line.logger


def other_errors(run: Run) -> str:
    """Return what a run wrote to stderr beside its log, as far as that is known.

    A line counts as logged if it begins as in Python's handler of last resort, or
    contains a message that is known, up to its numbers.
    """
    if run.log is None or not run.log.lines:
        return run.output.stderr
    log = run.log
    messages = [each.message for each in (*log.first, *log.last)]
    messages += [each.message for each in log.repeated]
    known = {*map(_begin, messages)} - {""}
    kept = []
    for line in plain(_CUT.sub("", run.output.stderr)).split("\n"):
        shape = _DIGITS.sub("0", line)
        if not _LAST_RESORT.match(line) and not any(text in shape for text in known):
            kept.append(line)
    return "\n".join(kept)


def _begin(message: str) -> str:
    return _DIGITS.sub("0", plain(message).split("\n")[0]).strip()
