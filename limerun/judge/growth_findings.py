"""Compare predictions with budgets, and turn growth into findings. Pure.

A prediction never counts as passed: at best, a figure is predicted to be within the
budget.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from limerun.judge.budget_checks import within
from limerun.records import (
    Budget,
    BudgetLevel,
    Finding,
    Growth,
    GrowthPart,
    Location,
    Prediction,
    SizePoint,
    Task,
    Verdict,
)
from limerun.records.rules import make_finding, place_of
from limerun.units import format_count, format_duration, format_size

FASTER_THAN_ROWS = 2.3
"""Growth is a finding if doubling the rows multiplies the duration by more than this.
n log n multiplies it by 2.1 to 2.2."""
MUCH_FASTER = 3.0
"""The same limit for tasks whose memory outgrows the processor's caches: cache misses
alone explain up to 2.7. (Measured: a walk through objects in random order.)"""
_BEYOND_CACHES_BYTES = 4_000_000
EVIDENCE_SECONDS = 0.1
"""Shorter durations are no evidence of growth."""
_SIZES = 3
"""Number of the largest sizes whose growth is judged."""
_SURE = 2.0
"""Standard errors by which the measured growth must exceed the limit."""
_UNKNOWN_NOISE = 0.2
"""Noise to assume if no size was run twice."""
GROWS_BYTES = 10_000_000
"""Growth is a finding if the rows use more memory than this at the requested size."""
_GROWS_FACTOR = 1.5
_CACHE_BYTES = 4_000_000
"""Less growth than this over all sizes may be the embedded database's cache, which
grows up to 2 MB. Measured: the memory of a task that kept nothing grew by 177 bytes per
row up to 12,500 rows, and not at all from there to 100,000."""
_STILL_RISES = 0.4
"""Memory still grows if the slope between the last two sizes is at least this share of
the fitted line's slope."""
_BUDGETS = {
    "memory.task": "memory",
    "duration.budget": "duration",
    "speed.queries": "queries_per_row",
}


def judge_predictions(growth: Growth, budget: Budget) -> Growth:
    """Compare each prediction with its budget, and return growth with the results."""
    return replace(
        growth,
        predictions=tuple(_judge(each, budget) for each in growth.predictions),
    )


def _judge(prediction: Prediction, budget: Budget) -> Prediction:
    if _level(prediction, budget) == "off":
        return replace(prediction, limit=None, within=None)
    if prediction.limit is None:
        return replace(prediction, within=None)
    if within(prediction.high, prediction.limit):
        return replace(prediction, within=True)
    if not within(prediction.low, prediction.limit):
        return replace(prediction, within=False)
    return replace(prediction, within=None)


def _level(prediction: Prediction, budget: Budget) -> BudgetLevel:
    return budget.levels.get(_BUDGETS.get(prediction.name, ""), "error")


def growth_verdict(growth: Growth, budget: Budget) -> Verdict | None:
    """Return the verdict on an estimate in which every run returned.

    None means predicted within every budget. The verdict is inconclusive if a budget
    lies inside a predicted range, or if a budget has no prediction.
    """
    failing = [
        each
        for each in growth.predictions
        if each.limit is not None and _level(each, budget) == "error"
    ]
    if any(each.within is False for each in failing):
        return Verdict.FAILED
    if not failing or any(each.within is None for each in failing):
        return Verdict.INCONCLUSIVE
    if _lacks(growth, budget):
        return Verdict.INCONCLUSIVE
    return None


def _lacks(growth: Growth, budget: Budget) -> bool:
    """Return whether the duration or a figure with a budget has no prediction."""
    predicted = {each.name for each in growth.predictions}
    wanted = {"duration.budget", "memory.task"}
    if budget.queries_per_row is not None:
        wanted.add("speed.queries")
    off = {name for name, key in _BUDGETS.items() if budget.levels.get(key) == "off"}
    return not wanted - off <= predicted


# --- findings -------------------------------------------------------------------------


def growth_findings(task: Task, growth: Growth) -> tuple[Finding, ...]:
    """Return the findings about growth; empty unless two sizes were measured."""
    place = place_of(task)
    found = [*_duration(growth, place), *_memory(growth, place)]
    return tuple(sorted(found, key=lambda each: each.level != "error"))


