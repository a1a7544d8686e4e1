"""Read the columns of a SQLite or PostgreSQL database, as hashes and as ids."""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limerun.dataset.words.randomness import Words
from limerun.effects.hashing import hash_column
from limerun.storage import name_in_sql

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection as SqliteConnection
    from psycopg import Connection as PostgresConnection

Ids = npt.NDArray[np.int64]
Buffer = bytes | bytearray | memoryview
NO_ID = -1
"""In relations: no related object. Ids of the platform start at 1."""
REFERENCE = "REFERENCE"
"""The type of a column that contains ids; others have SQL types."""

_BATCH_ROWS = 65_536
"""Larger batches do not fit into the processor's cache: hashing takes 3 times as long."""
_BATCH_BYTES = 8_000_000
_ARROW = {
    "INTEGER": pa.int64(),
    REFERENCE: pa.int64(),
    "REAL": pa.float64(),
    "TEXT": pa.string(),
}
_TYPED = {"INTEGER": "0", REFERENCE: "0", "REAL": "0.5", "TEXT": "''"}
_USUAL = {
    "INTEGER": "'integer'",
    REFERENCE: "'integer'",
    "REAL": "'real', 'integer'",
    "TEXT": "'text'",
}
"""Storage classes of the values that a column of each type normally has."""
_POSTGRES = {
    "int2": "int8",
    "int4": "int8",
    "int8": "int8",
    "float4": "float8",
    "float8": "float8",
}
"""Types as which PostgreSQL's types are read; all others as text."""
_READ_AS = {"int8": pa.int64(), "float8": pa.float64(), "text": pa.binary()}


class _OddValueError(Exception):
    """A column contains a value of another type than the column's."""


class Reader(ABC):
    """Reads tables as one array per column."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""

    @abstractmethod
    def read(
        self, table: str, columns: Mapping[str, str]
    ) -> tuple[dict[str, Words], dict[str, Ids]]:
        """Return the hashes of a table's values, and the ids in it, by column.

        A column that does not exist is empty; a table that does not exist has no rows.

        Args:
            table: The name of the table.
            columns: The type of each column: an SQL type, or REFERENCE for ids.
        """


def opened_reader(place: Path | str) -> Reader:
    """Return a reader of a SQLite file, or of a PostgreSQL database's URL."""
    if isinstance(place, Path):
        return SqliteReader(place)
    return PostgresReader(place)


class _Collector:
    """Collects the hashes and ids of a table's batches."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        self._columns = columns
        self._parts: dict[str, list[Any]] = {name: [] for name in columns}

    def add(
        self, values: Mapping[str, pa.Array], rows: int, odd: Mapping[str, pa.Array]
    ) -> None:
        for name, type in self._columns.items():
            column = values.get(name, pa.nulls(rows))
            part = _ids_of(column) if type == REFERENCE else hash_column(column)
            if name in odd and odd[name].null_count < rows:
                part = _with_odd(part, odd[name])
            self._parts[name].append(part)

    def collected(self) -> tuple[dict[str, Words], dict[str, Ids]]:
        hashes: dict[str, Words] = {}
        ids: dict[str, Ids] = {}
        for name, type in self._columns.items():
            kind: Any = np.int64 if type == REFERENCE else np.uint64
            whole = np.concatenate([np.zeros(0, kind), *self._parts.pop(name)])
            found: dict[str, Any] = ids if type == REFERENCE else hashes
            found[name] = whole
        return hashes, ids


def _ids_of(column: pa.Array) -> Any:
    if pa.types.is_null(column.type):
        return np.full(len(column), NO_ID, np.int64)
    return (
        column.cast(pa.int64()).fill_null(NO_ID).to_numpy(zero_copy_only=False).copy()
    )


def _with_odd(part: Any, odd: pa.Array) -> Any:
    """Replace the values of another type; a reference to such an id is negative."""
    hashes = hash_column(odd)
    if part.dtype == np.int64:
        hashes = (hashes >> np.uint64(2)).astype(np.int64)
        hashes = -2 - hashes
    else:
        hashes = ~hashes
    return np.where(odd.is_valid().to_numpy(zero_copy_only=False), hashes, part)


# --- SQLite ------------------------------------------------------------------------


class SqliteReader(Reader):
    """Reads a SQLite file with its Arrow driver."""

    def __init__(self, path: Path) -> None:
        from adbc_driver_sqlite import dbapi

        _recover(path)
        self._database: SqliteConnection = dbapi.connect(
            f"{path.absolute().as_uri()}?mode=ro"
        )

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def read(
        self, table: str, columns: Mapping[str, str]
    ) -> tuple[dict[str, Words], dict[str, Ids]]:
        """Return the hashes of a table's values, and the ids in it, by column."""
        there = self._columns_of(table)
        known = {name: type for name, type in columns.items() if name in there}
        from adbc_driver_manager import Error

        try:
            return self._read(table, columns, known, {})
        except (_OddValueError, Error):
            # SQLite stores any value in any column; the driver needs one type.
            return self._read(table, columns, known, known)

    def _read(
        self,
        table: str,
        columns: Mapping[str, str],
        known: Mapping[str, str],
        odd: Mapping[str, str],
    ) -> tuple[dict[str, Words], dict[str, Ids]]:
        collector = _Collector(columns)
        if known:
            query = _sqlite_query(table, known, odd)
            types = [
                *(_ARROW[type] for type in known.values()),
                *(pa.string() for _ in odd),
            ]
            for batch in self._batches(query):
                if batch.schema.types != types:
                    raise _OddValueError
                arrays = batch.columns
                collector.add(
                    dict(zip(known, arrays, strict=False)),
                    len(batch),
                    dict(zip(odd, arrays[len(known) :], strict=True)),
                )
        return collector.collected()

    def _columns_of(self, table: str) -> set[str]:
        with self._database.cursor() as cursor:
            cursor.execute("SELECT name FROM pragma_table_info(?)", (table,))
            return {name for (name,) in cursor.fetchall()}

    def _batches(self, query: str) -> Iterator[pa.RecordBatch]:
        with self._database.cursor() as cursor:
            rows = {"adbc.sqlite.query.batch_rows": str(_BATCH_ROWS)}
            cursor.adbc_statement.set_options(**rows)
            cursor.execute(query)
            skipped = 1
            for batch in cursor.fetch_record_batch():
                yield batch.slice(skipped)
                skipped = 0


