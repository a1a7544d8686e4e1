"""Read the tables of a SQLite database; the values decide each column's type."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from limerun.errors import ExportError
from limerun.exports.reading.parquet_parts import PartWriter
from limerun.exports.reading.table_names import check_names
from limerun.progress import Progress
from limerun.storage import name_in_sql

_BATCH_ROWS = "16384"
_EXEMPLARS = {"integer": "0", "real": "0.5", "text": "''", "blob": "x''"}
"""A first row with the right types, since the driver infers types from the first
rows."""
_CASTS = {"real": "REAL", "text": "TEXT", "blob": "BLOB"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """The storage type for a column's values, and whether all of them have it."""

    type: str
    uniform: bool


def sqlite_tables(path: Path) -> tuple[str, ...]:
    """Return the tables of a database, without SQLite's internal tables.

    Raises:
        ExportError: The file is damaged, not a database, or has no tables.
    """
    with _errors_translated(path), closing(connect_read_only(path)) as connection:
        found = connection.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' "
            "AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        )
        tables = tuple(name for [name] in found)
    if not tables:
        raise ExportError(f"{path}: the database has no tables")
    return tables


def stage_sqlite(path: Path, table: str, part: Path, progress: Progress) -> None:
    """Write a table's rows to a part, in the order of their row ids.

    Raises:
        ExportError: The database is damaged, was deleted, or has text that is not
            UTF-8.
    """
    with _errors_translated(path):
        with closing(connect_read_only(path)) as connection:
            rows, stored = _quick_types(connection, table)
            if stored is None:
                stored = _types(connection, table, _columns(connection, table))
        check_names(f"{path}, table {table}", "column", list(stored))
        try:
            _copy(path, table, stored, part, progress, rows)
        except _driver_error():
            with closing(connect_read_only(path)) as connection:
                stored = _types(connection, table, _columns(connection, table))
            _copy(path, table, stored, part, progress, rows)


