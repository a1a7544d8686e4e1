"""Print how each column of a dataset is generated, with sample values."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from limerun.records.explanation import ColumnExplained, TableExplained
from limerun.report.content.safe_text import one_line
from limerun.report.terminal.screen import Screen

_NAME_SHARE, _KIND_SHARE = 0.26, 0.36
_NARROWEST = 8


def render(tables: Sequence[TableExplained], console: Console) -> None:
    """Print each table: its columns, their kinds, options and sample values."""
    screen = Screen(console, ".")
    if not tables:
        screen.line("The config has neither a dataset nor sources.")
    for table in tables:
        rows = f"{table.rows:,} row{'' if table.rows == 1 else 's'}"
        what = "" if table.what == "limetype" else f"{table.what}, "
        screen.heading(one_line(table.name), f"{what}{rows}")
        screen.line(_grid(screen, table.columns))
    screen.gap()


def _grid(screen: Screen, columns: Sequence[ColumnExplained]) -> Table:
    """Return a row for each column, fitted to the console's width."""
    room = max(screen.width - 6, 3 * _NARROWEST)
    widths = [int(room * share) for share in (_NAME_SHARE, _KIND_SHARE)]
    widths.append(room - sum(widths))
    grid = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    for width in widths:
        grid.add_column(width=max(width, _NARROWEST), overflow="fold")
    for column in columns:
        name = Text.assemble(screen.text(one_line(column.name), "bold"))
        name.append_text(screen.text(f"\n{column.type}", "dim"))
        kind = Text.assemble(screen.text(column.kind, "cyan"))
        for line in (column.because, *column.options):
            kind.append_text(screen.text(f"\n{one_line(line)}", "dim"))
        grid.add_row(name, kind, _values(screen, column, widths[2]))
    return grid


def _values(screen: Screen, column: ColumnExplained, width: int) -> Text:
    """Return the values, one per line; long values are cut off."""
    lines = [one_line(value, max(width, _NARROWEST)) for value in column.samples]
    return screen.text("\n".join(lines))
