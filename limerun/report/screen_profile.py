"""Show what each instrument saw: the lines that matter most, with their share."""

from collections.abc import Sequence
from pathlib import PurePath

from rich.table import Table
from rich.text import Text

from limerun.records import HotLine, Instrument
from limerun.report.drawing import bar
from limerun.report.plain import one_line, shown_path
from limerun.report.screen import Screen
from limerun.report.wording import figure, instrument_cost
from limerun.units import format_count

_BAR_WIDTH = 8
_PLACE_WIDTH = 34
_WIDE = 110
_TITLES = {"cpu": "Time", "memory": "Memory at the peak", "statements": "Statements"}


def show_instruments(screen: Screen, instruments: Sequence[Instrument]) -> None:
    """Print the lines of the user's code that took the most, instrument by instrument."""
    for instrument in instruments:
        screen.heading(_TITLES[instrument.name], instrument_cost(instrument))
        if instrument.why_missing is not None:
            screen.line(screen.text(one_line(instrument.why_missing), "yellow"), 2)
        elif not instrument.lines:
            screen.line(screen.text("nothing in the user's code was seen", "dim"), 2)
        else:
            screen.line(_table(screen, instrument))


def _table(screen: Screen, instrument: Instrument) -> Table:
    counted = instrument.unit == "calls" or all(
        line.calls is None for line in instrument.lines
    )
    names = _short_names(instrument.lines)
    files = {line.location.file for line in instrument.lines}
    if len(files) == 1 and all(files) and screen.width < _WIDE:
        # One file: told once, so that there is room for the code.
        screen.line(screen.cell(shown_path(files.pop(), screen.base), "cyan"))
        names = [f":{line.location.line}" for line in instrument.lines]
    table = Table.grid(padding=(0, 2), pad_edge=False, expand=True)
    table.add_column(no_wrap=True, width=_BAR_WIDTH + 6)
    table.add_column(no_wrap=True, justify="right")
    if not counted:
        table.add_column(no_wrap=True, justify="right")
    table.add_column(no_wrap=True, max_width=_PLACE_WIDTH)
    table.add_column(no_wrap=True, ratio=1)
    for line, name in zip(instrument.lines, names, strict=True):
        cells = [_share(screen, line), screen.text(_amount(instrument, line), "bold")]
        if not counted:
            calls = "" if line.calls is None else f"{format_count(line.calls)}x"
            cells.append(screen.text(calls, "dim"))
        table.add_row(*cells, screen.cell(name, "cyan"), screen.cell(line.text))
    return table


def _share(screen: Screen, line: HotLine) -> Text:
    filled, rest = bar(line.share, _BAR_WIDTH, screen.glyphs)
    percent = "<1 %" if 0 < line.share < 0.005 else f"{line.share * 100:.0f} %"
    return Text.assemble((filled, "red"), (rest, "dim"), f"{percent:>6}")


def _amount(instrument: Instrument, line: HotLine) -> str:
    if instrument.unit == "calls":
        return f"{format_count(line.amount)} calls"
    return figure(line.amount, instrument.unit)


def _short_names(lines: Sequence[HotLine]) -> list[str]:
    """Return file and line of each, with as little of the folder as tells files apart."""
    paths = {PurePath(line.location.file) for line in lines}
    unique = len({path.name for path in paths}) == len(paths)
    names = []
    for line in lines:
        path = PurePath(line.location.file)
        shown = path.name if unique else "/".join(path.parts[-2:])
        names.append(
            one_line(f"{shown}:{line.location.line}") if shown else "elsewhere"
        )
    return names
