"""Find numbers and days of a source in the same column of a copy, and in other columns.

The search for texts does not find days, as they have no letters, and it finds dense ids
in any column of numbers. So these columns are compared row by row with all other
columns. This finds a column that was only renamed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from limerun.exports.duckdb_engine import one_row, parts_in_sql
from limerun.exports.proof.alignment import Pair, sql_to_compare
from limerun.exports.proof.cells import numbered_parts
from limerun.exports.proof.chance import VERY_UNLIKELY, beyond_chance
from limerun.exports.proof.notation import (
    MEANINGS,
    Notation,
    comparable_sql,
    detect_notation,
    shared_meaning,
)
from limerun.exports.proof.scope import KEEP, TEXTS, ColumnChoices, JudgedColumn
from limerun.exports.proof.survivors import masked
from limerun.exports.tables import Export, ExportTable
from limerun.records.proof import Survivor

_SAMPLE_ROWS = 16_384
"""Rows that are compared, spread evenly over the table, as there are many column
pairs."""
_MOST = 0.5
"""Share of rows that must match. The dates of a row are close together, so noise makes
some of them equal to others."""
_SAMPLE = "limerun_sampled"
_COARSER = "generalize"
_EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _ColumnPair:
    """A column of the source and another one of the copy, by index."""

    source: int
    copy: int
    meaning: str


def find_cross_column(
    export: Export, pair: Pair, columns: Sequence[JudgedColumn], choices: ColumnChoices
) -> list[Survivor]:
    """Return the columns of a source that equal other columns of the copy in most rows.

    Kept and generalized columns of the copy are not compared.
    """
    before, after = pair
    if before.rows != after.rows or not before.rows:
        return []
    searched = [
        column
        for column in columns
        if column.judged == "row"
        or (column.judged == "set" and column.column.type not in TEXTS)
    ]
    looked_at = [
        column.name
        for column in after.columns
        if choices.kind(after.name, column.name) not in (KEEP, _COARSER)
    ]
    notations = (
        [detect_notation(export, (before, column.column)) for column in searched],
        [detect_notation(export, (after, after.column(name))) for name in looked_at],
    )
    pairs = [
        _ColumnPair(source=source, copy=copy, meaning=meaning)
        for source, column in enumerate(searched)
        for copy, name in enumerate(looked_at)
        if name != column.column.name
        and (meaning := shared_meaning(notations[0][source], notations[1][copy]))
    ]
    if not pairs:
        return []
    _take_sample(export, pair, notations)
    try:
        found = list(_matching_most_rows(export, pairs))
    finally:
        export.connection.execute(f"DROP TABLE {_SAMPLE}")
    return [
        _survivor(
            export,
            pair,
            (searched[one.source].column.name, looked_at[one.copy]),
            comparable_sql(notations[0][one.source], notations[1][one.copy]),
            chance * before.rows,
        )
        for one, chance in found
    ]


def _take_sample(
    export: Export, pair: Pair, notations: tuple[Sequence[Notation], Sequence[Notation]]
) -> None:
    every = -(-pair[0].rows // _SAMPLE_ROWS)
    sides = (
        _sampled(table, side, name, every)
        for table, side, name in zip(pair, notations, ("before", "after"), strict=True)
    )
    export.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {_SAMPLE} AS "
        f"SELECT * FROM {' JOIN '.join(sides)} USING (limerun_row)"
    )


def _sampled(
    table: ExportTable, notations: Sequence[Notation], side: str, every: int
) -> str:
    values = (
        f"{meant} AS {side}{at}{meaning}"
        for at, notation in enumerate(notations)
        for meaning in MEANINGS
        if (meant := getattr(notation, meaning)) is not None
    )
    rows = " UNION ALL ".join(
        f"SELECT *, file_row_number + {first} AS limerun_row FROM {part}"
        for part, first in numbered_parts(table)
    )
    return (
        f"(SELECT {', '.join(('limerun_row', *values))} FROM ({rows}) "
        f"WHERE limerun_row % {every} = 0)"
    )


def _matching_most_rows(
    export: Export, pairs: Sequence[_ColumnPair]
) -> Iterator[tuple[_ColumnPair, float]]:
    """Yield the pairs that match in most rows, with the share expected by chance."""
    counted = (
        f"count({before}), count(*) FILTER ({before} = {after})"
        for before, after in map(_names, pairs)
    )
    counts = one_row(export.connection, f"SELECT {', '.join(counted)} FROM {_SAMPLE}")
    for at, one in enumerate(pairs):
        values, same = counts[2 * at : 2 * at + 2]
        if same <= values * _MOST:
            continue
        before, after = _names(one)
        rows, chance = one_row(
            export.connection,
            f"SELECT (SELECT count(*) FROM {_SAMPLE}), (SELECT sum(here * there) FROM "
            f"(SELECT {before} AS value, count(*)::DOUBLE AS here FROM {_SAMPLE} "
            f"GROUP BY 1) JOIN (SELECT {after} AS value, count(*)::DOUBLE AS there "
            f"FROM {_SAMPLE} GROUP BY 1) USING (value))",
        )
        if beyond_chance(same, chance / rows, VERY_UNLIKELY):
            yield one, chance / rows**2


def _names(pair: _ColumnPair) -> tuple[str, str]:
    return f"before{pair.source}{pair.meaning}", f"after{pair.copy}{pair.meaning}"


def _survivor(
    export: Export,
    pair: Pair,
    names: tuple[str, str],
    compared: tuple[str, str] | None,
    by_chance: float,
) -> Survivor:
    """Return the survivor for two columns, counted over all rows."""
    before, after = compared or ("NULL", "NULL")
    values, rows, first_row, text = one_row(
        export.connection,
        "SELECT count(DISTINCT before), count(*), min(row), "
        "arg_min(CAST(before AS VARCHAR), row) FROM "
        "(SELECT before, after, row_number() OVER () AS row FROM "
        f"(SELECT {before} AS before FROM {parts_in_sql(pair[0].parts)}) POSITIONAL JOIN "
        f"(SELECT {after} AS after FROM {parts_in_sql(pair[1].parts)})) "
        "WHERE before = after",
    )
    return Survivor(
        source=f"{pair[0].name}.{names[0]}",
        copy=f"{pair[1].name}.{names[1]}",
        where="value",
        values=values,
        rows=rows,
        first_row=first_row,
        by_chance=by_chance,
        counted=True,
        examples=(masked(ord(text[0]), len(text)),),
    )


def find_equal_values(export: Export, pair: Pair, name: str) -> Survivor | None:
    """Return the values of a column that are in its copy too, compared by meaning."""
    before, after = sql_to_compare(export, pair, name)
    numbered = f"(SELECT {after} AS value, row_number() OVER () AS row FROM "
    found = (
        f"FROM {numbered}{parts_in_sql(pair[1].parts)}) WHERE value IN "
        f"(SELECT {before} FROM {parts_in_sql(pair[0].parts)})"
    )
    [[values, rows, first_row]] = export.connection.execute(
        f"SELECT count(DISTINCT value), count(*), min(row) {found}"
    ).fetchall()
    if not values:
        return None
    examples = export.connection.execute(
        f"SELECT CAST(value AS VARCHAR), min(row) {found} GROUP BY value "
        f"ORDER BY 2 LIMIT {_EXAMPLES}"
    ).fetchall()
    both = f"{pair[0].name}.{name}"
    return Survivor(
        source=both,
        copy=both,
        where="value",
        values=values,
        rows=rows,
        first_row=first_row,
        by_chance=0.0,
        counted=True,
        examples=tuple(masked(ord(text[0]), len(text)) for text, _ in examples),
    )
