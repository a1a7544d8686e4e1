"""Read Parquet files in place; copy only those with nested or special columns."""

from pathlib import Path
from typing import TYPE_CHECKING

from limerun.errors import ExportError
from limerun.exports.duckdb_engine import parts_in_sql, text_in_sql
from limerun.exports.reading.table_names import check_names
from limerun.exports.reading.value_types import stored_type
from limerun.exports.tables import ColumnType
from limerun.storage import name_in_sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NESTED = ("STRUCT", "MAP", "UNION")


def stage_parquet(
    connection: "DuckDBPyConnection", path: Path, part: Path
) -> tuple[Path, dict[str, ColumnType]]:
    """Return the file to read a table from, and the columns that contain JSON.

    Nested values become JSON; times of day, intervals and similar types become text.

    Raises:
        ExportError: The file is incomplete, or not a Parquet file.
    """
    _check(path)
    described = connection.execute(
        f"DESCRIBE SELECT * FROM {parts_in_sql((path,))}"
    ).fetchall()
    types: dict[str, str] = {name: type for name, type, *_ in described}
    selected = {name: _plain(name, type) for name, type in types.items()}
    if all(selected[name] == name_in_sql(name) for name in types):
        return path, {}
    columns = ", ".join(f"{of} AS {name_in_sql(name)}" for name, of in selected.items())
    connection.execute(
        f"COPY (SELECT {columns} FROM {parts_in_sql((path,))}) TO {text_in_sql(part)} "
        "(FORMAT parquet, COMPRESSION lz4_raw)"
    )
    nested = {
        name for name, type in types.items() if _is_nested(type) or type == "JSON"
    }
    return part, dict.fromkeys(nested, "json")


def _check(path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
    except (pa.ArrowException, OSError) as error:
        size = path.stat().st_size if path.exists() else 0
        raise ExportError(
            f"{path}: not a complete Parquet file ({size:,} bytes; its end is missing "
            "or damaged); export it again"
        ) from error
    if not names:
        raise ExportError(f"{path}: the file has no columns")
    check_names(str(path), "column", names)


def _is_nested(type: str) -> bool:
    return type.startswith(_NESTED) or type.endswith("]")


def _plain(name: str, type: str) -> str:
    """Return SQL for a column, converted to a type that limerun supports."""
    column = name_in_sql(name)
    if _is_nested(type):
        return f"CAST(to_json({column}) AS VARCHAR)"
    if type == "VARCHAR" or (stored_type(type) is not None and type != "JSON"):
        return column
    return f"CAST({column} AS VARCHAR)"
