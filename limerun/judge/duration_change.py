"""Decide whether a task became slower, and how certain that is. Pure."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from limerun.records import RatioRange, Run, Trend
from limerun.units import format_duration

NOISE_SECONDS = 0.1
"""Variation of the start-up time, whatever the task does."""
_SHORT_SECONDS = 0.4
"""In shorter runs, start-up time varies by more than the default allowed growth."""
_USUAL_GROWTH = 0.25
_CERTAINTY = 0.95
_TOO_SHORT = f"too short to judge: start-up varies by {format_duration(NOISE_SECONDS)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """The durations of several runs without contention; each may be a range."""

    lows: tuple[float, ...]
    highs: tuple[float, ...]

    @property
    def low(self) -> float:
        """Return the median of the lower ends."""
        return statistics.median(self.lows)

    @property
    def high(self) -> float:
        """Return the median of the upper ends."""
        return statistics.median(self.highs)


def durations_of(runs: Sequence[Run]) -> Durations | None:
    """Return the durations of all runs; None if one was not measured."""
    highs = [run.judged_seconds for run in runs if run.judged_seconds is not None]
    if not highs or len(highs) < len(runs):
        return None
    lows = [
        high if run.uncontended_low_seconds is None else run.uncontended_low_seconds
        for run, high in zip(runs, highs, strict=True)
    ]
    return Durations(lows=tuple(lows), highs=tuple(highs))


def duration_trend(
    before: Durations, after: Durations, allowed: float | None
) -> tuple[Trend, str]:
    """Return the trend of the duration, which varies from run to run.

    A median above the limit is a regression if the slowest baseline run was faster than
    the fastest new run. With one run on a side, the result is unknown.
    """
    if _is_too_short(before, after, allowed):
        return "too short", _TOO_SHORT
    runs = min(len(before.highs), len(after.highs))
    is_slower = min(after.lows) > max(before.highs)
    if _is_over(before.low, after.high, allowed):
        if runs < 2:
            return "unknown", "one run may be noise; use --repeat 3 for both records"
        if not _is_over(before.high, after.low, allowed):
            return "unknown", "contention between its threads may have delayed the task"
        if not is_slower:
            return "unknown", "the runs overlap; use more runs or a quieter machine"
        return "regression", too_much(allowed or 0.0)
    if max(after.highs) < min(before.lows):
        if runs < 2 and not _is_over(after.high, before.low, _USUAL_GROWTH):
            return "same", "with one run, the difference may be noise"
        return "better", "every run was faster"
    return (
        ("worse", "every run was slower") if is_slower else ("same", "the runs overlap")
    )


def _is_over(base: float, new: float, allowed: float | None) -> bool:
    return allowed is not None and new > base * (1 + allowed) + NOISE_SECONDS


def _is_too_short(before: Durations, after: Durations, allowed: float | None) -> bool:
    """Return whether variation in start-up time could hide or cause a difference."""
    base, new = before.high, after.high
    if max(base, new) < NOISE_SECONDS:
        return True
    limit = base * (1 + (allowed or 0.0))
    return (
        allowed is not None
        and base < _SHORT_SECONDS
        and limit < new <= limit + NOISE_SECONDS
    )


def too_much(allowed: float) -> str:
    """Return the reason why an increase is a regression."""
    if not allowed:
        return "more than the baseline"
    return f"more than {allowed * 100:g} % above the baseline"


def ratio_range(before: Durations, after: Durations) -> RatioRange | None:
    """Return a confidence interval for the ratio; None with only one run on a side.

    It is the Hodges-Lehmann interval: all pairs of runs have a ratio, and of the sorted
    ratios, the lowest and the highest are left out, as many as the Mann-Whitney
    distribution allows. It assumes nothing about the distribution of durations, except
    that both sides vary in the same way.
    """
    runs = len(before.highs), len(after.highs)
    if min(runs) < 2 or min(before.lows) <= 0:
        return None
    lows = sorted(new / base for new in after.lows for base in before.highs)
    highs = sorted(new / base for new in after.highs for base in before.lows)
    counts = tuple(accumulate(_pairs_in_order(*runs)))
    most = (1 - _CERTAINTY) / 2 * counts[-1]
    left_out = max(0, sum(count <= most for count in counts) - 1)
    return RatioRange(
        low=lows[left_out],
        high=highs[-1 - left_out],
        certainty=1 - 2 * counts[left_out] / counts[-1],
    )


def _pairs_in_order(one: int, other: int) -> list[int]:
    """Return the Mann-Whitney distribution: how many rankings have U = 0, 1, 2, ....

    These counts are the coefficients of the Gaussian binomial.
    """
    counts = [1] + [0] * (one * other)
    for size in range(1, one + 1):
        for at in range(len(counts) - 1, other + size - 1, -1):
            counts[at] -= counts[at - other - size]
        for at in range(size, len(counts)):
            counts[at] += counts[at - size]
    return counts
