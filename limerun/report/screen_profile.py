"""Show what each instrument saw: the lines that matter most, with their share."""

from collections.abc import Sequence
from pathlib import PurePath

from rich.table import Table

from limerun.records import CallLine, HotLine, Instrument, Profile
from limerun.report.plain import one_line, shown_path
from limerun.report.profile_tables import DEEPEST
from limerun.report.profile_wording import call_label, short_place
from limerun.report.screen import Screen
from limerun.report.screen_queries import show_statements
from limerun.report.screen_time import share_bar, show_time
from limerun.report.wording import figure, instrument_cost
from limerun.units import format_count

_BAR_WIDTH = 8
_LEAST_SHARE = 0.02
_TREE_LINES = 20
_PATHS = 3
_PLACE_WIDTH = 34
_WIDE = 110
_TITLES = {
    "time": "Where the time goes",
    "cpu": "Time",
    "memory": "Memory at the peak",
    "statements": "Statements",
}


def show_instruments(
    screen: Screen, instruments: Sequence[Instrument], profile: Profile | None
) -> None:
    """Print what each instrument saw, and the lines that took the most."""
    for instrument in instruments:
        screen.heading(_TITLES[instrument.name], instrument_cost(instrument))
        if instrument.why_missing is not None:
            screen.line(screen.text(one_line(instrument.why_missing), "yellow"), 2)
            continue
        if profile is not None and _show_profile(screen, instrument, profile):
            continue
        if not instrument.lines:
            screen.line(screen.text("nothing in the user's code was seen", "dim"), 2)
        else:
            screen.line(_table(screen, instrument))
            _show_paths(screen, instrument)


def _show_profile(screen: Screen, instrument: Instrument, profile: Profile) -> bool:
    """Print more than lines; say whether that says all that the lines do."""
    if instrument.name == "time" and profile.time is not None:
        show_time(screen, profile.time)
        return True
    if instrument.name == "statements" and profile.statements is not None:
        show_statements(screen, profile.statements)
        return True
    if instrument.name == "cpu" and profile.tree:
        screen.line(_tree(screen, profile.tree))
        screen.gap()
        screen.line(screen.text("by line", "dim"))
    return False


def _tree(screen: Screen, lines: Sequence[CallLine]) -> Table:
    """Return the tree of who called whom, cut to what matters."""
    shown = [line for line in lines if line.share >= _LEAST_SHARE][:_TREE_LINES]
    table = Table.grid(padding=(0, 2), pad_edge=False)
    table.add_column(no_wrap=True, width=14)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(overflow="fold")
    for line in shown:
        name = screen.text("  " * min(line.depth, DEEPEST))
        style = "bold" if line.users else "dim"
        name.append_text(screen.text(call_label(line), style))
        if line.users:
            name.append_text(screen.text(f"  {short_place(line.location)}", "cyan"))
        seconds = screen.text(figure(line.seconds, "seconds"), style)
        table.add_row(share_bar(screen, line.share), seconds, name)
    return table


def _show_paths(screen: Screen, instrument: Instrument) -> None:
    """Print who called whom to get to the largest allocations."""
    if instrument.name != "memory":
        return
    arrow = f" {screen.glyphs.arrow} "
    for line in instrument.lines[:_PATHS]:
        if len(line.path) > 1:
            called = arrow.join(
                f"{one_line(each.function or '?', 40)}:{each.line}"
                for each in line.path
            )
            screen.line(screen.text(f"{figure(line.amount, 'bytes')}: {called}", "dim"))


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
        cells = [
            share_bar(screen, line.share),
            screen.text(_amount(instrument, line), "bold"),
        ]
        if not counted:
            calls = "" if line.calls is None else f"{format_count(line.calls)}x"
            cells.append(screen.text(calls, "dim"))
        table.add_row(*cells, screen.cell(name, "cyan"), screen.cell(line.text))
    return table


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
