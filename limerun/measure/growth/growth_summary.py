"""Turn runs at rising sizes into growth: sizes, parts, predictions, limits. Pure."""

import math
from collections.abc import Callable, Sequence
from typing import Literal

from limerun.measure.growth.database_size import (
    DatabaseGrowth,
    FigureName,
    with_database,
)
from limerun.measure.growth.duration_curves import DurationCurves, memory_line_of
from limerun.measure.growth.extrapolation import LEAST_POINTS
from limerun.measure.growth.predictions import predictions_of
from limerun.measure.growth.settling import settling_of
from limerun.measure.growth.size_points import (
    UNKNOWN_NOISE,
    RunsAtSizes,
    noise_of,
    size_points_of,
)
from limerun.measure.ranges import FigureRange
from limerun.records import (
    Budget,
    Growth,
    GrowthPart,
    MaxRows,
    Regime,
    SizePoint,
)

_REGIME = 1.3
"""If the largest size takes more than this many times its predicted duration, the task
became slower there."""
_REGIME_IN_NOISE = 2.0
_FURTHEST = 1000.0
"""Row limits above this multiple of the requested size are not reported."""
_STEPS = 60
_Curve = Callable[[float], FigureRange]


def growth_of(sized: RunsAtSizes, budget: Budget) -> Growth:
    """Return how the task grows, from its runs at rising sizes.

    If there are not at least three sizes, two of them long enough to show growth, only
    measured figures are returned and no predictions.
    """
    size_points = size_points_of(sized.runs)
    noise = noise_of(sized.runs, size_points)
    curves = None
    if _enough(size_points):
        spread = noise.duration_spread
        curves = DurationCurves(
            sized.runs, size_points, UNKNOWN_NOISE if spread is None else spread
        )
    database = None
    if sized.database is not None:
        database = DatabaseGrowth(sized.database, noise.widening)
    predictions = predictions_of(
        sized.to_rows, sized.runs, size_points, curves, budget, noise.widening
    )
    return Growth(
        grow=sized.grow,
        to_rows=sized.to_rows,
        within_seconds=sized.within_seconds,
        seconds=sized.seconds,
        runs=sized.runs,
        size_points=size_points,
        parts=_parts(sized, size_points, curves),
        doubling=curves.doubling() if curves else None,
        predictions=with_database(predictions, database, sized.to_rows),
        max_rows=_max_rows(sized.to_rows, size_points, curves, budget, database),
        regime=_regime(
            size_points, curves, _REGIME_IN_NOISE if noise.reasons else _REGIME
        ),
        noise=noise,
        ended_at_rows=sized.ended_at_rows,
        settling=settling_of(sized, predictions, budget, noise.widening, database),
        task_digest=sized.task_digest,
        overlaps=sized.overlaps,
        database=None if database is None else database.influence(),
    )


def _enough(size_points: Sequence[SizePoint]) -> bool:
    accepted = sum(size_point.accepted for size_point in size_points)
    return len(size_points) >= LEAST_POINTS and accepted >= 2


def _parts(
    sized: RunsAtSizes, size_points: Sequence[SizePoint], curves: DurationCurves | None
) -> tuple[GrowthPart, ...]:
    parts: list[GrowthPart] = []
    if curves is not None:
        likely = {name: p(sized.to_rows).likely for name, p in curves.parts.items()}
        whole = sum(likely.values())
        parts = [
            GrowthPart(
                name=name,
                terms=dict(part.fit.terms),
                share=likely[name] / whole if whole else None,
                doubling=part.doubling(),
            )
            for name, part in curves.parts.items()
        ]
    line = memory_line_of(size_points)
    if line is not None:
        parts.append(
            GrowthPart(
                name="memory", terms=line.terms, share=None, doubling=line.doubling()
            )
        )
    return tuple(parts)


def _regime(
    size_points: Sequence[SizePoint], curves: DurationCurves | None, least: float
) -> Regime | None:
    factor = curves.surprise() if curves is not None else None
    if factor is None or factor < least:
        return None
    return Regime(from_rows=size_points[-2].rows, factor=factor)


# --- largest number of rows within a budget ---------------------------------------


def _max_rows(
    to_rows: int,
    size_points: Sequence[SizePoint],
    curves: DurationCurves | None,
    budget: Budget,
    database: DatabaseGrowth | None,
) -> tuple[MaxRows, ...]:
    """Return how many rows stay within the budgets of duration and of memory."""
    if database is not None and database.is_beyond and not database.is_known:
        return ()
    most = to_rows * _FURTHEST
    max_rows = []
    if curves is not None and budget.duration_seconds is not None:
        what: tuple[str, Literal["seconds", "bytes"]] = ("duration.budget", "seconds")
        curve = _in_database(curves, database, "duration")
        max_rows.append(_reach(what, budget.duration_seconds, curve, most))
    line = memory_line_of(size_points)
    if line is not None:
        # A figure that does not grow is within or over its budget at every size.
        furthest = most if line.grows else to_rows
        curve = _in_database(line, database, "memory")
        max_rows.append(
            _reach(("memory.task", "bytes"), budget.memory_bytes, curve, furthest)
        )
    return tuple(max_rows)


def _in_database(
    curve: _Curve, database: DatabaseGrowth | None, name: FigureName
) -> _Curve:
    """Return the curve of a figure for the database of the predictions."""
    if database is None:
        return curve
    return lambda rows: database.enlarged(name, rows, curve(rows))


def _reach(
    what: tuple[str, Literal["seconds", "bytes"]],
    limit: float,
    curve: _Curve,
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
    """Return the largest number of rows within a limit; None if all sizes are."""
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
