"""Measure a column as whole numbers: lengths, scaled decimals, days or seconds."""

from dataclasses import dataclass

from limerun.exports.duckdb_engine import one_row
from limerun.exports.reading.value_types import typed
from limerun.exports.tables import Export, ExportColumn
from limerun.records.shape import LENGTH_TYPES, Unit
from limerun.storage import name_in_sql

_MOST_DECIMALS = 6
_EXACT = 2**53
_DAY_MICROSECONDS = 86_400_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMeasure:
    """The measure of a column: SQL that returns a whole number, and its unit."""

    sql: str
    decimals: int = 0
    unit: Unit | None = None


def measure_of(export: Export, relation: str, column: ExportColumn) -> ColumnMeasure:
    """Return how to measure a column; values without a measure (infinity) become null."""
    name = name_in_sql(column.name)
    if column.type == "binary":
        return ColumnMeasure(sql=f"octet_length({name})")
    if column.type in LENGTH_TYPES:
        return ColumnMeasure(sql=f"length(CAST({name} AS VARCHAR))")
    if column.type in ("integer", "boolean"):
        whole = f"CAST({typed(column)} AS HUGEINT)"
        return ColumnMeasure(sql=f"TRY_CAST({whole} AS BIGINT)")
    if column.type == "decimal":
        return _decimal(export, relation, column)
    return ColumnMeasure(
        sql=moment_in_sql(column, unit := _unit(export, relation, column)), unit=unit
    )


def moment_in_sql(column: ExportColumn, unit: Unit) -> str:
    """Return SQL for a date or time as days or seconds since 1970, in UTC."""
    each = _DAY_MICROSECONDS if unit == "day" else 1_000_000
    moment = f"CAST({typed(column)} AS TIMESTAMP)"
    return f"CASE WHEN isfinite({moment}) THEN epoch_us({moment}) // {each} END"


def _unit(export: Export, relation: str, column: ExportColumn) -> Unit:
    if column.type == "date":
        return "day"
    moment = f"CAST({typed(column)} AS TIMESTAMP)"
    [whole_days] = one_row(
        export.connection,
        f"SELECT bool_and(epoch_us({moment}) % {_DAY_MICROSECONDS} = 0) "
        f"FROM {relation} WHERE isfinite({moment})",
    )
    return "day" if whole_days else "second"


def _decimal(export: Export, relation: str, column: ExportColumn) -> ColumnMeasure:
    value, name = typed(column), name_in_sql(column.name)
    text = f"CAST({name} AS VARCHAR)"
    longest, scientific, largest = one_row(
        export.connection,
        f"SELECT max(length(split_part({text}, '.', 2))), "
        f"bool_or(contains(lower({text}), 'e')), max(abs({value})) "
        f"FROM {relation} WHERE isfinite({value})",
    )
    decimals = _MOST_DECIMALS if scientific else min(longest or 0, _MOST_DECIMALS)
    while decimals and (largest or 0) * 10**decimals >= _EXACT:
        decimals -= 1
    scaled = f"round({value} * {10**decimals})"
    return ColumnMeasure(
        sql=f"CASE WHEN abs({scaled}) < {_EXACT} THEN CAST({scaled} AS BIGINT) END",
        decimals=decimals,
    )
