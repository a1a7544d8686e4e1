"""Count the different values of a column: sorted hashes where there are many.

DuckDB's own count of a million different texts takes twice as long. Two texts have
the same 64-bit hash in about 1 of 10^19 pairs; the hashes live no longer than this.
"""

import numpy as np

from limerun.exports.engine import name_in_sql, parts_in_sql
from limerun.exports.layout import Export, ExportColumn, ExportTable
from limerun.exports.proof.asking import ask

_SAMPLE_ROWS = 20_000
_MANY_ROWS = 200_000
_AT_ONCE = 8_000_000
"""Hashes that are sorted at once, 64 MB; of more rows, a share after the other."""
_NEARLY_ALL = 0.95
"""Of a sample are different: sorting is quicker from here on."""


def count_distinct(export: Export, table: ExportTable) -> list[int]:
    """Return how many different values each column has, null not among them."""
    counted = ", ".join(
        f"count(DISTINCT {name_in_sql(column.name)})" for column in table.columns
    )
    relation = parts_in_sql(table.parts)
    if table.rows < _MANY_ROWS:
        return list(ask(export, f"SELECT {counted} FROM {relation}"))
    sample = f"(SELECT * FROM {relation} LIMIT {_SAMPLE_ROWS})"
    seen = ask(export, f"SELECT {counted} FROM {sample}")
    return [
        _count_many(export, table, column)
        if different > _SAMPLE_ROWS * _NEARLY_ALL
        else _count_few(export, table, column)
        for different, column in zip(seen, table.columns, strict=True)
    ]


def _count_few(export: Export, table: ExportTable, column: ExportColumn) -> int:
    name, relation = name_in_sql(column.name), parts_in_sql(table.parts)
    return int(ask(export, f"SELECT count(DISTINCT {name}) FROM {relation}")[0])


def _count_many(export: Export, table: ExportTable, column: ExportColumn) -> int:
    name, relation = name_in_sql(column.name), parts_in_sql(table.parts)
    shares = -(-table.rows // _AT_ONCE)
    return sum(
        _sort_hashes(export, name, relation, (at, shares)) for at in range(shares)
    )


def _sort_hashes(
    export: Export, name: str, relation: str, share: tuple[int, int]
) -> int:
    """Count one share of a column's values of several."""
    at, shares = share
    mine = f" AND hash({name}) % {shares} = {at}" if shares > 1 else ""
    found = export.connection.execute(
        f"SELECT hash({name}) AS hash FROM {relation} WHERE {name} IS NOT NULL{mine}"
    ).fetchnumpy()
    hashes = np.sort(np.asarray(found["hash"]))
    return int(np.count_nonzero(hashes[1:] != hashes[:-1])) + (len(hashes) > 0)
