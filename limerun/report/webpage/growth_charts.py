"""Turn an estimate into charts of a figure over rows, on logarithmic axes. Pure.

With logarithmic axes, a straight line is a power of the rows; a steeper line is a
higher power.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from limerun.records import Growth, Prediction, SizePoint
from limerun.report.content.estimate import (
    PredictionRow,
    prediction_heads,
    prediction_rows,
)
from limerun.report.content.sentences import figure
from limerun.report.webpage.axis import Mark
from limerun.units import format_count

_LEAST: dict[str, float] = {"seconds": 0.001, "bytes": 100_000}
"""Smaller values are drawn here, because a logarithmic axis has no zero."""
_CLOCK = (0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 36_000, 360_000)
"""Durations that are easy to read, in seconds."""
_MARGIN = 0.06
_SHARE = 100
"""A budget is drawn if it is at most this many times the highest value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A point of a chart, as shares of its width and height (from the top)."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A prediction: its range and the likely value."""

    x: float
    low: float
    likely: float
    high: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthChart:
    """One figure at rising sizes, with its prediction."""

    name: str
    spots: tuple[Spot, ...]
    span: Span | None
    budget: float | None
    budget_text: str
    row_marks: tuple[Mark, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthView:
    """The content of a page about an estimate."""

    heads: tuple[str, ...]
    predictions: tuple[PredictionRow, ...]
    charts: tuple[GrowthChart, ...]


def growth_view(growth: Growth) -> GrowthView:
    """Return the content of a page about an estimate."""
    charts = (
        _chart("Duration", "seconds", growth),
        _chart("Task memory", "bytes", growth),
    )
    return GrowthView(
        heads=prediction_heads(growth),
        predictions=tuple(prediction_rows(growth)),
        charts=tuple(chart for chart in charts if chart is not None),
    )


class _Axis:
    """A logarithmic axis; positions are from 0 to 1."""

    def __init__(self, values: Sequence[float]) -> None:
        low, high = math.log(min(values)), math.log(max(values))
        room = max(high - low, math.log(2)) * _MARGIN
        self.low, self.high = low - room, high + room

    def share(self, value: float) -> float:
        return (math.log(value) - self.low) / (self.high - self.low)

    def decades(self) -> Iterator[tuple[float, float]]:
        """Yield 1, 2 and 5 times each power of ten on this axis, fewer if it is long."""
        steps = (1,) if self.high - self.low > math.log(2_000) else (1, 2, 5)
        power = math.floor(self.low / math.log(10))
        while 10.0**power <= math.exp(self.high):
            yield from self.within([step * 10.0**power for step in steps])
            power += 1

    def within(self, values: Sequence[float]) -> Iterator[tuple[float, float]]:
        """Yield the values on this axis with their positions."""
        for value in values:
            if 0 <= self.share(value) <= 1:
                yield value, self.share(value)


def _chart(name: str, unit: str, growth: Growth) -> GrowthChart | None:
    size_points = [
        size_point for size_point in growth.size_points if size_point.rows > 0
    ]
    measured = [
        (size_point.rows, _value(size_point, unit)) for size_point in size_points
    ]
    known = [(rows, max(v, _LEAST[unit])) for rows, v in measured if v is not None]
    if len(known) < 2:
        return None
    predicted = _prediction(growth, unit)
    highest = max([v for _, v in known] + ([predicted.high] if predicted else []))
    limit = predicted.limit if predicted else None
    drawn = limit if limit and limit <= highest * _SHARE else None
    values = [v for _, v in known]
    sizes = [rows for rows, _ in known]
    if predicted is not None:
        values += [max(predicted.low, _LEAST[unit]), max(predicted.high, _LEAST[unit])]
        sizes.append(growth.to_rows)
    if drawn:
        values.append(drawn)
    across, up = _Axis(sizes), _Axis(values)
    return GrowthChart(
        name=name,
        spots=tuple(
            Spot(
                x=across.share(rows),
                y=1 - up.share(value),
                text=f"{format_count(rows)} rows: {figure(value, unit)}",
            )
            for rows, value in known
        ),
        span=_span(predicted, growth, across, up),
        budget=None if drawn is None else 1 - up.share(drawn),
        budget_text="" if drawn is None else f"budget {figure(drawn, unit)}",
        row_marks=tuple(
            Mark(share=share, text=format_count(round(rows)))
            for rows, share in across.decades()
        ),
        marks=tuple(
            Mark(share=share, text=figure(value, unit))
            for value, share in (
                up.within(_CLOCK) if unit == "seconds" else up.decades()
            )
        ),
    )


def _value(size_point: SizePoint, unit: str) -> float | None:
    return size_point.duration_seconds if unit == "seconds" else size_point.task_bytes


def _prediction(growth: Growth, unit: str) -> Prediction | None:
    if growth.to_rows <= 0:
        return None
    known = (each for each in growth.predictions if each.unit == unit)
    return next((each for each in known if each.high > 0), None)


def _span(
    predicted: Prediction | None, growth: Growth, across: _Axis, up: _Axis
) -> Span | None:
    if predicted is None:
        return None
    least = _LEAST[predicted.unit]
    low, likely, high = (
        1 - up.share(max(value, least))
        for value in (predicted.low, predicted.likely, predicted.high)
    )
    bounds = " to ".join(
        figure(value, predicted.unit) for value in (predicted.low, predicted.high)
    )
    how = "measured" if predicted.measured else "predicted"
    return Span(
        x=across.share(growth.to_rows),
        low=low,
        likely=likely,
        high=high,
        text=f"{format_count(growth.to_rows)} rows, {how}: {bounds}",
    )
