"""Write tables to a SQLite file, with another file's schema or a new one.

The rows are written first, then the indexes, triggers and views.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa

from limerun.errors import ExportError
from limerun.exports.reading.sqlite_files import connect_read_only
from limerun.progress import Progress
from limerun.storage import name_in_sql
from limerun.writers.sqlite_writer import load_rows, opened_sqlite

_PRAGMAS = ("page_size", "encoding", "auto_vacuum", "user_version", "application_id")
_QUICK = ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF")
_STAGED = "limerun_rows"

TableBatches = Callable[[], Iterator[pa.RecordBatch]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteSchema:
    """The SQL statements that make a SQLite file."""

    pragmas: Sequence[str]
    tables: Sequence[str]
    after: Sequence[str]
    """Indexes, views and triggers."""
    left_out: Sequence[str]
    """Virtual tables, left out because they contain copies of values."""
    analyzed: bool


def sqlite_schema_of(path: Path) -> SqliteSchema:
    """Return the schema of a SQLite file."""
    with closing(connect_read_only(path)) as connection:
        pragmas = [
            f"PRAGMA {name}={_shown(connection.execute(f'PRAGMA {name}').fetchone()[0])}"
            for name in _PRAGMAS
        ]
        kinds = dict(
            connection.execute(
                "SELECT name, type FROM pragma_table_list WHERE schema = 'main'"
            ).fetchall()
        )
        objects = connection.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL "
            "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type = 'trigger', rowid"
        ).fetchall()
        analyzed = connection.execute(
            "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'"
        ).fetchone()[0]
    own = {name for name, kind in kinds.items() if kind in ("table", "view")}
    return SqliteSchema(
        pragmas=pragmas,
        tables=[
            sql for type, name, _, sql in objects if type == "table" and name in own
        ],
        after=[sql for type, _, of, sql in objects if type != "table" and of in own],
        left_out=[name for name, kind in kinds.items() if kind == "virtual"],
        analyzed=bool(analyzed),
    )


def _shown(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def key_columns(path: Path, table: str) -> tuple[str, ...]:
    """Return the columns that determine the order of a table's rows.

    Returns:
        The integer primary key, or the primary key of a table without row ids; empty if
        rows are in the order in which they were written.
    """
    with closing(connect_read_only(path)) as connection:
        keys = connection.execute(
            "SELECT name, type FROM pragma_table_xinfo(?) WHERE pk > 0 ORDER BY pk",
            (table,),
        ).fetchall()
        [without_ids] = connection.execute(
            "SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?",
            (table,),
        ).fetchone()
    is_row_id = len(keys) == 1 and keys[0][1].upper() == "INTEGER"
    return tuple(name for name, _ in keys) if is_row_id or without_ids else ()


def plain_sqlite_schema(tables: Iterable[tuple[str, pa.Schema]]) -> SqliteSchema:
    """Return a schema for tables that come from another format."""
    made = []
    for name, schema in tables:
        columns = ", ".join(
            f"{name_in_sql(field.name)} {_storage(field.type)}" for field in schema
        )
        made.append(f"CREATE TABLE {name_in_sql(name)} ({columns})")
    return SqliteSchema(pragmas=(), tables=made, after=(), left_out=(), analyzed=False)


def _storage(type: pa.DataType) -> str:
    if pa.types.is_integer(type) or pa.types.is_boolean(type):
        return "INTEGER"
    if pa.types.is_floating(type) or pa.types.is_decimal(type):
        return "REAL"
    return "BLOB" if pa.types.is_binary(type) else "TEXT"


def write_sqlite(
    path: Path,
    schema: SqliteSchema,
    tables: dict[str, TableBatches],
    progress: Progress,
) -> None:
    """Write tables to a new file.

    Raises:
        ExportError: The schema refuses a row, or the disk is full.
    """
    from adbc_driver_manager import Error

    for name in schema.left_out:
        progress.note(f"{name} is a virtual table; it is not copied")
    try:
        with _opened(path) as connection:
            for statement in (*schema.pragmas, *schema.tables):
                connection.execute(statement)
        for name, rows in tables.items():
            _load(path, name, rows)
        with _opened(path) as connection:
            for statement in (*schema.after, *(["ANALYZE"] if schema.analyzed else [])):
                connection.execute(statement)
    except (Error, sqlite3.Error) as error:
        why = str(error).partition("\n")[0].rpartition("failed to execute: ")[2]
        raise ExportError(
            f"{path.name}: SQLite cannot write the copy: {why}"
        ) from error


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in _QUICK:
            connection.execute(statement)
        yield connection


def _load(path: Path, name: str, rows: TableBatches) -> None:
    """Load the rows of a table; SQLite computes generated columns itself."""
    with _opened(path) as connection:
        found = connection.execute(
            "SELECT name, hidden FROM pragma_table_xinfo(?)", (name,)
        ).fetchall()
    generated = any(hidden > 1 for _, hidden in found)
    _ingest(
        path,
        _STAGED if generated else name,
        rows,
        mode="create" if generated else "append",
    )
    if generated:
        columns = ", ".join(
            name_in_sql(column) for column, hidden in found if hidden < 2
        )
        with _opened(path) as connection:
            connection.execute(
                f"INSERT INTO {name_in_sql(name)} ({columns}) "
                f"SELECT {columns} FROM {_STAGED}"
            )
            connection.execute(f"DROP TABLE {_STAGED}")
            connection.execute("VACUUM")


def _ingest(
    path: Path, name: str, rows: TableBatches, *, mode: Literal["create", "append"]
) -> None:
    failed: list[BaseException] = []
    batches = rows()
    first = next(batches, None)
    if first is None:
        return

    def rows_with_error_kept() -> Iterator[pa.RecordBatch]:
        # The driver reports an error in the rows only as text: keep the original.
        try:
            yield _storable(first)
            yield from map(_storable, batches)
        except BaseException as error:
            failed.append(error)
            raise

    schema = _storable(first).schema
    stream = pa.RecordBatchReader.from_batches(schema, rows_with_error_kept())
    with opened_sqlite(path, _QUICK) as database:
        try:
            load_rows(database, name, (stream,), mode)
        except BaseException:
            if failed:
                raise failed[0] from None
            raise


def _storable(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Convert rows to types of SQLite: decimals to numbers, times to text."""
    arrays = []
    for array in rows.columns:
        type = array.type
        if pa.types.is_decimal(type):
            array = array.cast(pa.float64())
        elif pa.types.is_temporal(type) or pa.types.is_dictionary(type):
            array = array.cast(pa.string())
        elif pa.types.is_boolean(type):
            array = array.cast(pa.int64())
        arrays.append(array)
    return pa.RecordBatch.from_arrays(arrays, names=rows.schema.names)
