"""Print the tables and charts of a profile."""

from collections.abc import Sequence
from dataclasses import replace

from rich.table import Table
from rich.text import Text

from limerun.records import Record, TimeProfile
from limerun.report.content.profile_sentences import alive_limetypes
from limerun.report.content.profile_tables import instrument_tables
from limerun.report.content.report_table import ReportTable
from limerun.report.terminal.drawing import curve, resampled
from limerun.report.terminal.screen import Screen
from limerun.report.terminal.table_view import show_table
from limerun.units import format_count, format_duration, format_size

_LETTERS = "abcdefgh"
_ROWS = 3
_LEFT = 10
_WIDEST = 90
_NARROWEST = 16
_LIMETYPES = 4


def show_instruments(screen: Screen, record: Record) -> None:
    """Print the tables of each instrument, with charts over time."""
    time = record.profile.time if record.profile is not None else None
    for table in instrument_tables(record, screen.base):
        if time is not None and table.id == "objects":
            _show_objects(screen, time)
        elif time is not None and table.id == "segments":
            show_table(screen, _with_letters(table, time))
            _show_timeline(screen, time)
        else:
            show_table(screen, table)


def _with_letters(table: ReportTable, time: TimeProfile) -> ReportTable:
    """Return the table of segments with the letters used in the timeline."""
    letters = _letters(time)
    at = table.heads.index("segment")
    rows = tuple(
        (*row[:at], f"{letters.get(segment.name, ' ')} {row[at]}", *row[at + 1 :])
        for row, segment in zip(table.rows, time.segments, strict=True)
    )
    return replace(table, rows=rows)


def _letters(time: TimeProfile) -> dict[str, str]:
    """Return a letter for each of the longest segments."""
    sums: dict[str, float] = {}
    for segment in time.segments:
        if segment.name and not segment.other_thread:
            sums[segment.name] = sums.get(segment.name, 0.0) + segment.own_seconds
    longest = sorted(sums, key=lambda name: -sums[name])[: len(_LETTERS)]
    return {
        segment.name: _LETTERS[longest.index(segment.name)]
        for segment in time.segments
        if segment.name in longest
    }


def _show_timeline(screen: Screen, time: TimeProfile) -> None:
    """Print memory over time, and below it the letter of the running segment."""
    columns = min(_WIDEST, screen.width - _LEFT - 4)
    series, baseline = time.series, time.baseline_bytes
    if not time.segments or baseline is None or columns < _NARROWEST:
        return
    above = [max(0, rss - baseline) for rss in series.rss_bytes]
    if len(above) < 2 or max(above) == 0:
        return
    screen.gap()
    top = max(above)
    values = resampled(series.t_seconds, above, columns)
    for number, drawn in enumerate(curve(values, top, _ROWS, screen.glyphs)):
        _timeline_line(screen, format_size(top) if number == 0 else "", drawn, "cyan")
    begin, end = series.t_seconds[0], series.t_seconds[-1]
    _timeline_line(screen, "segment", _strip(time, begin, end, columns), "yellow")
    ended = format_duration(end - begin)
    caption = "memory above the idle worker"
    _timeline_line(
        screen, "", f"0 s{caption:^{columns - 3 - len(ended)}}{ended}", "dim"
    )


def _timeline_line(screen: Screen, label: str, drawn: str, style: str) -> None:
    text = Text(f"{label:>{_LEFT - 2}} ", style="dim")
    screen.line(text.append(drawn, style))


def _strip(time: TimeProfile, begin: float, end: float, columns: int) -> str:
    """Return for each column the letter of the segment that took the most time."""
    letters = _letters(time)
    width = (end - begin) / columns
    drawn = []
    for column in range(columns):
        first, last = begin + column * width, begin + (column + 1) * width
        spent = {
            band.name: _within(band.seconds, time.band_seconds, first, last)
            for band in time.bands
        }
        longest = max(spent, key=lambda name: spent[name], default="")
        drawn.append(letters.get(longest, " ") if spent.get(longest) else " ")
    return "".join(drawn)


def _within(seconds: Sequence[float], width: float, first: float, last: float) -> float:
    """Return a band's seconds between two times; partial intervals count in proportion."""
    if width <= 0 or last <= 0:
        return 0.0
    total = 0.0
    for index in range(max(0, int(first / width)), int(last / width) + 1):
        if index < len(seconds):
            begin, end = index * width, (index + 1) * width
            shared = min(end, last) - max(begin, first, 0.0)
            total += seconds[index] * max(0.0, shared) / width
    return total


def _show_objects(screen: Screen, time: TimeProfile) -> None:
    """Print how many Lime objects of each limetype were in memory over time."""
    columns = min(_WIDEST // 2, screen.width - 36)
    shown = alive_limetypes(time)[:_LIMETYPES]
    if not shown or columns < _NARROWEST:
        return
    screen.heading("Lime objects in memory", "maximum, and over time")
    table = Table.grid(padding=(0, 2), pad_edge=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    for limetype in shown:
        most = max(limetype.alive)
        pairs = list(zip(time.objects_at_seconds, limetype.alive, strict=False))
        values = resampled([at for at, _ in pairs], [n for _, n in pairs], columns)
        [drawn] = curve(values, most, 1, screen.glyphs)
        table.add_row(
            screen.text(format_count(most), "bold"),
            screen.cell(limetype.limetype),
            Text(drawn, style="cyan"),
        )
    screen.line(table)
