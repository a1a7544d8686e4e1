"""What each column of a table holds, in numbers: every row counted."""

from collections.abc import Mapping

from limerun.exports.engine import name_in_sql, parts_in_sql
from limerun.exports.layout import Export, ExportColumn, ExportTable
from limerun.exports.profile import ColumnProfile, TableProfile
from limerun.exports.proof.asking import ask
from limerun.exports.proof.distinct import count_distinct
from limerun.exports.proof.scope import TEXTS
from limerun.records.proof import ColumnFigures

Figures = Mapping[str, ColumnFigures]


def figure_columns(export: Export, table: ExportTable) -> dict[str, ColumnFigures]:
    """Return the figures of every column of a table."""
    relation = parts_in_sql(table.parts)
    asked = ", ".join(_lengths(column) for column in table.columns)
    row = ask(export, f"SELECT {asked} FROM {relation}")
    figures = {}
    distinct = count_distinct(export, table)
    for at, column in enumerate(table.columns):
        values, shortest, longest, total = row[4 * at : 4 * at + 4]
        figures[column.name] = ColumnFigures(
            rows=table.rows,
            nulls=table.rows - values,
            distinct=distinct[at],
            min_length=shortest,
            max_length=longest,
            total_length=total,
        )
    return figures


def _lengths(column: ExportColumn) -> str:
    name = name_in_sql(column.name)
    if column.type not in TEXTS:
        return f"count({name}), NULL, NULL, NULL"
    measure = "octet_length" if column.type == "binary" else "length"
    length = f"{measure}({name})"
    return f"count({name}), min({length}), max({length}), sum({length})::BIGINT"


def as_profile(table: ExportTable, figures: Figures) -> TableProfile:
    """Return figures as the search for links between tables takes them."""
    columns = {
        column.name: ColumnProfile(
            type=column.type,
            rows=table.rows,
            nulls=figures[column.name].nulls,
            distinct=figures[column.name].distinct,
            min_length=figures[column.name].min_length or 0,
            max_length=figures[column.name].max_length or 0,
            total_length=figures[column.name].total_length or 0,
            frequencies=(),
        )
        for column in table.columns
    }
    return TableProfile(rows=table.rows, columns=columns)
