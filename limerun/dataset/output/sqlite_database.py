"""Write tables into a SQLite file with ADBC: load first, then index.

Each part and each index is a transaction, so an interrupted run can be continued.
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
    # The journal stays on, so that an interrupted transaction is rolled back. It costs
    # nothing for new pages, and nearly all pages are new.
    "PRAGMA synchronous=OFF",
    "PRAGMA locking_mode=EXCLUSIVE",
)
_LOADING = ("PRAGMA cache_size=-4000",)  # rows are only appended
_INDEXING = ("PRAGMA cache_size=-32000", "PRAGMA threads=2")
_TICK_STEPS = 1_000_000
"""Steps of SQLite's virtual machine after which Python checks for an interrupt."""


def load_database(executor: Executor, path: Path, journals: Path) -> str:
    """Create the tables and load the rows that are not in the file yet.

    Args:
        executor: Generates the rows.
        path: The file; it must not be of another plan.
        journals: The folder for the digests of finished parts.

    Returns:
        The digest of all values.

    Raises:
        DatasetError: SQLite cannot write the file, usually because the disk is full.
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
        # While ADBC works, it handles SIGINT itself.
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
    """Insert the parts of a table that are missing."""
    existing = _last_row(database, name)
    journal.keep(sum(entry.end <= existing for entry in journal.entries))
    piece = OutputPiece(name=name, kind="stored", format="sqlite")
    maker = executor.maker(piece)
    for part in executor.parts(piece, len(journal.entries)):
        # The digest is saved first, so that every part in the table has one.
        end = maker.done(len(journal.entries) + 1)
        journal.add(end, chained(journal.digest, part.values))
        load_rows(database, name, map(pa.ipc.open_stream, part.chunks))


def _last_row(database: "Connection", name: str) -> int:
    """Return the number of rows of a table; rowids start at 1."""
    with database.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(rowid), 0) FROM {name_in_sql(name)}")
        row = cursor.fetchone()
    return row[0] if row else 0


def index_database(path: Path, schema: Schema, progress: Progress) -> None:
    """Create the missing indexes, and run ANALYZE.

    Raises:
        DatasetError: SQLite cannot write the file.
    """
    pa.default_memory_pool().release_unused()  # frees memory for sorting
    try:
        with closing(sqlite3.connect(path)) as connection:
            _execute(connection, _PRAGMAS, _INDEXING)
            # Without this, an interrupt would wait for the end of the index.
            connection.set_progress_handler(lambda: 0, _TICK_STEPS)
            existing = {row[0] for row in connection.execute(_NAMES)}
            for name, statement in create_indexes(schema):
                if name not in existing:
                    progress.note(f"index: {name}")
                    _execute(connection, (statement,))
            if "sqlite_stat1" not in existing:
                _execute(connection, ("ANALYZE",))
    except sqlite3.Error as error:
        if "interrupted" in str(error):
            raise KeyboardInterrupt from None
        raise _refusal(path, error) from error


def _refusal(path: Path, error: Exception) -> DatasetError:
    why = str(error)
    if "disk is full" in why:  # ADBC adds text of its own and the statement
        why = f"{os.strerror(errno.ENOSPC)}; free space and run the same command again"
    return DatasetError(f"{path.parent}: the database cannot be written there: {why}")


def _execute(connection: sqlite3.Connection, *statements: Iterable[str]) -> None:
    for statement in chain(*statements):
        connection.execute(statement)
    connection.commit()
