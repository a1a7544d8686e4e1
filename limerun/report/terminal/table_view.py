"""Print any table of a report: bars for shares, long texts below their row."""

from pathlib import PurePath

from rich.table import Table
from rich.text import Text

from limerun.report.content.report_table import ReportTable
from limerun.report.terminal.drawing import bar
from limerun.report.terminal.screen import Screen

ROWS = 20
"""Maximum number of rows to show; the record has the rest."""
_STACKED_ROWS = 6
_BAR_WIDTH = 8
_PLACE_WIDTH = 34
_WIDE = 110
"""From this console width on, each row names its file, even if all files are the
same."""
_INDENT = 12


def show_table(screen: Screen, table: ReportTable) -> None:
    """Print a table with its title; without rows, the reason why."""
    screen.heading(table.title, table.about)
    if not table.rows:
        screen.line(screen.text(table.missing, "yellow"))
        return
    stacked = "statement" in table.kinds
    most = _STACKED_ROWS if stacked else ROWS
    if table.whole:
        most = len(table.rows)
    if stacked:
        _show_stacked(screen, table, most)
    else:
        _show_columns(screen, table, most)
    if len(table.rows) > most:
        rest = len(table.rows) - most
        screen.line(screen.text(f"and {rest} more, in the record", "dim"))


def _show_stacked(screen: Screen, table: ReportTable, most: int) -> None:
    """Print the figures and place of each row, with its long texts below."""
    for row in table.rows[:most]:
        head, below = Text(), []
        for (name, kind), cell in zip(table.columns, row, strict=True):
            if not cell:
                continue
            if kind == "figure":
                shown = f"{cell:>8}  " if not head else f"{cell} {name}  "
                head.append_text(screen.text(shown, "" if head else "bold"))
            elif kind == "place":
                head.append_text(screen.text(cell, "cyan"))
            else:
                below.append(screen.text(cell, "dim" if kind == "statement" else ""))
        screen.line(head)
        for text in below:
            screen.line(text, _INDENT)


def _show_columns(screen: Screen, table: ReportTable, most: int) -> None:
    rows = _with_short_places(screen, table)[:most]
    has_code = "code" in table.kinds
    drawn = Table(
        box=None,
        padding=(0, 2, 0, 0),
        pad_edge=False,
        header_style="dim",
        expand=has_code,
    )
    for head, kind in table.columns:
        _add_column(drawn, head, kind)
    first = next((at for at, kind in enumerate(table.kinds) if kind == "figure"), -1)
    shares = table.shares or (None,) * len(rows)
    for row, share in zip(rows, shares, strict=False):
        cells = []
        for at, (kind, cell) in enumerate(zip(table.kinds, row, strict=True)):
            if kind == "share":
                cells.append(_share_bar(screen, share, cell))
            elif kind in ("place", "code"):
                cells.append(screen.cell(cell, "cyan" if kind == "place" else ""))
            else:
                cells.append(screen.text(cell, "bold" if at == first else ""))
        drawn.add_row(*cells)
    screen.line(drawn)


def _add_column(drawn: Table, head: str, kind: str) -> None:
    if kind == "share":
        drawn.add_column(head, no_wrap=True, width=_BAR_WIDTH + 6)
    elif kind == "figure":
        drawn.add_column(head, no_wrap=True, justify="right")
    elif kind == "place":
        drawn.add_column(head, no_wrap=True, max_width=_PLACE_WIDTH)
    elif kind == "code":
        drawn.add_column(head, no_wrap=True, ratio=1)
    else:
        drawn.add_column(head, overflow="fold")


def _share_bar(screen: Screen, share: float | None, text: str) -> Text:
    """Return a share as a bar and in percent."""
    if share is None:
        return Text("")
    filled, rest = bar(share, _BAR_WIDTH, screen.glyphs)
    return Text.assemble((filled, "red"), (rest, "dim"), f"{text:>6}")


def _with_short_places(screen: Screen, table: ReportTable) -> list[tuple[str, ...]]:
    """Return the rows, with file names as short as is possible without ambiguity.

    If all rows of a table with code share one file, it is printed once above the table.
    """
    if "place" not in table.kinds:
        return list(table.rows)
    at = table.kinds.index("place")
    parted = [row[at].rpartition(":") for row in table.rows]
    files = {file for file, _, _ in parted}
    single = "code" in table.kinds and len(files) == 1 and all(files)
    if single and screen.width < _WIDE:
        screen.line(screen.cell(files.pop(), "cyan"))
        short = [f":{line}" for _, _, line in parted]
    else:
        unique = len({PurePath(file).name for file in files}) == len(files)
        parts = 1 if unique else 2
        short = [
            f"{'/'.join(PurePath(file).parts[-parts:])}{colon}{line}"
            for file, colon, line in parted
        ]
    return [
        (*row[:at], place, *row[at + 1 :])
        for row, place in zip(table.rows, short, strict=True)
    ]
