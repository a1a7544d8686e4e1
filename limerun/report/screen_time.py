"""Show where the time goes: by kind and function, by segment, and along the run."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from limerun.records import FunctionTime, TimeProfile
from limerun.report.drawing import bar, curve, resampled
from limerun.report.plain import one_line
from limerun.report.profile_tables import DEEPEST
from limerun.report.profile_wording import (
    part_label,
    segment_facts,
    segment_label,
    short_place,
)
from limerun.report.screen import Screen
from limerun.units import format_count, format_duration, format_size

_BAR_WIDTH = 8
_FUNCTIONS = 5
_SEGMENTS = 12
_LETTERS = "abcdefgh"
_ROWS = 3
_LEFT = 10
_WIDEST = 90
_NARROWEST = 16
_LIMETYPES = 4


def show_time(screen: Screen, time: TimeProfile) -> None:
    """Print the table, whose parts add up to the duration, and what belongs to it."""
    screen.line(_parts(screen, time))
    if time.segments:
        screen.heading("Segments", "time of their own, without the segments inside")
        screen.line(_segments(screen, time))
    _show_course(screen, time)
    _show_objects(screen, time)


def _parts(screen: Screen, time: TimeProfile) -> Table:
    table = Table.grid(padding=(0, 2), pad_edge=False)
    table.add_column(no_wrap=True, width=_BAR_WIDTH + 6)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(overflow="fold")
    for part in time.parts:
        seconds = screen.text(format_duration(part.seconds), "bold")
        table.add_row(
            share_bar(screen, part.share), seconds, screen.text(part_label(part, time))
        )
        if part.kind == "own":
            for function in time.functions[:_FUNCTIONS]:
                _add_function(screen, table, function)
    whole = screen.text(format_duration(time.duration_seconds), "bold")
    table.add_row("", whole, screen.text("in all", "dim"))
    return table


def _add_function(screen: Screen, table: Table, function: FunctionTime) -> None:
    name = one_line(function.location.function or "?", 40)
    told = screen.text(f"  {name}  ")
    told.append_text(screen.text(short_place(function.location), "cyan"))
    table.add_row("", screen.text(format_duration(function.seconds), "dim"), told)


def share_bar(screen: Screen, share: float) -> Text:
    """Return a share as a bar and in percent."""
    filled, rest = bar(share, _BAR_WIDTH, screen.glyphs)
    percent = "<1 %" if 0 < share < 0.005 else f"{share * 100:.0f} %"
    return Text.assemble((filled, "red"), (rest, "dim"), f"{percent:>6}")


# --- segments -------------------------------------------------------------------


def _segments(screen: Screen, time: TimeProfile) -> Table:
    letters = _letters(time)
    table = Table.grid(padding=(0, 2), pad_edge=False)
    table.add_column(no_wrap=True, width=_BAR_WIDTH + 6)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    duration = time.duration_seconds or 1.0
    for segment in time.segments[:_SEGMENTS]:
        share = 0.0 if segment.other_thread else segment.own_seconds / duration
        name = (
            f"{'  ' * min(max(0, segment.depth - 1), DEEPEST)}{segment_label(segment)}"
        )
        letter = letters.get(segment.name)
        table.add_row(
            share_bar(screen, min(1.0, share)),
            screen.text(format_duration(segment.own_seconds), "bold"),
            screen.text(f"{letter} {name}" if letter else f"  {name}", "cyan"),
            screen.text(segment_facts(segment), "dim"),
        )
    if len(time.segments) > _SEGMENTS:
        rest = len(time.segments) - _SEGMENTS
        table.add_row("", "", screen.text(f"and {rest} more", "dim"), "")
    return table


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


# --- along the run --------------------------------------------------------------


def _show_course(screen: Screen, time: TimeProfile) -> None:
    """Print memory over time, below it the letter of the segment that then ran."""
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
        _course_line(screen, format_size(top) if number == 0 else "", drawn, "cyan")
    begin, end = series.t_seconds[0], series.t_seconds[-1]
    _course_line(screen, "segment", _strip(time, begin, end, columns), "yellow")
    ended = format_duration(end - begin)
    caption = "memory above the idle worker"
    _course_line(screen, "", f"0 s{caption:^{columns - 3 - len(ended)}}{ended}", "dim")


def _course_line(screen: Screen, label: str, drawn: str, style: str) -> None:
    text = Text(f"{label:>{_LEFT - 2}} ", style="dim")
    screen.line(text.append(drawn, style))


def _strip(time: TimeProfile, begin: float, end: float, columns: int) -> str:
    """Return for each column the letter of the segment that took most of it."""
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
    """Return what of a band lies between two times; a part of a stretch in proportion."""
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
    """Print how many Lime objects were alive, limetype by limetype, over time."""
    columns = min(_WIDEST // 2, screen.width - 36)
    shown = sorted(time.objects, key=lambda each: -max(each.alive, default=0))
    shown = [each for each in shown if max(each.alive, default=0) > 0][:_LIMETYPES]
    if not shown or columns < _NARROWEST:
        return
    screen.heading("Lime objects alive", "at most, and over time")
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
