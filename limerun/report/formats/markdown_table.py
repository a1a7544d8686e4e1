"""Render the tables of a report as Markdown. Pure."""

from collections.abc import Sequence

from limerun.records import Growth
from limerun.report.content.database_text import database_tables
from limerun.report.content.estimate import (
    prediction_heads,
    prediction_rows,
    sizes_table,
)
from limerun.report.content.report_table import ReportTable
from limerun.report.formats.markdown_escaping import code_span, escape

_ROWS = 20
"""Maximum number of rows to show; the record has the rest."""
_CODE_LIMIT = 120
_CELL_LIMIT = 200


def table_block(table: ReportTable) -> str:
    """Return a table with its title; without rows, the reason why."""
    about = f"\n{escape(table.about, 300)}\n" if table.about else ""
    head = f"#### {table.title}\n{about}\n"
    if not table.rows:
        return f"{head}{escape(table.missing, 300)}\n"
    return head + _draw_rows(table)


def _draw_rows(table: ReportTable) -> str:
    """Return a table without its title."""
    figures = [kind in ("figure", "share") for kind in table.kinds]
    heads = [
        f"{head}:" if is_figure else head
        for head, is_figure in zip(table.heads, figures, strict=True)
    ]
    most = len(table.rows) if table.whole else _ROWS
    rows = [
        tuple(_cell(cell, kind) for cell, kind in zip(row, table.kinds, strict=True))
        for row in table.rows[:most]
    ]
    more = len(table.rows) - most
    note = f"\n*and {more} more, in the record*\n" if more > 0 else ""
    return draw_table(heads, rows) + note


def _cell(text: str, kind: str) -> str:
    if kind in ("place", "code", "statement"):
        return code_span(text, _CODE_LIMIT, in_table=True)
    return escape(text, _CELL_LIMIT)


def draw_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; headings that end with ":" are aligned right."""
    rules = ["--:" if head.endswith(":") else "---" for head in heads]
    names = [head.removesuffix(":") for head in heads]
    lines = [names, rules, *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def growth_table(growth: Growth) -> str:
    """Return an estimate's predictions and measured sizes."""
    first, *figures, word = prediction_heads(growth)
    rows = [
        (escape(row.label, 60), row.span, row.likely, row.limit, row.word)
        for row in prediction_rows(growth)
    ]
    predictions = draw_table([first, *(f"{head}:" for head in figures), word], rows)
    if not growth.size_points:
        return predictions
    tables = (sizes_table(growth), *database_tables(growth))
    return predictions + "".join(
        f"\n<details><summary>{table.title}</summary>\n\n"
        f"{_draw_rows(table)}\n</details>\n"
        for table in tables
    )
