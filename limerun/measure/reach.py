"""Find the most rows that stay within a budget. Pure."""

import math
from collections.abc import Callable, Sequence
from typing import Literal

from limerun.measure.duration_curves import DurationCurves, memory_line_of
from limerun.measure.ranges import Range
from limerun.records import Budget, Reach, Rung

_FURTHEST = 1000.0
"""Times the size that was asked for: rows beyond that are not told."""
_STEPS = 60


def reaches_of(
    to_rows: int,
    rungs: Sequence[Rung],
    curves: DurationCurves | None,
    budget: Budget,
) -> tuple[Reach, ...]:
    """Return how many rows keep the budgets of duration and of memory."""
    most = to_rows * _FURTHEST
    reaches = []
    if curves is not None and budget.duration_seconds is not None:
        what: tuple[str, Literal["seconds", "bytes"]] = ("duration.budget", "seconds")
        reaches.append(_reach(what, budget.duration_seconds, curves, most))
    line = memory_line_of(rungs)
    if line is not None:
        # What does not grow stays within its budget, or over it, at any size.
        furthest = most if line.grows else to_rows
        reaches.append(
            _reach(("memory.task", "bytes"), budget.memory_bytes, line, furthest)
        )
    return tuple(reaches)


def _reach(
    what: tuple[str, Literal["seconds", "bytes"]],
    limit: float,
    curve: Callable[[float], Range],
    most: float,
) -> Reach:
    name, unit = what
    return Reach(
        name=name,
        limit=limit,
        unit=unit,
        low_rows=_last_within(lambda rows: curve(rows).high, limit, most),
        likely_rows=_last_within(lambda rows: curve(rows).likely, limit, most),
        high_rows=_last_within(lambda rows: curve(rows).low, limit, most),
    )


def _last_within(
    curve: Callable[[float], float], limit: float, most: float
) -> int | None:
    """Return the most rows that keep a limit; None if even the furthest size does."""
    if curve(most) <= limit:
        return None
    if curve(1) > limit:
        return 0
    within, over = 1.0, most
    for _ in range(_STEPS):
        middle = math.sqrt(within * over)
        if curve(middle) <= limit:
            within = middle
        else:
            over = middle
    return int(within)
