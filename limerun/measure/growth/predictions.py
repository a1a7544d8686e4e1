"""Predict an estimate's figures at the requested size, as ranges. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from limerun.measure.growth.duration_curves import DurationCurves, memory_line_of
from limerun.measure.growth.extrapolation import spare
from limerun.measure.ranges import FigureRange
from limerun.records import Budget, GrowthRun, Prediction, SizePoint

_LEAST_SECONDS = 1e-6
"""Shorter times are an artifact: contention is read a little later than the
duration."""

Unit = Literal["seconds", "bytes", "rows/s", "queries/row"]


def predictions_of(
    to_rows: int,
    runs: Sequence[GrowthRun],
    size_points: Sequence[SizePoint],
    curves: DurationCurves | None,
    budget: Budget,
    widening: float,
) -> tuple[Prediction, ...]:
    """Return duration, rows per second, memory and queries per row, if known.

    Args:
        to_rows: The requested size.
        runs: All runs.
        size_points: The runs summarized, one point per size.
        curves: The growth of the duration; None: there are too few sizes.
        budget: The source of the limits in the result.
        widening: Factor by which the range of a measured duration is widened; the
        curves' ranges already are.
    """
    return (
        *_duration(to_rows, runs, curves, budget, widening),
        *_memory(to_rows, runs, size_points, budget),
        *_queries(to_rows, runs, budget),
    )


def _duration(
    to_rows: int,
    runs: Sequence[GrowthRun],
    curves: DurationCurves | None,
    budget: Budget,
    widening: float,
) -> list[Prediction]:
    known = [r for r in runs if r.rows == to_rows]
    if known:
        found = _measured([r.duration_seconds for r in known], spare(0.0) * widening)
        least = min(
            r.duration_seconds
            if r.duration_low_seconds is None
            else r.duration_low_seconds
            for r in known
        )
        found = replace(found, low=min(found.low, least / spare(0.0)))
    elif curves is not None:
        found = curves(to_rows)
    else:
        return []
    ends = (found.high, found.likely, found.low)
    rates = [to_rows / max(each, _LEAST_SECONDS) for each in ends]
    return [
        _prediction(
            "duration.budget",
            "seconds",
            found,
            measured=bool(known),
            limit=budget.duration_seconds,
        ),
        _prediction("speed.rows", "rows/s", FigureRange(*rates), measured=bool(known)),
    ]


def _memory(
    to_rows: int,
    runs: Sequence[GrowthRun],
    size_points: Sequence[SizePoint],
    budget: Budget,
) -> list[Prediction]:
    known = [
        float(run.task_bytes)
        for run in runs
        if run.rows == to_rows and run.task_bytes is not None
    ]
    line = memory_line_of(size_points)
    if known:
        found = _measured(known, 1.0)
    elif line is not None:
        found = line(to_rows)
    else:
        return []
    return [
        _prediction(
            "memory.task",
            "bytes",
            found,
            measured=bool(known),
            limit=budget.memory_bytes,
        )
    ]


def _measured(figures: Sequence[float], wider: float) -> FigureRange:
    ordered = sorted(max(figure, _LEAST_SECONDS) for figure in figures)
    middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    return FigureRange(ordered[0] / wider, middle, ordered[-1] * wider)


def _queries(
    to_rows: int, runs: Sequence[GrowthRun], budget: Budget
) -> list[Prediction]:
    """Return queries per processed row; exact at the measured sizes.

    Above the largest size, queries and processed rows are extrapolated from the last
    two sizes, and never decrease; if these disagree, the result is a range of both.
    """
    counted = sorted(
        {
            (run.rows, run.rows_processed, run.queries)
            for run in runs
            if run.queries is not None and run.rows_processed
        }
    )
    rates = [_rate_at(to_rows, counted[:end]) for end in _ends(counted)]
    if not rates:
        return []
    found = FigureRange(min(rates), rates[0], max(rates))
    return [
        _prediction(
            "speed.queries",
            "queries/row",
            found,
            measured=counted[-1][0] == to_rows,
            limit=budget.queries_per_row,
        )
    ]


def _ends(counted: Sequence[object]) -> list[int]:
    return [end for end in (len(counted), len(counted) - 1) if end > 0]


def _rate_at(rows: int, counted: Sequence[tuple[int, int, int]]) -> float:
    top, processed, queries = counted[-1]
    if len(counted) > 1:
        before, processed_before, queries_before = counted[-2]
        further = (rows - top) / max(1, top - before)
        # Fewer queries for more rows cannot continue: a line would become negative.
        processed += round(max(0, processed - processed_before) * further)
        queries += round(max(0, queries - queries_before) * further)
    return queries / max(1, processed)


def _prediction(
    name: str,
    unit: Unit,
    found: FigureRange,
    *,
    measured: bool,
    limit: float | None = None,
) -> Prediction:
    return Prediction(
        name=name,
        unit=unit,
        low=found.low,
        likely=found.likely,
        high=found.high,
        measured=measured,
        limit=limit,
    )
