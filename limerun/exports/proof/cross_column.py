"""Find the numbers and days of a source in the same column of a copy, and in others.

Values of texts are searched for everywhere; days have no letters, and ids that are all
in use are found in any column of numbers. So these are compared with the other columns
of their row, which finds a column that only has another name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from limerun.exports.duckdb_engine import one_row, parts_in_sql
from limerun.exports.proof.alignment import Pair, comparable
from limerun.exports.proof.cells import numbered_parts
from limerun.exports.proof.chance import VERY_UNLIKELY, beyond_chance
from limerun.exports.proof.notation import Reading, compared_as, read_notation
from limerun.exports.proof.scope import KEEP, TEXTS, ColumnChoices, JudgedColumn
from limerun.exports.proof.survivors import masked
from limerun.exports.tables import Export, ExportTable
from limerun.records.proof import Survivor

_SAMPLE_ROWS = 16_384
"""Rows that are compared, evenly over the table: columns times columns are many."""
_MOST = 0.5
"""Dates of one row are near each other, so that noise makes some of one from another."""
_SAMPLE = "limerun_sampled"
_MEANINGS = ("day", "number", "digits")
_COARSER = "generalize"
_EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _ColumnPair:
    """A column of the source and another one of the copy, by their places."""

    source: int
    copy: int
    meaning: str


def find_cross_column(
    export: Export, pair: Pair, columns: Sequence[JudgedColumn], choices: ColumnChoices
) -> list[Survivor]:
    """Return the columns of a source that other columns of the copy tell row by row.

    Args:
        export: The source, for its connection.
        pair: A table before and after.
        columns: The source's, as they are judged.
        choices: What may be in the copy's columns: what is kept, what is coarser.
    """
    before, after = pair
    if before.rows != after.rows or not before.rows:
        return []
    looked_for = [
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
    readings = (
        [read_notation(export, (before, column.column)) for column in looked_for],
        [read_notation(export, (after, after.column(name))) for name in looked_at],
    )
    pairs = [
        _ColumnPair(source=source, copy=copy, meaning=meaning)
        for source, column in enumerate(looked_for)
        for copy, name in enumerate(looked_at)
        if name != column.column.name
        and (meaning := _common(readings[0][source], readings[1][copy]))
    ]
    if not pairs:
        return []
    _take_sample(export, pair, readings)
    try:
        found = list(_matching_most_rows(export, pairs))
    finally:
        export.connection.execute(f"DROP TABLE {_SAMPLE}")
    return [
        _survivor(
            export,
            pair,
            (looked_for[one.source].column.name, looked_at[one.copy]),
            compared_as(readings[0][one.source], readings[1][one.copy]),
            chance * before.rows,
        )
        for one, chance in found
    ]


def _common(one: Reading, other: Reading) -> str | None:
    """Return as what two columns are compared, as `compared_as` does."""
    for meaning in _MEANINGS:
        if getattr(one, meaning) is not None and getattr(other, meaning) is not None:
            return meaning
    return None


def _take_sample(
    export: Export, pair: Pair, readings: tuple[Sequence[Reading], Sequence[Reading]]
) -> None:
    every = -(-pair[0].rows // _SAMPLE_ROWS)
    sides = (
        _sampled(table, side, name, every)
        for table, side, name in zip(pair, readings, ("before", "after"), strict=True)
    )
    export.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {_SAMPLE} AS "
        f"SELECT * FROM {' JOIN '.join(sides)} USING (limerun_row)"
    )


def _sampled(
    table: ExportTable, readings: Sequence[Reading], side: str, every: int
) -> str:
    values = (
        f"{meant} AS {side}{at}{meaning}"
        for at, reading in enumerate(readings)
        for meaning in _MEANINGS
        if (meant := getattr(reading, meaning)) is not None
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
    """Yield those that tell most rows, with the share that chance would give."""
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
    """Return what is to be told of two columns, counted in every row."""
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


def number_survivors(export: Export, pair: Pair, name: str) -> Survivor | None:
    """Return the values of a column's source that its copy has, compared as numbers.

    Args:
        export: The source, for its connection.
        pair: The table before and after.
        name: The column.
    """
    before, after = comparable(export, pair, name)
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
