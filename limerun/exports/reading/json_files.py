"""Read JSON Lines and JSON arrays: one column for each key; nested values stay JSON."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from limerun.errors import ExportError
from limerun.exports.duckdb_engine import is_disk_full, text_in_sql
from limerun.exports.reading.json_faults import fault_of
from limerun.exports.reading.table_names import check_names
from limerun.exports.tables import ColumnType
from limerun.storage import name_in_sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

JsonFormat = Literal["jsonl", "json"]

_OBJECT_BYTES = (4_000_000, 32_000_000)
"""The largest row of the first and second try; DuckDB needs eight times as much."""
_KEPT = {
    "BIGINT": "BIGINT",
    "UBIGINT": "HUGEINT",
    "HUGEINT": "HUGEINT",
    "DOUBLE": "DOUBLE",
    "BOOLEAN": "BOOLEAN",
    "JSON": "JSON",
}
_NESTED = re.compile(r"STRUCT|MAP|.*\[\]$", re.DOTALL)
_NUMBERED = re.compile(r"(.+)_\d+", re.DOTALL)


def stage_json(
    connection: "DuckDBPyConnection", path: Path, format: JsonFormat, part: Path
) -> dict[str, ColumnType]:
    """Write the rows of a file to a part; return the columns that contain JSON.

    Raises:
        ExportError: A row is not a JSON object, or there is no row.
    """
    import duckdb

    for last, object_bytes in ((False, _OBJECT_BYTES[0]), (True, _OBJECT_BYTES[1])):
        reading = (
            f"{text_in_sql(path)}, maximum_object_size = {object_bytes}, format = "
            + ("'newline_delimited'" if format == "jsonl" else "'array'")
        )
        try:
            return _staged(connection, path, reading, part)
        except (
            duckdb.InvalidInputException,
            duckdb.IOException,
            duckdb.BinderException,
        ) as error:
            if is_disk_full(error):
                raise
            fault = fault_of(path, format)
            if fault is not None:
                raise fault from error
            if last:
                raise ExportError(f"{path}: cannot be read as JSON: {error}") from error
    raise AssertionError("the last try returns or raises")


def _staged(
    connection: "DuckDBPyConnection", path: Path, reading: str, part: Path
) -> dict[str, ColumnType]:
    described = connection.execute(
        f"DESCRIBE SELECT * FROM read_json({reading}, sample_size = -1, "
        "records = true, map_inference_threshold = -1, "
        "convert_strings_to_integers = false)"
    ).fetchall()
    types = {name: _engine_type(type) for name, type, *_ in described}
    _check_keys(connection, path, reading, list(types))
    columns = ", ".join(
        f"{text_in_sql(name)}: {text_in_sql(type)}" for name, type in types.items()
    )
    selected = ", ".join(
        f"CAST({name_in_sql(name)} AS VARCHAR) AS {name_in_sql(name)}"
        if type == "JSON"
        else name_in_sql(name)
        for name, type in types.items()
    )
    connection.execute(
        f"COPY (SELECT {selected} FROM read_json({reading}, "
        f"records = true, columns = {{{columns}}})) TO {text_in_sql(part)} "
        "(FORMAT parquet, COMPRESSION lz4_raw)"
    )
    return {name: "json" for name, type in types.items() if type == "JSON"}


def _engine_type(detected: str) -> str:
    """Return the type to read a column as; text stays text, whatever it contains."""
    if _NESTED.match(detected):
        return "JSON"
    return _KEPT.get(detected, "VARCHAR")


def _check_keys(
    connection: "DuckDBPyConnection", path: Path, reading: str, names: list[str]
) -> None:
    """Reject keys that differ only in case: DuckDB renames them with numbers."""
    check_names(str(path), "key", names)
    folded = {name.casefold() for name in names}
    numbered = (_NUMBERED.fullmatch(name) for name in names)
    if any(match and match[1].casefold() in folded for match in numbered):
        keys = connection.execute(
            f"SELECT DISTINCT unnest(json_keys(json)) FROM read_json_objects({reading})"
        ).fetchall()
        check_names(str(path), "key", sorted(key for [key] in keys))
