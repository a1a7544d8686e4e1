"""Hold figures against their budgets. Pure."""

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from limerun.records import Budget, BudgetLevel, Check, Finding, Run
from limerun.units import format_count, format_duration, format_size

_NOT_ENDED = "the task did not run to its end, so its whole figure is not known"
_NOT_FLAT = "the idle worker's memory did not settle, so there is no baseline"


def within(actual: float, limit: float) -> bool:
    """Say whether a figure keeps its budget. At the limit is within it."""
    return actual <= limit


def checks_of(budget: Budget, runs: Sequence[Run]) -> tuple[Check, ...]:
    """Return a check for every budget that was set.

    Memory is judged by the largest of the runs, duration by their median. What
    exceeds its budget has failed however the run ended; what stays within it has
    passed only if every run returned. A budget whose level is off has no check.
    """
    checks = [
        ("memory", _memory_task(budget, runs)),
        ("memory", _memory_handler(budget, runs)),
    ]
    if budget.duration_seconds is not None:
        checks.append(("duration", _duration(budget.duration_seconds, runs)))
    if budget.queries_per_row is not None:
        checks.append(("queries_per_row", _queries(budget.queries_per_row, runs)))
    return tuple(
        levelled
        for name, check in checks
        for levelled in _levelled(check, budget.levels.get(name))
    )


def _levelled(check: Check, level: BudgetLevel | None) -> Iterator[Check]:
    if level is None or level == "error":
        yield check
    elif level == "warning":
        yield replace(check, level=level)


_OF_BUDGETS = {
    "memory.task": "memory.task",
    "memory.handler": "memory.handler",
    "memory.objects": "memory.task",
    "duration.budget": "duration.budget",
    "speed.queries": "speed.queries",
}
"""Rules whose findings are errors because a budget is exceeded: their checks."""


def lowered(
    findings: Sequence[Finding], checks: Sequence[Check]
) -> tuple[Finding, ...]:
    """Return findings, those of budgets that only warn as warnings."""
    warning = {check.name for check in checks if check.level == "warning"}
    return tuple(
        replace(finding, level="warning")
        if finding.level == "error" and _OF_BUDGETS.get(finding.rule) in warning
        else finding
        for finding in findings
    )


def _judge(actual: float | None, limit: float, runs: Sequence[Run]) -> bool | None:
    if actual is None:
        return None
    if not within(actual, limit):
        return False
    return True if all(run.ending == "returned" for run in runs) else None


def _memory_task(budget: Budget, runs: Sequence[Run]) -> Check:
    actual = _largest([run.memory.task_bytes for run in runs])
    return _memory_check("memory.task", actual, budget.memory_bytes, runs)


def _memory_handler(budget: Budget, runs: Sequence[Run]) -> Check:
    actual = _largest([run.memory.handler_total_bytes for run in runs])
    limit = budget.memory_bytes + budget.idle_baseline_bytes
    return _memory_check("memory.handler", actual, limit, runs)


def _memory_check(
    name: str, actual: float | None, limit: float, runs: Sequence[Run]
) -> Check:
    passed = _judge(actual, limit, runs)
    if passed and not all(run.baseline_flat for run in runs):
        passed = None
    return Check(
        name=name,
        limit=limit,
        actual=actual,
        unit="bytes",
        passed=passed,
        why=_why(passed, actual, limit, format_size, runs),
    )


def _duration(limit: float, runs: Sequence[Run]) -> Check:
    known = [run.duration_seconds for run in runs if run.duration_seconds is not None]
    actual = statistics.median(known) if known else None
    passed = _judge(actual, limit, runs)
    return Check(
        name="duration.budget",
        limit=limit,
        actual=actual,
        unit="seconds",
        passed=passed,
        why=_why(passed, actual, limit, format_duration, runs),
    )


def _queries(limit: float, runs: Sequence[Run]) -> Check:
    actual = _largest([queries_per_row(run) for run in runs])
    passed = _judge(actual, limit, runs)
    why = _why(passed, actual, limit, format_count, runs)
    if actual is None:
        why = "no statement through SQLAlchemy was seen"
        if runs and runs[0].queries is not None:
            why = "the rows that the task processed were not seen"
    return Check(
        name="speed.queries",
        limit=limit,
        actual=actual,
        unit="queries/row",
        passed=passed,
        why=why,
    )


def queries_per_row(run: Run) -> float | None:
    """Return statements for each processed row; None where either was not seen."""
    if run.queries is None or not run.rows_processed:
        return None
    return run.queries.total / run.rows_processed


def _largest(figures: Sequence[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return max(known, default=None)


def _why(
    passed: bool | None,
    actual: float | None,
    limit: float,
    show: Callable[[float], str],
    runs: Sequence[Run],
) -> str:
    if actual is None:
        return "not measured"
    if passed is None:
        ended = all(run.ending == "returned" for run in runs)
        return _NOT_FLAT if ended else _NOT_ENDED
    if passed:
        return f"{show(limit - actual)} left"
    return f"over by {show(actual - limit)}"
