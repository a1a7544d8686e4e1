"""Write tables into a SQLite file: load first, index after.

A table of many rows is written as pages of the file, see `pages`; one of few rows, or
with rows longer than a page, through SQLite's driver. What an interrupted run has
finished of it is not made again: parts of a table's pages, whole tables of the others,
whole indexes.
"""

import errno
import os
import sqlite3
import struct
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types

from limerun.dataset.ahead import ahead
from limerun.dataset.block import BLOCK_ROWS, Recipe
from limerun.dataset.cells_of_pages import MOST_COLUMNS, RowTooLong
from limerun.dataset.crew import Alone, Crew
from limerun.dataset.journal import Journal
from limerun.dataset.layout import Table
from limerun.dataset.pages import INTERIOR, PAGE, leaves_of, tree
from limerun.dataset.partfile import PartFile
from limerun.dataset.parts import Maker, Piece
from limerun.dataset.sqlite_schema import create_indexes, create_tables, quoted
from limerun.dataset.table_rows import rows_of
from limerun.errors import DatasetError
from limerun.progress import Progress

_NAMES = "SELECT name FROM sqlite_master"
_PAGE_COUNT_AT = 28
"""In the file's header: how many pages it has."""
_PRAGMAS = (
    # With a journal an interrupted index leaves the file as it was; for pages that
    # are new, as nearly all are, it costs nothing.
    "PRAGMA synchronous=OFF",
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA cache_size=-32000",
    "PRAGMA threads=2",
)
_TICK_STEPS = 1_000_000
"""Of SQLite's machine, after which Python looks whether it was interrupted."""


def write_database(
    recipe: Recipe,
    path: Path,
    progress: Progress,
    block_rows: int = BLOCK_ROWS,
) -> None:
    """Make every table of the schema, its rows, and its indexes, in a new file.

    Raises:
        DatasetError: SQLite refuses, mostly as there is no room.
    """
    making = DatabaseMaking(recipe, path, Alone(recipe, block_rows), progress)
    making.block_rows = block_rows
    making.load()
    making.index()


