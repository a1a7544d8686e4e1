"""Find saturated columns: most possible values are in use, so a copy must share some.

A copy of the ids 1 to 1,000 cannot avoid all of them, nor can a copy of booleans. A
shared value means nothing in these columns, so their rows are compared instead.

Only the values of the source decide, and only values that are numbers: integers,
amounts, dates, times, and texts that differ only in their digits (postcodes, phones,
"K-0000123"; at least 20 values with the same few letters and signs around the digits).
The share in use is the probability that a number close to one in use (within the same
32 steps) is in use as well. A step is the common divisor of all values, for example a
day, a cent or 100. So one outlier does not make dense numbers sparse, and many
scattered numbers are not dense. A column is saturated if at least half of its values
have a neighbour within these steps, and the share in use is at least

- 10 % for integers and texts, which may identify somebody;
- 1 % for amounts, dates and times, which do not identify anybody by themselves.

Booleans and numbers of up to three digits are always saturated. Texts of up to three
letters are saturated if 10 % of all possible ones are in use.

Columns of names are never saturated, nor are numbers scattered over a wide range, for
example national identity numbers.
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
"""Numbers below this have three digits or fewer."""
_SHORT = 3
_ALONE = 0.5
_LETTERS = 26
_MOST_PATTERNS = 8
_SAMPLE_ROWS = 2_048
_MANY = 20
"""From this number of distinct values on, a common pattern is not a coincidence."""
_ROUND = tuple(10**power for power in range(1, 7))
_MICROSECONDS = (1_000, 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000)
_MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """The share of its possible values that a column uses."""

    share: float
    """The share of possible values in use, from 0 to 1."""
    is_dense: bool
    """True if at least half of the values have a neighbour in use."""


def density_of(
    export: Export, table: ExportTable, column: ExportColumn, figures: ColumnFigures
) -> Density | None:
    """Return how many of its possible values a column uses.

    Returns:
        None if the number of possible values is unknown, as for names and free text.
    """
    if not figures.distinct:
        return None
    if column.type == "boolean":
        return Density(share=1.0, is_dense=True)
    number = _as_number(export, table, column, figures)
    if number is not None:
        return _density(export, table, column, number, figures)
    longest = figures.max_length or 0
    if column.type == "text" and 0 < longest <= _SHORT:
        possible: int = sum(_LETTERS**length for length in range(1, longest + 1))
        return Density(share=min(figures.distinct / possible, 1.0), is_dense=True)
    return None


def is_saturated(column: ExportColumn, density: Density | None) -> bool:
    """Return whether a column must be judged by its rows."""
    if density is None or not density.is_dense:
        return False
    measure = column.type in _MEASURES
    return density.share >= (SATURATED_MEASURES if measure else SATURATED_IDENTIFIERS)


def _as_number(
    export: Export, table: ExportTable, column: ExportColumn, figures: ColumnFigures
) -> str | None:
    """Return SQL for a column's values as whole numbers; None: they are not numbers."""
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
        return _digits_of_pattern(export, table, column)
    return None


def _decimals(export: Export, table: ExportTable, column: ExportColumn) -> int:
    """Return the largest number of decimals of all values."""
    relation = parts_in_sql(table.parts)
    power = 0
    # A sample first: it gives a lower limit for the full scan.
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


def _digits_of_pattern(
    export: Export, table: ExportTable, column: ExportColumn
) -> str | None:
    """Return SQL for the digits of texts; None if other characters differ too."""
    name, relation = name_in_sql(column.name), parts_in_sql(table.parts)
    found = export.connection.execute(
        f"SELECT DISTINCT translate({name}, '123456789', '000000000') FROM "
        f"(SELECT {name} FROM {relation} WHERE {name} IS NOT NULL LIMIT {_SAMPLE_ROWS})"
    ).fetchall()
    patterns = [pattern for (pattern,) in found]
    letters = {"".join(filter(str.isalpha, pattern)) for pattern in patterns}
    if (
        len(patterns) > _MOST_PATTERNS
        or len(letters) > 1
        or not all("0" in pattern for pattern in patterns)
    ):
        return None
    digits = name
    for sign in sorted(set("".join(patterns)) - set("0123456789")):
        digits = f"replace({digits}, {text_in_sql(sign)}, '')"
    # The sample rules out most columns. A value with other letters or signs becomes
    # null here; comparing the counts finds it.
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
    count, values, low, high = one_row(
        export.connection,
        "SELECT count(number), count(*), min(number), max(number) FROM limerun_numbers",
    )
    if count < values:
        # Texts with another pattern, or numbers of over 18 digits, which are never
        # dense.
        return Density(share=0.0, is_dense=False)
    step = _common_step(export, type) if count >= _MANY else 1
    is_moment = type in ("date", "time")
    if max(abs(low), abs(high)) // step < _SMALL and not is_moment:
        return Density(share=1.0, is_dense=True)
    possible = (high - low) // step + 1
    if count * 2 >= possible > 1:
        return Density(share=count / possible, is_dense=True)
    buckets = -(-possible // _NEIGHBOURS)
    width = -(-possible // buckets)
    if width < 2:
        return Density(share=0.0, is_dense=False)
    # The probability that a number in the same bucket as one in use is in use, too.
    pairs, alone = one_row(
        export.connection,
        "SELECT sum(used * (used - 1)) / sum(used), "
        "coalesce(sum(used) FILTER (used = 1), 0) / sum(used) FROM (SELECT count(*)::DOUBLE AS used "
        f"FROM limerun_numbers GROUP BY (number - {low}) // {step * width})",
    )
    return Density(share=min(pairs / (width - 1), 1.0), is_dense=alone <= _ALONE)


def _common_step(export: Export, type: ColumnType) -> int:
    """Return the common divisor of all numbers: a power of ten, or a unit of time."""
    if type == "date":
        return 1
    step = 1
    for each in _MICROSECONDS if type == "time" else _ROUND:
        fits = f"SELECT bool_and(number % {each} = 0) FROM limerun_numbers"
        if not one_row(export.connection, fits)[0]:
            break
        step = each
    return step
