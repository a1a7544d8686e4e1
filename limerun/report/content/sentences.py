"""Texts that many reports share: figures, config values, places. Pure.

Each text is one line without control codes, and not yet escaped for its format.
"""

import math

from limerun.records import (
    InstrumentResult,
    Location,
    Record,
    Run,
)
from limerun.report.content.safe_text import one_line, shown_path
from limerun.units import format_apart, format_count, format_duration, format_size

NOT_MEASURED = "not measured"
ERROR_LIMIT = 300
"""Maximum number of characters of an exception's message in a sentence."""


def task_name(record: Record) -> str:
    """Return the task's name as one short line."""
    return one_line(record.task.name, 100) or "the task"


def error_findings(record: Record) -> str:
    """Return the findings at level error, as the rest of a sentence about the task."""
    titles = [each.title for each in record.findings if each.level == "error"]
    if not titles:
        return "exceeds a budget"
    if len(titles) == 1:
        return f"has a finding at level error: {one_line(titles[0], 200)}"
    return f"has {len(titles)} findings at level error"


def timed_run(record: Record) -> Run | None:
    """Return the run whose time is shown: the median run if all runs returned."""
    runs = [run for run in record.runs if run.duration_seconds is not None]
    if not runs or not all(run.is_done for run in record.runs):
        return shown_run(record)
    return sorted(runs, key=lambda run: run.judged_seconds or 0)[len(runs) // 2]


def shown_run(record: Record) -> Run | None:
    """Return the run to report: one that did not return, or the largest."""
    for run in record.runs:
        if not run.is_done:
            return run
    return max(record.runs, key=lambda run: run.memory.task_bytes or 0, default=None)


# --- figures -----------------------------------------------------------------------


def figure(value: float | None, unit: str, beside: float | None = None) -> str:
    """Return a figure with its unit, or "not measured".

    Args:
        value: The figure.
        unit: Its unit.
        beside: A figure that is shown next to it; enough digits are used to tell both
            apart.
    """
    if value is None:
        return NOT_MEASURED
    show = {"bytes": format_size, "seconds": format_duration}.get(unit, _few_digits)
    return format_apart(show, value, value if beside is None else beside)


def _few_digits(value: float, more: int = 0) -> str:
    digits = 3 + more
    if value >= 1000:
        return format_count(value, more)
    if 1e-9 < value < 1e-4:
        # Python would write 4.17e-05, which is hard to compare with 0.0005.
        return f"{value:.{digits - 1 - math.floor(math.log10(value))}f}"
    short = f"{value:.{digits}g}"
    return short if float(short) == value else f"{value:#.{digits}g}"


def duration(seconds: float | None) -> str:
    """Return a duration, or "an unknown time"."""
    return "an unknown time" if seconds is None else format_duration(seconds)


_CONFIG_UNITS = {
    "cloud_limit": "bytes",
    "budget.memory": "bytes",
    "budget.idle_baseline": "bytes",
    "budget.duration": "seconds",
    "database.latency": "seconds",
    "timeout": "seconds",
    "handler.soft_time_limit": "seconds",
    "handler.time_limit": "seconds",
    "sampling": "seconds",
}


def config_value(record: Record, key: str) -> str:
    """Return a config value as text, with its unit if it is a size or time."""
    value, unit = record.config.values.get(key), _CONFIG_UNITS.get(key)
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float) and unit:
        return figure(value, unit)
    return one_line(str(value), 200)


def instrument_cost(instrument: InstrumentResult) -> str:
    """Return the instrument's tool, its slowdown and its note."""
    parts = [one_line(instrument.tool, 40)]
    if instrument.slowdown is not None:
        parts.append(f"{instrument.slowdown:.2f} times the CPU time without it")
    if instrument.note is not None:
        parts.append(one_line(instrument.note, 200))
    return "; ".join(parts)


def place(location: Location | None, base: str) -> str:
    """Return "file:line", relative to the folder `base`; "" without a location."""
    if location is None or not location.file:
        return ""
    return f"{shown_path(location.file, base)}:{location.line}"
