"""Read tables of a SQLite file with its Arrow driver."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from limerun.dataset.words.randomness import Words
from limerun.effects.reading import REFERENCE, Collector, Ids, Reader
from limerun.errors import DatasetError
from limerun.storage import name_in_sql

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection

_BATCH_ROWS = 65_536
"""Larger batches do not fit into the processor's cache: hashing takes 3 times as long."""
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


class _OddValueError(Exception):
    """A column contains a value of another type than the column's."""


@contextmanager
def opened_sqlite(path: Path) -> Iterator[Reader]:
    """Yield a reader of a SQLite file.

    Raises:
        DatasetError: The file cannot be read.
    """
    from adbc_driver_manager import Error

    try:
        with closing(SqliteReader(path)) as reader:
            yield reader
    except (Error, sqlite3.Error) as error:
        _raise_interrupt(error)
        raise DatasetError(" ".join(str(error).split())) from error


class SqliteReader(Reader):
    """Reads a SQLite file with its Arrow driver."""

    def __init__(self, path: Path) -> None:
        from adbc_driver_sqlite import dbapi

        _recover(path)
        self._database: Connection = dbapi.connect(
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
        except (_OddValueError, Error) as error:
            _raise_interrupt(error)
            # SQLite stores any value in any column; the driver needs one type.
            return self._read(table, columns, known, known)

    def _read(
        self,
        table: str,
        columns: Mapping[str, str],
        known: Mapping[str, str],
        odd: Mapping[str, str],
    ) -> tuple[dict[str, Words], dict[str, Ids]]:
        collector = Collector(columns)
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


def _raise_interrupt(error: Exception) -> None:
    """Raise the interrupt that an error stands for: the driver handles SIGINT itself."""
    if isinstance(error.__cause__, KeyboardInterrupt):
        raise KeyboardInterrupt from None


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