def _duration(growth: Growth, place: Location | None) -> Iterator[Finding]:
    evidence = [each for each in growth.size_points if _work(each) >= EVIDENCE_SECONDS]
    if len(evidence) < 2 or evidence[-1] != growth.size_points[-1]:
        return
    first, top = evidence[-_SIZES:][0], evidence[-1]
    doublings = math.log2(top.rows / first.rows)
    growing = math.log(_work(top) / _work(first)) / doublings
    spread = growth.noise.duration_spread
    error = (_UNKNOWN_NOISE if spread is None else spread) * math.sqrt(
        1 / first.runs + 1 / top.runs
    )
    least = MUCH_FASTER if _leaves_caches(first, top) else FASTER_THAN_ROWS
    if growing - _SURE * error / doublings < math.log(least):
        return
    detail = (
        f"Twice as many rows take {math.exp(growing):.1f} times as much time: "
        f"{format_duration(_work(first))} for {format_count(first.rows)}, "
        f"{format_duration(_work(top))} for {format_count(top.rows)} rows "
        "(without waiting)."
    )
    part = _steepest(growth.parts)
    if part is not None:
        detail += f" The part that grows this fast is {_PARTS[part.name]}."
    exceeded = _is_over(growth, "duration.budget")
    yield make_finding(
        "duration.growth",
        "error" if exceeded else "warning",
        "Duration grows faster than the rows",
        detail,
        place,
    )


def _work(size_point: SizePoint) -> float:
    """Return the time to judge growth by, without waiting and contention."""
    return size_point.cpu_seconds + size_point.database_seconds


def _leaves_caches(first: SizePoint, top: SizePoint) -> bool:
    """Return whether memory grows with the rows, beyond the processor's caches."""
    before, after = (each.task_bytes or 0 for each in (first, top))
    return after > _BEYOND_CACHES_BYTES and after > before * _GROWS_FACTOR


_PARTS = {
    "cpu": "CPU time outside the database",
    "database": "time in the database",
}


def _steepest(parts: Sequence[GrowthPart]) -> GrowthPart | None:
    timed = [
        part
        for part in parts
        if part.name in ("cpu", "database") and (part.doubling or 0) >= FASTER_THAN_ROWS
    ]
    return max(timed, key=lambda part: part.share or 0, default=None)


def _memory(growth: Growth, place: Location | None) -> Iterator[Finding]:
    known = [
        size_point
        for size_point in growth.size_points
        if size_point.task_bytes is not None
    ]
    line = next((part for part in growth.parts if part.name == "memory"), None)
    if line is None or len(known) < 2:
        return
    each = line.terms.get("n", 0.0)
    at_size = each * growth.to_rows
    if at_size < GROWS_BYTES or not _is_seen_to_grow(known, each):
        return
    first, top = known[0], known[-1]
    assert first.task_bytes is not None
    assert top.task_bytes is not None
    yield make_finding(
        "memory.growth",
        "error" if _is_over(growth, "memory.task") else "warning",
        "Memory grows with the rows",
        f"{format_size(first.task_bytes)} for {format_count(first.rows)}, "
        f"{format_size(top.task_bytes)} for {format_count(top.rows)} rows: "
        f"{format_count(round(each))} bytes per row, or "
        f"{format_size(at_size)} for {format_count(growth.to_rows)} rows.",
        place,
    )


def _is_seen_to_grow(size_points: Sequence[SizePoint], each: float) -> bool:
    """Return whether the largest size uses clearly more, and memory is still rising.

    The memory of a cache or a page of rows stops rising at some size. If all measured
    sizes are below that size, only the amount of memory distinguishes it from growth.
    """
    first, below, top = (size_points[at].task_bytes or 0 for at in (0, -2, -1))
    rows = size_points[-1].rows - size_points[-2].rows
    rises = top - below > _STILL_RISES * each * rows
    return rises and top > first * _GROWS_FACTOR and top - first > _CACHE_BYTES


def _is_over(growth: Growth, name: str) -> bool:
    return any(
        each.name == name and each.within is False for each in growth.predictions
    )