def _recover(path: Path) -> None:
    """Roll back the transaction of a process that was killed, if there is one.

    A connection that may not write cannot do that, and would not open the file.
    """
    if any(path.with_name(f"{path.name}-{end}").exists() for end in ("journal", "wal")):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _sqlite_query(table: str, known: Mapping[str, str], odd: Mapping[str, str]) -> str:
    """Return the query for a table, with a typed row first.

    The driver infers types from the first values.
    """
    typed = [*(_TYPED[type] for type in known.values()), *("''" for _ in odd)]
    usual = "CASE WHEN typeof({0}) IN ({1}) THEN {0} END" if odd else "{0}"
    other = "CASE WHEN typeof({0}) NOT IN ({1}, 'null') THEN quote({0}) END"
    wanted = [
        usual.format(name_in_sql(name), _USUAL[type]) for name, type in known.items()
    ]
    wanted += [
        other.format(name_in_sql(name), _USUAL[type]) for name, type in odd.items()
    ]
    return (
        f"SELECT {', '.join(typed)} UNION ALL "
        f"SELECT {', '.join(wanted)} FROM {name_in_sql(table)}"
    )


# --- PostgreSQL --------------------------------------------------------------------


class PostgresReader(Reader):
    """Reads a PostgreSQL database with COPY."""

    def __init__(self, url: str) -> None:
        from limerun.dataset.postgres.address import Address

        self._database: PostgresConnection = Address.parse(url).connect()

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def read(
        self, table: str, columns: Mapping[str, str]
    ) -> tuple[dict[str, Words], dict[str, Ids]]:
        """Return the hashes of a table's values, and the ids in it, by column."""
        there = self._types_of(table)
        known = {name: there[name] for name in columns if name in there}
        collector = _Collector(columns)
        if known:
            for batch in _parsed(self._rows(table, known), known):
                collector.add(
                    dict(zip(known, batch.columns, strict=True)), len(batch), {}
                )
        return collector.collected()

    def _types_of(self, table: str) -> dict[str, str]:
        found = self._database.execute(
            "SELECT a.attname::text, t.typname::text FROM pg_attribute a "
            "JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = current_schema() AND c.relname = %s "
            "AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped",
            (table,),
        )
        return {name: _POSTGRES.get(type, "text") for name, type in found}

    def _rows(self, table: str, known: Mapping[str, str]) -> Iterator[Buffer]:
        from psycopg import sql

        values = sql.SQL(", ").join(
            sql.SQL("{}::{}").format(sql.Identifier(name), sql.SQL(type))
            for name, type in known.items()
        )
        query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT csv)")
        statement = query.format(values, sql.Identifier(table))
        with self._database.cursor().copy(statement) as copy:
            yield from copy


def _parsed(
    rows: Iterable[Buffer], known: Mapping[str, str]
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a COPY in batches; each message has whole rows."""
    chunk = bytearray()
    for row in rows:
        chunk += row
        if len(chunk) > _BATCH_BYTES:
            yield from _parse(chunk, known)
            chunk = bytearray()
    if chunk:
        yield from _parse(chunk, known)


def _parse(chunk: bytearray, known: Mapping[str, str]) -> list[pa.RecordBatch]:
    from pyarrow import csv

    names = [str(number) for number in range(len(known))]
    types = (_READ_AS[type] for type in known.values())
    batches: list[pa.RecordBatch] = csv.read_csv(
        pa.BufferReader(bytes(chunk)),
        read_options=csv.ReadOptions(
            column_names=names, block_size=len(chunk) + 1, use_threads=False
        ),
        parse_options=csv.ParseOptions(
            newlines_in_values=True, ignore_empty_lines=False
        ),
        convert_options=csv.ConvertOptions(
            column_types=dict(zip(names, types, strict=True)),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    ).to_batches()
    return batches
