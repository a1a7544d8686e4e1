"""Find the most rows that stay within a budget. Pure."""

import math
from collections.abc import Callable, Sequence
from typing import Literal

from limerun.measure.duration_curves import DurationCurves, memory_line_of
from limerun.measure.ranges import FigureRange
from limerun.records import Budget, MaxRows, SizePoint

_FURTHEST = 1000.0
"""Times the size that was asked for: rows beyond that are not told."""
_STEPS = 60


def max_rows_of(
    to_rows: int,
    size_points: Sequence[SizePoint],
    curves: DurationCurves | None,
    budget: Budget,
) -> tuple[MaxRows, ...]:
    """Return how many rows keep the budgets of duration and of memory."""
    most = to_rows * _FURTHEST
    max_rows = []
    if curves is not None and budget.duration_seconds is not None:
        what: tuple[str, Literal["seconds", "bytes"]] = ("duration.budget", "seconds")
        max_rows.append(_reach(what, budget.duration_seconds, curves, most))
    line = memory_line_of(size_points)
    if line is not None:
        # What does not grow stays within its budget, or over it, at any size.
        furthest = most if line.grows else to_rows
        max_rows.append(
            _reach(("memory.task", "bytes"), budget.memory_bytes, line, furthest)
        )
    return tuple(max_rows)


def _reach(
    what: tuple[str, Literal["seconds", "bytes"]],
    limit: float,
    curve: Callable[[float], FigureRange],
    most: float,
) -> MaxRows:
    name, unit = what
    return MaxRows(
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
