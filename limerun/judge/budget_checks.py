"""Compare measured figures with their budgets. Pure."""

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from limerun.records import Budget, BudgetLevel, Check, Finding, Run
from limerun.units import (
    format_apart,
    format_bounds,
    format_count,
    format_duration,
    format_size,
)

_NOT_ENDED = "the task did not finish, so the full figure is unknown"
_NOT_FLAT = "the idle worker's memory did not settle, so there is no baseline"


def within(actual: float, limit: float) -> bool:
    """Return whether a figure is within its budget; at the limit counts as within."""
    return actual <= limit


def checks_of(budget: Budget, runs: Sequence[Run]) -> tuple[Check, ...]:
    """Return a check for each budget that was set.

    Memory is judged by the largest run, duration by the median run. A figure over its
    budget fails however the run ended. A figure within its budget passes only if every
    run returned. A budget at level off has no check.
    """
    checks = [
        ("memory", _memory_task(budget, runs)),
        ("memory", _memory_handler(budget, runs)),
    ]
    if budget.duration_seconds is not None:
        checks.append(("duration", _duration(budget.duration_seconds, runs)))
    if budget.queries_per_row is not None:
        checks.append(("queries_per_row", _queries(budget.queries_per_row, runs)))
    if any(run.time_limits and run.time_limits.reached for run in runs):
        checks.append(("limits", _time_limit(runs)))
    return tuple(
        each
        for name, check in checks
        for each in _at_level(check, budget.levels.get(name))
    )


def _at_level(check: Check, level: BudgetLevel | None) -> Iterator[Check]:
    if level is None or level == "error":
        yield check
    elif level == "warning":
        yield replace(check, level=level)


_BUDGET_RULES = {
    "memory.task": "memory.task",
    "memory.handler": "memory.handler",
    "memory.objects": "memory.task",
    "duration.budget": "duration.budget",
    "speed.queries": "speed.queries",
}
"""Rules whose findings become errors if a check fails, with the name of the check."""

_INSIDE = "the budget is inside this range"


def apply_budget_levels(
    findings: Sequence[Finding], checks: Sequence[Check]
) -> tuple[Finding, ...]:
    """Return the findings; errors become warnings if the budget is at level warning."""
    warning = {check.name for check in checks if check.level == "warning"}
    return tuple(
        replace(finding, level="warning")
        if finding.level == "error" and _BUDGET_RULES.get(finding.rule) in warning
        else finding
        for finding in findings
    )


def _judge(actual: float | None, limit: float, runs: Sequence[Run]) -> bool | None:
    if actual is None:
        return None
    if not within(actual, limit):
        return False
    return True if all(run.is_done for run in runs) else None


def _memory_task(budget: Budget, runs: Sequence[Run]) -> Check:
    return _memory_check("memory.task", 0, budget.memory_bytes, runs)


def _memory_handler(budget: Budget, runs: Sequence[Run]) -> Check:
    idle = budget.idle_baseline_bytes
    return _memory_check("memory.handler", idle, budget.memory_bytes, runs)


def _memory_check(
    name: str, idle_bytes: int, task_limit: int, runs: Sequence[Run]
) -> Check:
    """Compare the largest run with a limit; if its peak is a range, both bounds."""
    limit = idle_bytes + task_limit
    actual, low = (
        None if most is None else idle_bytes + most
        for most in (
            _largest([run.memory.task_bytes for run in runs]),
            _largest([run.memory.task_low_bytes for run in runs]),
        )
    )
    highs = [run.memory.task_high_bytes for run in runs]
    known = [idle_bytes + most for most in highs if most is not None]
    high = max(known, default=None) if len(known) == len(highs) else None
    passed = _judge(low, limit, runs)
    in_doubt = passed is True and (high is None or not within(high, limit))
    if in_doubt or not all(run.baseline_flat for run in runs):
        passed = passed and None
    why = _why(passed, actual, limit, format_size, runs)
    if low is not None and low != high:
        bounds = format_bounds(low, high)
        why = f"{bounds}: {_doubt(runs)}" if in_doubt else f"{why}; {bounds}"
    return Check(
        name=name,
        limit=limit,
        actual=actual,
        unit="bytes",
        passed=passed,
        why=why,
    )


def _doubt(runs: Sequence[Run]) -> str:
    """Return why a range cannot pass: no upper bound, or the budget is inside."""
    for run in runs:
        if run.memory.task_high_bytes is None and run.memory.why:
            return run.memory.why
    return _INSIDE


