"""Count rows, nulls, distinct values and text lengths of every column of a table."""

from collections.abc import Mapping

import numpy as np

from limerun.exports.column_profile import ColumnProfile, TableProfile
from limerun.exports.duckdb_engine import one_row, parts_in_sql
from limerun.exports.proof.scope import TEXTS
from limerun.exports.tables import Export, ExportColumn, ExportTable
from limerun.records.proof import ColumnFigures
from limerun.storage import name_in_sql

_SAMPLE_ROWS = 20_000
_FEW_ROWS = 10_000
"""Up to this number of rows, lists are ten times as fast as `count(DISTINCT)`, which
creates a hash table for each column and thread."""
_MANY_ROWS = 200_000
"""From this number of rows on, sorting hashes is faster if nearly all values differ.

`count(DISTINCT)` of a million different texts takes twice as long. Two texts have the
same 64-bit hash in about 1 of 10^19 pairs; the hashes are dropped after counting.
"""
_AT_ONCE = 8_000_000
"""Hashes sorted in memory at a time (64 MB); larger columns are split into shares."""
_NEARLY_ALL = 0.95
"""Above this share of distinct values in a sample, sorting hashes is faster."""

Figures = Mapping[str, ColumnFigures]


def count_columns(export: Export, table: ExportTable) -> dict[str, ColumnFigures]:
    """Return the counts of every column of a table."""
    relation = parts_in_sql(table.parts)
    expressions = ", ".join(_lengths(column) for column in table.columns)
    row = one_row(export.connection, f"SELECT {expressions} FROM {relation}")
    figures = {}
    distinct = _count_distinct(export, table)
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


def _count_distinct(export: Export, table: ExportTable) -> list[int]:
    """Return the number of distinct values of each column, nulls excluded."""
    relation = parts_in_sql(table.parts)
    if table.rows <= _FEW_ROWS:
        listed = ", ".join(
            f"coalesce(len(list_distinct(list({name_in_sql(column.name)}))), 0)"
            for column in table.columns
        )
        return list(one_row(export.connection, f"SELECT {listed} FROM {relation}"))
    counted = ", ".join(
        f"count(DISTINCT {name_in_sql(column.name)})" for column in table.columns
    )
    if table.rows < _MANY_ROWS:
        return list(one_row(export.connection, f"SELECT {counted} FROM {relation}"))
    sample = f"(SELECT * FROM {relation} LIMIT {_SAMPLE_ROWS})"
    seen = one_row(export.connection, f"SELECT {counted} FROM {sample}")
    return [
        _count_many(export, table, column)
        if different > _SAMPLE_ROWS * _NEARLY_ALL
        else _count_few(export, table, column)
        for different, column in zip(seen, table.columns, strict=True)
    ]


def _count_few(export: Export, table: ExportTable, column: ExportColumn) -> int:
    name, relation = name_in_sql(column.name), parts_in_sql(table.parts)
    return int(
        one_row(export.connection, f"SELECT count(DISTINCT {name}) FROM {relation}")[0]
    )


def _count_many(export: Export, table: ExportTable, column: ExportColumn) -> int:
    name, relation = name_in_sql(column.name), parts_in_sql(table.parts)
    shares = -(-table.rows // _AT_ONCE)
    return sum(
        _sort_hashes(export, name, relation, (at, shares)) for at in range(shares)
    )


def _sort_hashes(
    export: Export, name: str, relation: str, share: tuple[int, int]
) -> int:
    """Count the distinct values in one of several shares of a column."""
    at, shares = share
    mine = f" AND hash({name}) % {shares} = {at}" if shares > 1 else ""
    found = export.connection.execute(
        f"SELECT hash({name}) AS hash FROM {relation} WHERE {name} IS NOT NULL{mine}"
    ).fetchnumpy()
    hashes = np.sort(np.asarray(found["hash"]))
    return int(np.count_nonzero(hashes[1:] != hashes[:-1])) + (len(hashes) > 0)


def to_profile(table: ExportTable, figures: Figures) -> TableProfile:
    """Convert the counts to the form that the search for links needs."""
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
