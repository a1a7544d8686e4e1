"""Load rows into a SQLite file with its Arrow driver."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pyarrow as pa
    from adbc_driver_manager.dbapi import Connection


@contextmanager
def opened_sqlite(path: Path, pragmas: Iterable[str]) -> Iterator["Connection"]:
    """Open a file, and yield a connection for `load_rows`."""
    from adbc_driver_sqlite import dbapi

    with dbapi.connect(str(path), autocommit=True) as database:
        for pragma in pragmas:
            with database.cursor() as cursor:
                cursor.execute(pragma)
                cursor.fetchall()
        database.adbc_connection.set_autocommit(False)
        yield database


def load_rows(
    database: "Connection",
    table: str,
    streams: Iterable["pa.RecordBatchReader"],
    mode: Literal["create", "append"] = "append",
) -> None:
    """Insert rows into a table, in one transaction."""
    with database.cursor() as cursor:
        for rows in streams:
            cursor.adbc_ingest(table, rows, mode=mode)
    # database.commit() does nothing on a connection with autocommit.
    database.adbc_connection.commit()
