"""Decide whether so many of a column's possible values are in use that a copy must meet some.

A copy of ids from 1 to 1,000 has nowhere to go, nor has one of booleans. There, a
value in common says nothing; such a column is judged by its rows, and listed.

What is possible is decided by the source's values alone, and only for values that are
numbers: integers, amounts, dates, times, and texts whose digits alone differ
(postcodes, phones, "K-0000123": in at least 20 values, with the same few letters and
signs around them). The
share in use is the chance that a number next to one in use (within the same 32 steps)
is in use as well; a step is what all the values are multiples of, such as a day, a
cent or 100. So one outlier does not make dense numbers sparse, and numbers that are
scattered do not become dense by being many. A column is saturated, if at least half
of its values have such a neighbour at all,

- from a share of 10 % on if it is of integers or of texts, as those may identify;
- from 1 % on if it is of amounts, dates or times, as those name nobody by themselves;
- always if it is of booleans, or of numbers of at most three digits;
- if it is of texts of at most three characters, and 10 % of those are in use.

A column of names is none of these: no letter of a form differs. Nor is one whose
numbers are scattered over their range, as those of identifiers are.
"""

from dataclasses import dataclass

from limerun.exports.duckdb_engine import one_row, parts_in_sql, text_in_sql
from limerun.exports.reading.value_types import typed
from limerun.exports.tables import ColumnType, Export, ExportColumn, ExportTable
from limerun.records.proof import ColumnFigures
from limerun.storage import name_in_sql

SATURATED_IDENTIFIERS = 0.1
SATURATED_MEASURES = 0.01
_MEASURES: tuple[ColumnType, ...] = ("decimal", "date", "time")
_NEIGHBOURS = 32
_SMALL = 1_000
"""Numbers below are of at most three digits."""
_SHORT = 3
_ALONE = 0.5
_LETTERS = 26
_FORMS = 8
_SAMPLE_ROWS = 2_048
_MANY = 20
"""Different values from which on it is no accident that all have something in common."""
_ROUND = tuple(10**power for power in range(1, 7))
_MICROSECONDS = (1_000, 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000)
_MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """How much of what is possible a column uses."""

    share: float
    """From 0 to 1."""
    crowded: bool
    """Whether at least half of the values have a neighbour in use."""


def density_of(
    export: Export, table: ExportTable, column: ExportColumn, figures: ColumnFigures
) -> Density | None:
    """Return how much of what is possible a column uses.

    Returns:
        None where what is possible has no number: names, free text.
    """
    if not figures.distinct:
        return None
    if column.type == "boolean":
        return Density(share=1.0, crowded=True)
    number = _as_number(export, table, column, figures)
    if number is not None:
        return _density(export, table, column, number, figures)
    longest = figures.max_length or 0
    if column.type == "text" and 0 < longest <= _SHORT:
        possible: int = sum(_LETTERS**length for length in range(1, longest + 1))
        return Density(share=min(figures.distinct / possible, 1.0), crowded=True)
    return None


def is_saturated(column: ExportColumn, density: Density | None) -> bool:
    """Say whether a column is to be judged by its rows."""
    if density is None or not density.crowded:
        return False
    measure = column.type in _MEASURES
    return density.share >= (SATURATED_MEASURES if measure else SATURATED_IDENTIFIERS)


def _as_number(
    export: Export, table: ExportTable, column: ExportColumn, figures: ColumnFigures
) -> str | None:
    """Return SQL for a column's values as whole numbers; None if they are none."""
    value = typed(column)
    if column.type == "integer":
        return f"TRY_CAST({name_in_sql(column.name)} AS BIGINT)"
    if column.type == "date":
        return f"({value} - DATE '1970-01-01')"
    if column.type == "time":
        return f"epoch_us({value})"
    if column.type == "decimal":
        decimals = _decimals(export, table, column)
        return f"TRY_CAST(round({value} * {10**decimals}) AS BIGINT)"
    if column.type == "text" and figures.distinct >= _MANY:
        return _digits_of_form(export, table, column)
    return None


