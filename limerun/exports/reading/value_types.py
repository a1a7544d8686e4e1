"""Determine the type of a column from all of its values.

A value is a number only if it is written in the number's usual form: with a leading
zero it is text. A comma is not a decimal point: "1,234" is text.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from limerun.exports.duckdb_engine import one_row
from limerun.exports.tables import ColumnType, ExportColumn
from limerun.storage import name_in_sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SAMPLE_ROWS = 2_048

_STORED: dict[str, ColumnType] = {
    "BOOLEAN": "boolean",
    "TINYINT": "integer",
    "SMALLINT": "integer",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "HUGEINT": "integer",
    "UTINYINT": "integer",
    "USMALLINT": "integer",
    "UINTEGER": "integer",
    "UBIGINT": "integer",
    "UHUGEINT": "integer",
    "FLOAT": "decimal",
    "DOUBLE": "decimal",
    "DATE": "date",
    "TIMESTAMP": "time",
    "TIMESTAMP_S": "time",
    "TIMESTAMP_MS": "time",
    "TIMESTAMP_NS": "time",
    "TIMESTAMP WITH TIME ZONE": "time",
    "BLOB": "binary",
    "JSON": "json",
}
_TEXTS: Sequence[ColumnType] = ("boolean", "integer", "decimal", "date", "time", "json")
"""The types that texts may have; the first one that fits all values is taken."""

Possible = Mapping[str, Sequence[ColumnType]]


def stored_type(engine_type: str) -> ColumnType | None:
    """Return the type for a DuckDB type; None: only the values can decide."""
    if engine_type.startswith("DECIMAL"):
        return "decimal"
    return _STORED.get(engine_type)


def reads_as(type: ColumnType, expression: str) -> str:
    """Return SQL that tests whether a text has a type; null if there is no text."""
    return f"CASE WHEN {expression} IS NOT NULL THEN {_test(type, expression)} END"


def _test(type: ColumnType, expression: str) -> str:
    matches = f"regexp_full_match({expression}, "
    if type == "boolean":
        return f"(lower({expression}) IN ('true', 'false'))"
    if type == "integer":
        return matches + "'0|-?[1-9][0-9]{0,17}')"
    if type == "decimal":
        return (
            matches + r"'-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,2})?')"
        )
    if type == "date":
        pattern = r"'[0-9]{4}-[0-9]{2}-[0-9]{2}')"
        return f"({matches}{pattern} AND try_cast({expression} AS DATE) IS NOT NULL)"
    if type == "time":
        pattern = (
            r"'[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}"
            r"(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?')"
        )
        moment = f"try_cast({expression} AS TIMESTAMPTZ)"
        return f"({matches}{pattern} AND {moment} IS NOT NULL)"
    if type == "json":
        opens = f"{expression}[1] IN ('{{', '[')"
        return f"({opens} AND json_valid({expression}))"
    return f"({expression} IS NOT NULL)"


def typed(column: ExportColumn) -> str:
    """Return SQL for a column's values in their type, however they are stored.

    An integer becomes HUGEINT, a decimal DOUBLE, a time TIMESTAMP in UTC.
    """
    name = name_in_sql(column.name)
    if column.type == "time":
        # DuckDB needs another package to return times with a zone to Python.
        return f"(CAST({name} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')"
    engine_types = {
        "integer": "HUGEINT",
        "decimal": "DOUBLE",
        "boolean": "BOOLEAN",
        "date": "DATE",
        "binary": "BLOB",
    }
    return f"CAST({name} AS {engine_types.get(column.type, 'VARCHAR')})"


def read_columns(
    connection: "DuckDBPyConnection",
    relation: str,
    rows: int,
    known: Mapping[str, ColumnType],
) -> tuple[ExportColumn, ...]:
    """Return the columns of a table with the types of all their values.

    Types in `known` are defined by the format itself.
    """
    described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    stored = {
        name: known.get(name) or stored_type(engine_type)
        for name, engine_type, *_ in described
    }
    texts = [name for name, type in stored.items() if type is None]
    settled = _types_of_texts(connection, relation, rows, texts)
    return tuple(
        ExportColumn(name=name, type=type or settled[name])
        for name, type in stored.items()
    )


def _types_of_texts(
    connection: "DuckDBPyConnection", relation: str, rows: int, texts: Sequence[str]
) -> dict[str, ColumnType]:
    """Return the type of each text column over all values."""
    possible: Possible = dict.fromkeys(texts, _TEXTS)
    if rows <= _SAMPLE_ROWS:
        fitting = _fitting(connection, relation, possible, without_values=False)
        return {name: types[0] if types else "text" for name, types in fitting.items()}
    # A sample rules out most types; all values decide among the rest.
    sample = f"(SELECT * FROM {relation} LIMIT {_SAMPLE_ROWS})"
    possible = _fitting(connection, sample, possible, without_values=True)
    settled: dict[str, ColumnType] = {}
    while len(settled) < len(possible):
        left = {name: each for name, each in possible.items() if name not in settled}
        first = {name: types[:1] for name, types in left.items()}
        fitting = _fitting(connection, relation, first, without_values=False)
        for name, types in left.items():
            if fitting[name] or not types:
                settled[name] = types[0] if types else "text"
        possible = {
            name: types if name in settled else types[1:]
            for name, types in possible.items()
        }
    return settled


def _fitting(
    connection: "DuckDBPyConnection",
    relation: str,
    possible: Possible,
    *,
    without_values: bool,
) -> Possible:
    """Return those of the possible types that fit every value of each column.

    A column that is null in every row fits every type if `without_values`.
    """
    candidates = [(name, type) for name, types in possible.items() for type in types]
    if not candidates:
        return possible
    tests = ", ".join(
        f"bool_and({reads_as(type, name_in_sql(name))})" for name, type in candidates
    )
    row = one_row(connection, f"SELECT {tests} FROM {relation}")
    fits = {
        one: without_values if answer is None else answer
        for one, answer in zip(candidates, row, strict=True)
    }
    return {
        name: [type for type in types if fits[name, type]]
        for name, types in possible.items()
    }