def connect_read_only(path: Path) -> sqlite3.Connection:
    """Open a database that must not change; the caller closes it."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


@contextmanager
def _errors_translated(path: Path) -> Iterator[None]:
    """Raise the errors of the drivers as export errors that name the file."""
    try:
        yield
    except (sqlite3.Error, _driver_error()) as error:
        raise ExportError(f"{path}: the database cannot be read: {error}") from error


def _driver_error() -> type[Exception]:
    from adbc_driver_manager import Error

    return Error


def _columns(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    """Return the columns of a table with their declared types."""
    found = connection.execute(
        "SELECT name, type FROM pragma_table_xinfo(?) WHERE hidden <> 1", (table,)
    )
    return {name: type.upper() for name, type in found}


def _quick_types(
    connection: sqlite3.Connection, table: str
) -> tuple[int, dict[str, _Stored] | None]:
    """Return the number of rows, and the types as far as declarations guarantee them.

    A column declared as text contains text or bytes. A column declared as a number is
    trusted, because the driver refuses other values later. Other columns are scanned.
    """
    columns = _columns(connection, table)
    texts = [name for name, type in columns.items() if _affinity(type) == "text"]
    bytes_in = " OR ".join(f"typeof({name_in_sql(name)}) = 'blob'" for name in texts)
    expressions = f"count(*), coalesce(sum({bytes_in or '0'}), 0)"
    rows, odd = connection.execute(
        f"SELECT {expressions} FROM {name_in_sql(table)} NOT INDEXED"
    ).fetchone()
    if odd:
        return rows, None
    unbound = {name: type for name, type in columns.items() if not _affinity(type)}
    looked_at = _types(connection, table, unbound)
    bound = {
        name: _Stored(type=_affinity(type), uniform=True)
        for name, type in columns.items()
        if name not in unbound
    }
    return rows, {name: {**bound, **looked_at}[name] for name in columns}


def _affinity(declared: str) -> str:
    """Return the storage type that a declaration guarantees; "" if there is none."""
    if "INT" in declared:
        return "integer"
    if any(word in declared for word in ("CHAR", "CLOB", "TEXT")):
        return "text"
    real = any(word in declared for word in ("REAL", "FLOA", "DOUB"))
    return "real" if real and "BLOB" not in declared else ""


def _types(
    connection: sqlite3.Connection, table: str, columns: Mapping[str, str]
) -> dict[str, _Stored]:
    """Return the storage types of some columns over all values."""
    if not columns:
        return {}
    kind = "nullif(typeof({0}), 'null')"
    expressions = ", ".join(
        f"min({kind}), max({kind})".format(name_in_sql(name)) for name in columns
    )
    found = connection.execute(
        f"SELECT {expressions} FROM {name_in_sql(table)} NOT INDEXED"
    ).fetchone()
    pairs = zip(found[::2], found[1::2], strict=True)
    return dict(zip(columns, (_stored(*pair) for pair in pairs), strict=True))


def _stored(first: str | None, last: str | None) -> _Stored:
    """Return the storage type of values, given their first and last type name."""
    if first is None or last is None:
        return _Stored(type="text", uniform=True)
    if first == last:
        return _Stored(type=first, uniform=True)
    if first == "blob":
        return _Stored(type="blob", uniform=False)
    type = "real" if (first, last) == ("integer", "real") else "text"
    return _Stored(type=type, uniform=False)


def _copy(
    path: Path,
    table: str,
    stored: Mapping[str, _Stored],
    part: Path,
    progress: Progress,
    rows: int,
) -> None:
    with (
        _batches(path, _query(table, stored)) as reader,
        PartWriter(part, reader.schema) as writer,
    ):
        for number, batch in enumerate(reader):
            own = batch if number else batch.slice(1)
            _check_texts(path, table, own, writer.rows)
            writer.write(own)
            progress.rows_made(table, writer.rows, max(rows, writer.rows))


def _query(table: str, stored: Mapping[str, _Stored]) -> str:
    exemplars = ", ".join(
        f"{_EXEMPLARS[of.type]} AS {name_in_sql(name)}" for name, of in stored.items()
    )
    values = ", ".join(
        name_in_sql(name)
        if of.uniform
        else f"CAST({name_in_sql(name)} AS {_CASTS[of.type]})"
        for name, of in stored.items()
    )
    # NOT INDEXED: a covering index would be read in its own order.
    source = f"SELECT {values} FROM {name_in_sql(table)} NOT INDEXED"
    return f"SELECT {exemplars} UNION ALL SELECT * FROM ({source})"


@contextmanager
def _batches(path: Path, query: str) -> Iterator[Any]:
    """Yield a reader of the rows in batches; the first row is the exemplar."""
    import adbc_driver_sqlite.dbapi as driver

    with (
        driver.connect(f"{path.resolve().as_uri()}?mode=ro") as connection,
        connection.cursor() as cursor,
    ):
        cursor.adbc_statement.set_options(
            **{"adbc.sqlite.query.batch_rows": _BATCH_ROWS}
        )
        cursor.execute(query)
        yield cursor.fetch_record_batch()


def _check_texts(path: Path, table: str, batch: pa.RecordBatch, before: int) -> None:
    """Reject bytes that are not UTF-8, which SQLite allows in texts."""
    for field, column in zip(batch.schema, batch.columns, strict=True):
        if pa.types.is_string(field.type):
            try:
                column.validate(full=True)
            except pa.ArrowInvalid as error:
                row = before + _first_invalid(column) + 1
                raise ExportError(
                    f"{path}, table {table}, row {row:,}: the text in {field.name} "
                    "is not valid UTF-8; store it as a BLOB, or correct it"
                ) from error


def _first_invalid(column: pa.StringArray) -> int:
    for at, value in enumerate(column.cast(pa.binary())):
        try:
            (value.as_py() or b"").decode()
        except UnicodeDecodeError:
            return at
    return 0