def _decimals(export: Export, table: ExportTable, column: ExportColumn) -> int:
    """Return how many decimals all values have, at most."""
    relation = parts_in_sql(table.parts)
    power = 0
    # Few values settle where to begin.
    for rows in (f"(SELECT * FROM {relation} LIMIT {_SAMPLE_ROWS})", relation):
        while power < _MOST_DECIMALS:
            scaled = f"({typed(column)} * {10**power})"
            off = f"abs({scaled} - round({scaled})) / greatest(1, abs({scaled}))"
            if one_row(
                export.connection, f"SELECT coalesce(max({off}), 0) < 1e-9 FROM {rows}"
            )[0]:
                break
            power += 1
    return power


def _digits_of_form(
    export: Export, table: ExportTable, column: ExportColumn
) -> str | None:
    """Return SQL for the digits of texts that differ in them alone; else None."""
    name, relation = name_in_sql(column.name), parts_in_sql(table.parts)
    found = export.connection.execute(
        f"SELECT DISTINCT translate({name}, '123456789', '000000000') FROM "
        f"(SELECT {name} FROM {relation} WHERE {name} IS NOT NULL LIMIT {_SAMPLE_ROWS})"
    ).fetchall()
    forms = [form for (form,) in found]
    letters = {"".join(filter(str.isalpha, form)) for form in forms}
    if (
        len(forms) > _FORMS
        or len(letters) > 1
        or not all("0" in form for form in forms)
    ):
        return None
    digits = name
    for sign in sorted(set("".join(forms)) - set("0123456789")):
        digits = f"replace({digits}, {text_in_sql(sign)}, '')"
    # The sample rules most columns out; of the rest, what is no number without these
    # letters and signs is found when all are counted.
    return f"TRY_CAST({digits} AS BIGINT)"


def _density(
    export: Export,
    table: ExportTable,
    column: ExportColumn,
    number: str,
    figures: ColumnFigures,
) -> Density:
    unique = figures.distinct == figures.rows - figures.nulls
    export.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE limerun_numbers AS "
        f"SELECT {'' if unique else 'DISTINCT'} {number} AS number "
        f"FROM {parts_in_sql(table.parts)} WHERE {name_in_sql(column.name)} IS NOT NULL"
    )
    try:
        return _density_of_numbers(export, column.type)
    finally:
        export.connection.execute("DROP TABLE limerun_numbers")


def _density_of_numbers(export: Export, type: ColumnType) -> Density:
    count, asked, low, high = one_row(
        export.connection,
        "SELECT count(number), count(*), min(number), max(number) FROM limerun_numbers",
    )
    if count < asked:
        # Texts of another form; or numbers of over 18 digits, which are never dense.
        return Density(share=0.0, crowded=False)
    step = _common_step(export, type) if count >= _MANY else 1
    is_moment = type in ("date", "time")
    if max(abs(low), abs(high)) // step < _SMALL and not is_moment:
        return Density(share=1.0, crowded=True)
    possible = (high - low) // step + 1
    if count * 2 >= possible > 1:
        return Density(share=count / possible, crowded=True)
    stretches = -(-possible // _NEIGHBOURS)
    width = -(-possible // stretches)
    if width < 2:
        return Density(share=0.0, crowded=False)
    # The chance that a number within the same stretch as one is in use, too.
    pairs, alone = one_row(
        export.connection,
        "SELECT sum(held * (held - 1)) / sum(held), "
        "coalesce(sum(held) FILTER (held = 1), 0) / sum(held) FROM (SELECT count(*)::DOUBLE AS held "
        f"FROM limerun_numbers GROUP BY (number - {low}) // {step * width})",
    )
    return Density(share=min(pairs / (width - 1), 1.0), crowded=alone <= _ALONE)


def _common_step(export: Export, type: ColumnType) -> int:
    """Return what all the numbers are multiples of: a round number, or a unit of time."""
    if type == "date":
        return 1
    step = 1
    for each in _MICROSECONDS if type == "time" else _ROUND:
        fits = f"SELECT bool_and(number % {each} = 0) FROM limerun_numbers"
        if not one_row(export.connection, fits)[0]:
            break
        step = each
    return step
