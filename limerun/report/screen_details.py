"""Show what only `--verbose` asks for: config, statements and output, whole."""

from collections.abc import Sequence

from rich.table import Table

from limerun.records import Output, Record, Statement
from limerun.report.plain import one_line, plain
from limerun.report.screen import Screen
from limerun.report.wording import config_value, place
from limerun.units import format_count, format_duration

_STATEMENTS = 10


def show_statements(screen: Screen, statements: Sequence[Statement]) -> None:
    """Print the statements that took the longest, with the lines that sent them."""
    if not statements:
        return
    longest = sorted(statements, key=lambda statement: -statement.seconds)
    screen.heading("Statements", "those that took the longest")
    for statement in longest[:_STATEMENTS]:
        told = screen.text(
            f"{format_duration(statement.seconds):>8}  "
            f"{_times(statement.calls)}{_written(statement.rows)}"
        )
        where = place(statement.location, screen.base)
        if where:
            told.append_text(screen.text(f"  {where}", "cyan"))
        screen.line(told)
        screen.line(screen.text(one_line(statement.text, 600), "dim"), 12)


def _times(calls: int) -> str:
    return "once" if calls == 1 else f"{format_count(calls)} times"


def _written(rows: int | None) -> str:
    return "" if rows is None else f", {format_count(rows)} rows written"


def show_output(screen: Screen, output: Output) -> None:
    """Print all that was kept of the worker's output."""
    for name, text in (("stderr", output.stderr), ("stdout", output.stdout)):
        if text.strip():
            screen.heading(f"Its {name}, whole")
            for line in plain(text).rstrip().split("\n"):
                screen.line(screen.text(line, "dim"), 4)


def show_config(screen: Screen, record: Record) -> None:
    """Print every config key, its value, and where that came from."""
    config = record.config
    screen.heading("Config", one_line(config.path))
    table = Table.grid(padding=(0, 2), pad_edge=False)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for key in config.values:
        table.add_row(
            screen.text(one_line(key)),
            screen.text(config_value(record, key), "bold"),
            screen.text(one_line(config.provenance.get(key, "")), "dim"),
        )
    screen.line(table)
