"""The sentences of every report: verdict, checks, findings, errors. Pure.

What is returned is one line each, free of control codes, and not yet escaped for
the format that will carry it.
"""

import math

from limerun.records import (
    Check,
    Finding,
    Instrument,
    Location,
    Record,
    Run,
)
from limerun.report.plain import one_line, shown_path
from limerun.units import format_count, format_duration, format_size

NOT_MEASURED = "not measured"
ERROR_LIMIT = 300
"""Characters of what a task raised that fit into a sentence."""


def task_name(record: Record) -> str:
    """Return the task's name, whatever it holds, as one short line."""
    return one_line(record.task.name, 100) or "the task"


def shown_run(record: Record) -> Run | None:
    """Return the run to tell about: one that did not return, or the largest."""
    for run in record.runs:
        if run.ending != "returned":
            return run
    return max(record.runs, key=lambda run: run.memory.task_bytes or 0, default=None)


# --- figures -----------------------------------------------------------------------

_LABELS = {
    "memory.task": "task memory",
    "memory.handler": "handler's total",
    "duration.budget": "duration",
    "speed.queries": "queries per row",
}


def check_label(check: Check) -> str:
    """Return what a check is called where people read it."""
    return _LABELS.get(check.name) or one_line(check.name, 40)


def figure(value: float | None, unit: str) -> str:
    """Return a figure with its unit; what is not measured says so."""
    if value is None:
        return NOT_MEASURED
    if unit == "bytes":
        return format_size(value)
    if unit == "seconds":
        return format_duration(value)
    return _few_digits(value)


def _few_digits(value: float) -> str:
    if value >= 1000:
        return format_count(value)
    if 1e-9 < value < 1e-4:
        # Python would write 4.17e-05, which nobody reads beside 0.0005.
        return f"{value:.{2 - math.floor(math.log10(value))}f}"
    short = f"{value:.3g}"
    return short if float(short) == value else f"{value:#.3g}"


def duration(seconds: float | None) -> str:
    """Return a time, or that it was not measured."""
    return "an unknown time" if seconds is None else format_duration(seconds)


def difference(check: Check) -> str:
    """Return how far a figure is from its budget, such as "68.4 MB over".

    A difference too small for the digits of the figure is told in smaller ones:
    never "0.0 MB over".
    """
    if check.actual is None:
        return NOT_MEASURED
    gap = check.actual - check.limit
    if gap == 0:
        return "at its limit"
    return f"{_gap(abs(gap), check.unit)} {'over' if gap > 0 else 'left'}"


def _gap(gap: float, unit: str) -> str:
    if unit == "bytes" and gap < 50_000:
        whole = max(1, round(gap))
        return "1 byte" if whole == 1 else f"{format_count(whole)} bytes"
    if unit == "seconds" and gap < 0.0005:
        return "under 1 ms"
    return figure(gap, unit)


_CONFIG_UNITS = {
    "cloud_limit": "bytes",
    "budget.memory": "bytes",
    "budget.idle_baseline": "bytes",
    "budget.duration": "seconds",
    "database.latency": "seconds",
    "timeout": "seconds",
    "sampling": "seconds",
}


def config_value(record: Record, key: str) -> str:
    """Return a value of the config as text; a size or time with its unit."""
    value, unit = record.config.values.get(key), _CONFIG_UNITS.get(key)
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float) and unit:
        return figure(value, unit)
    return one_line(str(value), 200)


def instrument_cost(instrument: Instrument) -> str:
    """Return which tool looked, what that cost, and how its run ended."""
    told = [one_line(instrument.tool, 40)]
    if instrument.slowdown is not None:
        told.append(f"{instrument.slowdown:.2f} times the bare run's CPU time")
    if instrument.note is not None:
        told.append(one_line(instrument.note, 200))
    return "; ".join(told)


# --- places and advice -------------------------------------------------------------


def place(location: Location | None, base: str) -> str:
    """Return "file:line", the file as seen from the folder `base`; "" for nowhere."""
    if location is None or not location.file:
        return ""
    return f"{shown_path(location.file, base)}:{location.line}"


def guide_reference(finding: Finding) -> str:
    """Return where the guide says so, in full."""
    return f"guide: {one_line(finding.guide, 120)}" if finding.guide else ""


def guide_section(finding: Finding) -> str:
    """Return where the guide says so, by number alone where it has one."""
    number = finding.guide.partition(".")[0]
    return f"guide, section {number}" if number.isdigit() else guide_reference(finding)


def finding_text(finding: Finding, base: str) -> str:
    """Return a finding as one paragraph: what, where, and what the guide says."""
    where = place(finding.location, base)
    parts = [
        f"{one_line(finding.title, 200)} ({where})." if where else f"{finding.title}.",
        one_line(finding.detail, 600),
        one_line(finding.advice, 400),
        f"({guide_reference(finding)})" if finding.guide else "",
    ]
    return " ".join(part for part in parts if part)


def is_exceeded(check: Check) -> bool:
    """Say whether a budget is exceeded that fails the run, not one that warns."""
    return check.passed is False and check.level == "error"


def is_warning(check: Check) -> bool:
    """Say whether a budget is exceeded that only warns."""
    return check.passed is False and check.level == "warning"


def failure_text(check: Check) -> str:
    """Return why a check did not pass: figure, budget and difference."""
    if check.actual is None:
        return f"{check_label(check)}: {one_line(check.why, 300)}"
    told = (
        f"{check_label(check)} is {figure(check.actual, check.unit)}, "
        f"the budget is {figure(check.limit, check.unit)}"
    )
    if check.passed is None:
        return f"{told}; {one_line(check.why, 300)}"
    return f"{told}: {difference(check)}"