class DatabaseMaking:
    """Makes a database file step by step.

    Args:
        recipe: How rows are made.
        path: The file; another plan's must not be there.
        crew: Who makes the pages.
        progress: Hears of the rows.
        journals: The folder in which it is kept how far the file is; None: it is
            not kept, and the file must not be there.
    """

    def __init__(
        self,
        recipe: Recipe,
        path: Path,
        crew: Crew,
        progress: Progress,
        journals: Path | None = None,
    ) -> None:
        self._recipe = recipe
        self._path = path
        self._crew = crew
        self._progress = progress
        self._journals = journals
        self._raised: BaseException | None = None
        """What went wrong while rows were made, as itself: the driver, which asks
        for them, tells of it in words alone, even of an interrupt."""
        self.block_rows = BLOCK_ROWS

    def load(self) -> None:
        """Make the tables and their rows.

        Raises:
            DatasetError: SQLite refuses.
        """
        from adbc_driver_manager import Error

        try:
            self._load()
        except (Error, sqlite3.Error) as error:
            if self._raised is not None:
                raise self._raised from None
            raise self._refusal(error) from error

    def index(self) -> None:
        """Make the indexes and the planner's figures.

        Raises:
            DatasetError: SQLite refuses.
        """
        try:
            with closing(sqlite3.connect(self._path)) as connection:
                _execute(connection, _PRAGMAS)
                # Without this an interrupt would wait for the index's end.
                connection.set_progress_handler(lambda: 0, _TICK_STEPS)
                there = {row[0] for row in connection.execute(_NAMES)}
                for name, statement in create_indexes(self._recipe.schema):
                    if name not in there:
                        self._progress.note(f"index: {name}")
                        _execute(connection, (statement,))
                if "sqlite_stat1" not in there:
                    _execute(connection, ("ANALYZE",))
        except sqlite3.Error as error:
            if "interrupted" in str(error):
                raise KeyboardInterrupt from None
            raise self._refusal(error) from error

    def _refusal(self, error: Exception) -> DatasetError:
        why = str(error)
        if "disk is full" in why:  # ADBC adds its own words and the statement
            why = f"{os.strerror(errno.ENOSPC)}; make room, and give the same command again"
        return DatasetError(
            f"{self._path.parent}: the database cannot be written there: {why}"
        )

    def _load(self) -> None:
        schema = self._recipe.schema
        tables = [*schema.stored.values()]
        paged = [table for table in schema.tables.values() if self._is_paged(table)]
        self._create()
        for table in tables:
            if table not in paged:
                self._insert(table)
        too_long = [table for table in paged if not self._write_pages(table)]
        for table in too_long:
            self._insert(table)

    def _is_paged(self, table: Table) -> bool:
        """Tell whether a table has many rows, and may have none that is too long."""
        maker = Maker(self._recipe, _piece(table))
        return maker.count > 1 and len(maker.names) <= MOST_COLUMNS

    def _create(self) -> None:
        with closing(sqlite3.connect(self._path)) as connection:
            if connection.execute(_NAMES).fetchone() is None:
                pragmas = (f"PRAGMA page_size={PAGE}", *_PRAGMAS[:1], "BEGIN")
                _execute(connection, pragmas, create_tables(self._recipe.schema))

    # --- as rows --------------------------------------------------------------

    def _insert(self, table: Table) -> None:
        """Insert a table's rows in one transaction, unless that was done before."""
        from adbc_driver_sqlite import dbapi

        with closing(sqlite3.connect(self._path)) as connection:
            some = f"SELECT 1 FROM {quoted(table.name)} LIMIT 1"
            if not table.rows or connection.execute(some).fetchone():
                return
        with dbapi.connect(str(self._path), autocommit=True) as loading:
            for pragma in _PRAGMAS:
                with loading.cursor() as cursor:
                    cursor.execute(pragma)
                    cursor.fetchall()
            loading.adbc_connection.set_autocommit(False)
            with loading.cursor() as cursor:
                cursor.adbc_ingest(table.name, self._reader(table), mode="append")
            # The other `commit` does nothing on a connection opened so.
            loading.adbc_connection.commit()

    def _reader(self, table: Table) -> pa.RecordBatchReader:
        batches = self._batches(table)
        first = next(batches)
        return pa.RecordBatchReader.from_batches(first.schema, chain((first,), batches))

    def _batches(self, table: Table) -> Iterator[pa.RecordBatch]:
        done = 0
        try:
            for batch in ahead(table_batches(self._recipe, table, self.block_rows)):
                yield batch
                done += len(batch)
                self._progress.rows_made(table.name, done, table.rows)
        except BaseException as error:
            self._raised = error
            raise

    # --- as pages -------------------------------------------------------------

    def _write_pages(self, table: Table) -> bool:
        """Write a table's pages; return False if a row is longer than one."""
        root, start = self._place(table)
        if self._page(root)[0] == INTERIOR:  # done before
            return True
        encoding = Maker(self._recipe, _piece(table)).encoding
        file = PartFile(self._path, encoding, self._journal(table), start)
        try:
            self._crew.make(_piece(table), file, self._progress)
        except RowTooLong:
            file.restart()
            return False
        finally:
            file.close()
        leaves = leaves_of(file.notes, file.start // PAGE + 1)
        above = list(tree(root, leaves, file.end // PAGE + 1))
        end = max(file.end // PAGE, *(number for number, _ in above))
        with self._path.open("r+b") as pages:
            pages.seek(_PAGE_COUNT_AT)
            pages.write(struct.pack(">I", end))
            # The root, which says that the table is done, comes last.
            for number, page in above:
                pages.seek((number - 1) * PAGE)
                pages.write(page)
        return True

    def _place(self, table: Table) -> tuple[int, int]:
        """Return a table's own page, and where the file ends for SQLite."""
        with closing(sqlite3.connect(self._path)) as connection:
            named = "SELECT rootpage FROM sqlite_master WHERE name = ?"
            ((root,),) = connection.execute(named, (table.name,))
            ((pages,),) = connection.execute("PRAGMA page_count")
        return root, pages * PAGE

    def _page(self, number: int) -> bytes:
        with self._path.open("rb") as pages:
            pages.seek((number - 1) * PAGE)
            return pages.read(PAGE)

    def _journal(self, table: Table) -> Journal:
        folder = self._journals
        return Journal(None if folder is None else folder / f"{table.name}.parts")


def _piece(table: Table) -> Piece:
    return Piece(name=table.name, kind="stored", format="pages")


def _execute(connection: sqlite3.Connection, *statements: Iterable[str]) -> None:
    for statement in chain(*statements):
        connection.execute(statement)
    connection.commit()


def table_batches(
    recipe: Recipe, table: Table, block_rows: int = BLOCK_ROWS
) -> Iterator[pa.RecordBatch]:
    """Yield a table's rows as they are stored, a block at a time."""
    made = rows_of(recipe, table, stored=True)
    at_once = made.at_once(block_rows)
    for start in range(0, table.rows, at_once):
        end = min(start + at_once, table.rows)
        yield pa.record_batch(made.columns(np.arange(start, end, dtype=np.uint64)))
