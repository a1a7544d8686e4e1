"""Turn a series of figures into the shapes of a small chart. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from limerun.report.content.history import TaskHistory
from limerun.report.content.sentences import figure
from limerun.report.webpage.axis import Mark, clock_marks, marks
from limerun.report.webpage.memory_chart import LEAST_BYTES

_ROOM = 1.1
_LEAST_SECONDS = 0.01
"""The least height of a chart of durations; smaller values are noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A record's figure: its position, as shares of the chart, and its label."""

    x: float
    y: float
    tone: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendChart:
    """One figure over the records of a task."""

    name: str
    points: tuple[Point, ...]
    marks: tuple[Mark, ...]
    budget: float | None
    """The position of the budget, as a share of the height from the top."""
    budget_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryView:
    """The content of a page about one task's history."""

    history: TaskHistory
    charts: tuple[TrendChart, ...]


def history_view(history: TaskHistory) -> HistoryView:
    """Return the content of a page about a history."""
    memory = [entry.memory_bytes for entry in history.entries]
    duration = [entry.duration_seconds for entry in history.entries]
    charts = (
        _chart("Task memory", memory, "bytes", history, history.budget_bytes),
        _chart("Duration", duration, "seconds", history, history.budget_seconds),
    )
    return HistoryView(
        history=history, charts=tuple(chart for chart in charts if chart is not None)
    )


def _chart(
    name: str,
    values: Sequence[float | None],
    unit: str,
    history: TaskHistory,
    budget: float | None,
) -> TrendChart | None:
    known = [value for value in values if value is not None]
    highest = max(known, default=0)
    if not highest:
        return None
    height = max(highest, LEAST_BYTES if unit == "bytes" else _LEAST_SECONDS)
    # A much higher budget would flatten the curve.
    drawn = budget if budget and budget <= height * 4 else None
    top = max(height, drawn or 0) * _ROOM
    points = tuple(
        Point(
            x=_across(index, len(values)),
            y=1 - value / top,
            tone=entry.tone,
            text=f"{entry.at}: {figure(value, unit)}, {entry.word.lower()}",
        )
        for index, (value, entry) in enumerate(
            zip(values, history.entries, strict=True)
        )
        if value is not None
    )
    return TrendChart(
        name=name,
        points=points,
        marks=_marks(top, unit)[1:],
        budget=None if drawn is None else 1 - drawn / top,
        budget_text="" if drawn is None else f"budget {figure(drawn, unit)}",
    )


def _across(index: int, count: int) -> float:
    """Return a record's position; a single record is in the middle."""
    return 0.02 + 0.96 * index / (count - 1) if count > 1 else 0.5


def _marks(top: float, unit: str) -> tuple[Mark, ...]:
    place = clock_marks if unit == "seconds" else marks
    return place(top, 3, lambda value: figure(value, unit))
