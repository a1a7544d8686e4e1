"""Print an estimate's predictions and the sizes that were measured."""

import math

from rich.table import Table
from rich.text import Text

from limerun.records import Growth, SizePoint
from limerun.report.content.estimate import (
    PredictionRow,
    prediction_heads,
    prediction_rows,
    sizes_table,
)
from limerun.report.terminal.drawing import bar
from limerun.report.terminal.screen import Screen
from limerun.units import format_count, format_duration, format_size

_BAR_WIDTH = 28
_ROOM_FOR_BARS = 72
_SHORTEST_SECONDS = 0.001
_STYLES = {True: "green", False: "red", None: "yellow"}


def show_predictions(screen: Screen, growth: Growth) -> None:
    """Print each prediction: its range, likely value and budget."""
    rows = prediction_rows(growth)
    if not rows:
        return
    first, *figures, _ = prediction_heads(growth)
    table = Table(
        box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim", expand=False
    )
    table.add_column("", no_wrap=True)
    table.add_column(first, overflow="fold")
    for name in figures:
        table.add_column(name, justify="right")
    table.add_column("")
    for row in rows:
        style = _STYLES[row.within] if row.limit else ""
        table.add_row(
            screen.cell(_mark(screen, row), style),
            screen.text(row.label),
            screen.text(row.span, "bold"),
            screen.text(row.likely),
            screen.text(row.limit, "dim"),
            screen.text(row.word, style),
        )
    screen.gap()
    screen.line(table)


def _mark(screen: Screen, row: PredictionRow) -> str:
    """Return the mark of a row; a prediction never gets the tick of a passed check."""
    if not row.limit:
        return ""
    glyphs = screen.glyphs
    return {True: glyphs.note, False: glyphs.failed, None: glyphs.unknown}[row.within]


def show_sizes(screen: Screen, growth: Growth) -> None:
    """Print the sizes, each with a bar of its duration on a logarithmic scale.

    Each size is twice the previous one, so bars whose ends form a straight line mean
    growth with a power of the rows.
    """
    if not growth.size_points:
        return
    sizes = sizes_table(growth)
    legend = "bars: duration, logarithmic; the thin part is the predicted range"
    screen.heading(sizes.title, legend)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for name in sizes.heads:
        table.add_column(name, justify="right", no_wrap=True)
    bars = screen.width >= _ROOM_FOR_BARS
    if bars:
        table.add_column("", no_wrap=True)
    scale = _Scale(growth)
    for size_point, cells in zip(growth.size_points, sizes.rows, strict=True):
        style = "" if size_point.accepted else "dim"
        drawn = [_bar(screen, scale, size_point)] if bars else []
        table.add_row(*(screen.text(cell, style) for cell in cells), *drawn)
    _add_target(screen, table, scale, growth, bars=bars)
    screen.line(table)


class _Scale:
    """Maps a duration to the length of a bar."""

    def __init__(self, growth: Growth) -> None:
        times = [size_point.duration_seconds for size_point in growth.size_points]
        times += [each.high for each in growth.predictions if each.unit == "seconds"]
        self._least = max(_SHORTEST_SECONDS, min(times)) / 2
        self._most = max(2 * self._least, *times)

    def share(self, seconds: float) -> float:
        """Return the length, from 0 to 1."""
        above = math.log(max(seconds, self._least) / self._least)
        return above / math.log(self._most / self._least)


def _bar(screen: Screen, scale: _Scale, size_point: SizePoint) -> Text:
    filled, _ = bar(scale.share(size_point.duration_seconds), _BAR_WIDTH, screen.glyphs)
    return Text(filled, "cyan" if size_point.accepted else "dim")


def _add_target(
    screen: Screen, table: Table, scale: _Scale, growth: Growth, *, bars: bool
) -> None:
    """Add the requested size; its bar is thick up to the low end of the range."""
    known = {each.unit: each for each in growth.predictions}
    duration, memory = known.get("seconds"), known.get("bytes")
    if duration is None or duration.measured:
        return
    cells = [
        format_count(growth.to_rows),
        "",
        f"about {format_duration(duration.likely)}",
        "" if memory is None else f"about {format_size(memory.likely)}",
    ]
    drawn = []
    if bars:
        glyphs = screen.glyphs
        low, _ = bar(scale.share(duration.low), _BAR_WIDTH, glyphs)
        high, _ = bar(scale.share(duration.high), _BAR_WIDTH, glyphs)
        rest = glyphs.rest * (len(high) - len(low))
        drawn = [Text(low + rest, "yellow")]
    table.add_row(*(screen.text(cell, "bold") for cell in cells), *drawn)
