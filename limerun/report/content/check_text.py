"""The text of a check: figure, budget, difference and result. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from limerun.records import Check
from limerun.report.content.safe_text import one_line
from limerun.report.content.sentences import NOT_MEASURED, figure
from limerun.units import format_count

CheckState = Literal["passed", "exceeded", "warns", "not judged"]
_LABELS = {
    "memory.task": "task memory",
    "memory.handler": "handler's total",
    "duration.budget": "duration",
    "speed.queries": "queries per row",
    "speed.rows": "rows per second",
    "limits.task": "time limit",
}


def figure_label(name: str) -> str:
    """Return the readable name of a check or a prediction."""
    return _LABELS.get(name) or one_line(name, 40)


def check_label(check: Check) -> str:
    """Return the readable name of a check."""
    return figure_label(check.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckText:
    """The texts of a check; a figure that was not measured never counts as passed."""

    label: str
    state: CheckState
    figure: str
    budget: str
    difference: str


CHECK_HEADS = ("check", "figure", "budget", "difference")


def check_text(check: Check) -> CheckText:
    """Return the texts of a check."""
    text = difference(check)
    if check.passed is None and check.actual is not None:
        text = "not judged"
    elif is_warning(check):
        text = f"{text} (warns)"
    return CheckText(
        label=check_label(check),
        state=_state(check),
        figure=actual_figure(check),
        budget=limit_figure(check),
        difference=text,
    )


def _state(check: Check) -> CheckState:
    if check.passed is None:
        return "not judged"
    if check.passed:
        return "passed"
    return "warns" if is_warning(check) else "exceeded"


def unjudged(checks: Sequence[Check]) -> Iterator[str]:
    """Yield why checks were not judged; a shared reason appears only once."""
    labels: dict[str, list[str]] = {}
    for check in checks:
        if check.passed is None:
            labels.setdefault(check.why, []).append(check_label(check))
    for why, names in labels.items():
        yield f"Not judged ({', '.join(names)}): {one_line(why, 300)}"


def actual_figure(check: Check) -> str:
    """Return a check's figure, with enough digits to differ from its budget."""
    return figure(check.actual, check.unit, check.limit)


def limit_figure(check: Check) -> str:
    """Return a check's budget, with enough digits to differ from its figure."""
    return figure(check.limit, check.unit, check.actual)


def difference(check: Check) -> str:
    """Return the difference between a figure and its budget, such as "68.4 MB over".

    A small difference gets a smaller unit; it is never shown as "0.0 MB over".
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


def is_exceeded(check: Check) -> bool:
    """Return whether a budget at level error is exceeded."""
    return check.passed is False and check.level == "error"


def is_warning(check: Check) -> bool:
    """Return whether a budget at level warning is exceeded."""
    return check.passed is False and check.level == "warning"


def failure_text(check: Check) -> str:
    """Return why a check did not pass: figure, budget and difference."""
    if check.actual is None:
        return f"{check_label(check)}: {one_line(check.why, 300)}"
    text = (
        f"{check_label(check)} is {actual_figure(check)}, "
        f"the budget is {limit_figure(check)}"
    )
    if check.passed is None:
        return f"{text}; {one_line(check.why, 300)}"
    return f"{text}: {difference(check)}"
