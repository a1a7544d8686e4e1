"""Write tables into a SQLite file by its driver: load first, index after.

Each part is a transaction, and each index: what an interrupted run has finished is
found in the file.
"""

import errno
import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from limerun.dataset.design.layout import Schema
from limerun.dataset.output.executor import Executor
from limerun.dataset.output.journal import Journal, chained
from limerun.dataset.output.parts import OutputPiece
from limerun.dataset.output.sqlite_schema import create_indexes, create_tables
from limerun.errors import DatasetError
from limerun.progress import Progress
from limerun.storage import name_in_sql
from limerun.writers.sqlite_writer import load_rows, opened_sqlite

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection

_NAMES = "SELECT name FROM sqlite_master"
_PRAGMAS = (
    # With a journal an interrupted transaction leaves the file as it was; for pages
    # that are new, as nearly all are, it costs nothing.
    "PRAGMA synchronous=OFF",
    "PRAGMA locking_mode=EXCLUSIVE",
)
_LOADING = ("PRAGMA cache_size=-4000",)  # rows are only appended
_INDEXING = ("PRAGMA cache_size=-32000", "PRAGMA threads=2")
_TICK_STEPS = 1_000_000
"""Of SQLite's machine, after which Python looks whether it was interrupted."""


def load_database(executor: Executor, path: Path, journals: Path) -> str:
    """Make the tables and their rows, or those that are not there yet.

    Args:
        executor: Makes the rows.
        path: The file; another plan's must not be there.
        journals: The folder in which the digests of finished parts are kept.

    Returns:
        The digest of all values.

    Raises:
        DatasetError: SQLite refuses, mostly because there is no room.
    """
    from adbc_driver_manager import Error

    digest = ""
    try:
        _create(path, executor.recipe.schema)
        with opened_sqlite(path, (*_PRAGMAS, *_LOADING)) as database:
            for number, name in enumerate(executor.recipe.schema.stored):
                journal = Journal(journals / f"{path.name}.{number}")
                _load(executor, database, name, journal)
                digest = chained(digest, journal.digest.encode())
    except (Error, sqlite3.Error) as error:
        # ADBC has a handler of SIGINT itself while it works.
        if isinstance(error.__cause__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise _refusal(path, error) from error
    return digest


def _create(path: Path, schema: Schema) -> None:
    with closing(sqlite3.connect(path)) as connection:
        if connection.execute(_NAMES).fetchone() is None:
            _execute(connection, _PRAGMAS[:1], ("BEGIN",), create_tables(schema))


def _load(
    executor: Executor, database: "Connection", name: str, journal: Journal
) -> None:
    """Insert the parts of a table that it does not have."""
    there = _last_row(database, name)
    journal.keep(sum(entry.end <= there for entry in journal.entries))
    piece = OutputPiece(name=name, kind="stored", format="sqlite")
    maker = executor.maker(piece)
    for part in executor.parts(piece, len(journal.entries)):
        # The digest first: so each part that is in the table has one.
        end = maker.done(len(journal.entries) + 1)
        journal.add(end, chained(journal.digest, part.values))
        load_rows(database, name, map(pa.ipc.open_stream, part.chunks))


def _last_row(database: "Connection", name: str) -> int:
    """Return how many rows a table has: they are numbered from 1."""
    with database.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(rowid), 0) FROM {name_in_sql(name)}")
        row = cursor.fetchone()
    return row[0] if row else 0


def index_database(path: Path, schema: Schema, progress: Progress) -> None:
    """Make the indexes that are not there yet, and the planner's figures.

    Raises:
        DatasetError: SQLite refuses.
    """
    pa.default_memory_pool().release_unused()  # sorting takes as much as rows did
    try:
        with closing(sqlite3.connect(path)) as connection:
            _execute(connection, _PRAGMAS, _INDEXING)
            # Without this an interrupt would wait for the index's end.
            connection.set_progress_handler(lambda: 0, _TICK_STEPS)
            there = {row[0] for row in connection.execute(_NAMES)}
            for name, statement in create_indexes(schema):
                if name not in there:
                    progress.note(f"index: {name}")
                    _execute(connection, (statement,))
            if "sqlite_stat1" not in there:
                _execute(connection, ("ANALYZE",))
    except sqlite3.Error as error:
        if "interrupted" in str(error):
            raise KeyboardInterrupt from None
        raise _refusal(path, error) from error


def _refusal(path: Path, error: Exception) -> DatasetError:
    why = str(error)
    if "disk is full" in why:  # ADBC adds its own words and the statement
        why = f"{os.strerror(errno.ENOSPC)}; make room, and give the same command again"
    return DatasetError(f"{path.parent}: the database cannot be written there: {why}")


def _execute(connection: sqlite3.Connection, *statements: Iterable[str]) -> None:
    for statement in chain(*statements):
        connection.execute(statement)
    connection.commit()
