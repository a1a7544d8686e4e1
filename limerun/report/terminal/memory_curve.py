"""Print memory over time as a small curve, with the budget if it fits."""

from collections.abc import Sequence

from rich.text import Text

from limerun.records import Record, Run
from limerun.report.terminal.drawing import curve, resampled
from limerun.report.terminal.screen import Screen
from limerun.units import format_duration, format_size

_ROWS = 4
_LEFT = 10
"""Columns for the sizes to the left of the curve."""
_RIGHT = 9
"""Columns to the right of the curve, for the word "budget" and the margin."""
_WIDEST = 90
_NARROWEST = 16
_SHARE = 3
"""The budget is drawn if it is at most this many times the highest value."""
_LEAST_BYTES = 1_000_000
"""The least height of the curve, so that a few pages of memory do not look large."""


def show_curve(screen: Screen, record: Record, run: Run) -> None:
    """Print the task's memory above the idle worker, if there are several samples."""
    series, baseline = run.series, run.memory.baseline_bytes
    columns = min(_WIDEST, screen.width - _LEFT - _RIGHT)
    if len(series.rss_bytes) < 2 or baseline is None or columns < _NARROWEST:
        return
    above = [max(0, rss - baseline) for rss in series.rss_bytes]
    if max(above) == 0:
        return
    budget = _budget(record, max(*above, _LEAST_BYTES))
    top = max(max(above), budget or 0, _LEAST_BYTES)
    values = resampled(series.t_seconds, above, columns)
    budget_row = None if budget is None else min(_ROWS - 1, _row_of(budget, top))
    screen.gap()
    for number, drawn in enumerate(curve(values, top, _ROWS, screen.glyphs)):
        size = format_size(top) if number == 0 else ""
        if number == budget_row and budget is not None:
            line = _budget_line(screen, drawn, values, budget)
            size = format_size(budget)
        else:
            is_over = budget_row is not None and number < budget_row
            line = Text(drawn.rstrip(), style="red" if is_over else "cyan")
        screen.line(Text(f"{size:>{_LEFT - 2}} ", style="dim").append_text(line))
    begin = series.t_seconds[0]
    ended = format_duration(series.t_seconds[-1] - begin)
    caption = "memory above the idle worker, sampled" if columns > 45 else "memory"
    axis = f"0 s{caption:^{columns - 3 - len(ended)}}{ended}"
    screen.line(Text(" " * (_LEFT - 1) + axis, style="dim"))


def _budget(record: Record, highest: float) -> float | None:
    for check in record.checks:
        if check.name == "memory.task" and 0 < check.limit <= highest * _SHARE:
            return check.limit
    return None


def _row_of(size: float, top: float) -> int:
    return int((top - size) / top * _ROWS)


def _budget_line(
    screen: Screen, drawn: str, values: Sequence[float], budget: float
) -> Text:
    """Return the row of the budget, dotted where the curve is below it."""
    line = Text()
    for char, value in zip(drawn, values, strict=True):
        if char == screen.glyphs.levels[0]:
            line.append(screen.glyphs.line, "dim")
        else:
            line.append(char, "red" if value > budget else "cyan")
    return line.append(" budget", "dim")