def _duration(limit: float, runs: Sequence[Run]) -> Check:
    """Compare the uncontended duration or its range with a limit, or else wall time."""
    actual = _median([run.judged_seconds for run in runs])
    lows = [run.uncontended_low_seconds for run in runs]
    low = actual if None in lows else _median(lows)
    passed = _judge(low, limit, runs)
    in_doubt = passed is True and actual is not None and not within(actual, limit)
    if in_doubt:
        passed = None
    why = _why(passed, actual, limit, format_duration, runs)
    if low is not None and actual is not None and low != actual:
        span = f"{format_duration(low)} to {format_duration(actual)} without contention"
        why = f"{span}: {_INSIDE}" if in_doubt else f"{why}; {span}"
    if passed is None:
        why += "".join(_predicted(limit, runs))
    return Check(
        name="duration.budget",
        limit=limit,
        actual=actual,
        unit="seconds",
        passed=passed,
        why=why,
    )


def _predicted(limit: float, runs: Sequence[Run]) -> Iterator[str]:
    """Yield the predicted duration of a stopped run; it never decides the check."""
    for run in runs:
        if (predicted := run.predicted_duration) is not None:
            low, high = predicted.low_seconds, predicted.high_seconds
            place = "within the budget" if within(high, limit) else "over the budget"
            if within(low, limit) and not within(high, limit):
                place = _INSIDE
            yield (
                f"; all rows are predicted to take {format_duration(low)} to "
                f"{format_duration(high)}: {place}"
            )


def _median(figures: Sequence[float | None]) -> float | None:
    """Return the higher median of the known figures; None if all are unknown."""
    known = [figure for figure in figures if figure is not None]
    return statistics.median_high(known) if known else None


def _time_limit(runs: Sequence[Run]) -> Check:
    """Return the failed check of the first run that reached a time limit."""
    run = next(each for each in runs if each.time_limits and each.time_limits.reached)
    assert run.time_limits is not None
    limit = run.time_limits.soft_seconds
    if run.time_limits.reached == "hard" or limit is None:
        limit = run.time_limits.hard_seconds
    limit = limit or 0.0
    return Check(
        name="limits.task",
        limit=limit,
        actual=max(limit, run.duration_seconds or 0.0),
        unit="seconds",
        passed=False,
        why=f"reached its {run.time_limits.reached} time limit",
    )


def _queries(limit: float, runs: Sequence[Run]) -> Check:
    actual = _largest([queries_per_row(run) for run in runs])
    passed = _judge(actual, limit, runs)
    why = _why(passed, actual, limit, format_count, runs)
    unknown = next((each for each in map(_why_no_rate, runs) if each), None)
    if passed is not False and unknown is not None:
        passed, why = None, unknown
    return Check(
        name="speed.queries",
        limit=limit,
        actual=actual,
        unit="queries/row",
        passed=passed,
        why=why,
    )


def queries_per_row(run: Run) -> float | None:
    """Return the statements per input row; None if either count is unknown.

    Where only an upper bound of the rows is known, this is a lower bound of the rate.
    """
    rows = run.rows_processed or run.rows_high
    if run.queries is None or not rows:
        return None
    return run.queries.total / rows


def _why_no_rate(run: Run) -> str | None:
    if run.queries is None:
        return run.queries_why or "no statement went through SQLAlchemy"
    if run.queries.total and not run.rows_processed:
        return run.rows_why or "the number of rows that the task processed is unknown"
    return None


def _largest(figures: Sequence[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return max(known, default=None)


def _why(
    passed: bool | None,
    actual: float | None,
    limit: float,
    show: Callable[[float, int], str],
    runs: Sequence[Run],
) -> str:
    if actual is None:
        return "not measured"
    if passed is None:
        ended = all(run.is_done for run in runs)
        return _NOT_FLAT if ended else _NOT_ENDED
    if passed:
        return f"{format_apart(show, limit - actual, 0)} left"
    return f"over by {format_apart(show, actual - limit, 0)}"


# --- runs that were stopped early --------------------------------------------------


def apply_early_stops(
    checks: Sequence[Check], runs: Sequence[Run]
) -> tuple[Check, ...]:
    """Return the checks; the budget that stopped a run early counts as exceeded.

    Its figure is a lower bound for the complete run.
    """
    stopped = {
        run.stopped_early.check: run.stopped_early
        for run in runs
        if run.stopped_early is not None
    }
    updated = []
    for check in checks:
        stop = stopped.get(check.name)  # type: ignore[call-overload] # checks have other names too
        if stop is None or within(stop.at_least, check.limit):
            updated.append(check)
            continue
        show = format_size if check.unit == "bytes" else format_duration
        done = format_count(stop.rows_done)
        of = "" if stop.rows_total is None else f" of {format_count(stop.rows_total)}"
        updated.append(
            replace(
                check,
                actual=max(stop.at_least, check.actual or 0.0),
                passed=False,
                why=f"stopped early after {done}{of} rows; all rows would take at "
                f"least {show(stop.at_least)}",
            )
        )
    return tuple(updated)
