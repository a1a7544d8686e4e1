"""Write tables into a SQLite file: load first, index after."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # as above

from limerun.dataset.ahead import ahead
from limerun.dataset.block import BLOCK_ROWS, Block, Recipe, fitting_rows
from limerun.dataset.kinds import FIRST_MOMENT, LAST_MOMENT
from limerun.dataset.layout import Schema, Table
from limerun.dataset.moments import stored_text
from limerun.dataset.randomness import below
from limerun.errors import DatasetError
from limerun.progress import Progress
from limerun.storage import ID_COLUMN, SYSTEM_COLUMNS, column_type

SYSTEM_TYPES = ("TEXT", "INTEGER", "TEXT", "INTEGER")
_PRAGMAS = (
    "PRAGMA page_size=4096",
    "PRAGMA journal_mode=OFF",
    "PRAGMA synchronous=OFF",
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA cache_size=-32000",
)


def write_database(
    recipe: Recipe, path: Path, progress: Progress, block_rows: int = BLOCK_ROWS
) -> None:
    """Make every table of the schema, its rows, and its indexes.

    Raises:
        DatasetError: SQLite refuses, mostly as there is no room.
    """
    from adbc_driver_manager import Error

    schema = recipe.schema
    loading = _Loading(recipe, progress, block_rows)
    try:
        _execute(path, _PRAGMAS[:1], _tables(schema))
        loading.load(path)
        _execute(path, _PRAGMAS[1:], _indexes(schema), ("ANALYZE",))
    except (Error, sqlite3.Error) as error:
        if loading.raised is not None:
            raise loading.raised from None
        raise DatasetError(
            f"{path.parent}: the database cannot be written there: {error}"
        ) from error


def _execute(path: Path, *statements: Iterable[str]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in chain(*statements):
            connection.execute(statement)
        connection.commit()


def _tables(schema: Schema) -> Iterator[str]:
    for table in schema.tables.values():
        columns = [f"{quoted(ID_COLUMN)} INTEGER PRIMARY KEY"]
        for name, column in table.columns.items():
            columns.append(f"{quoted(name)} {column_type(column.type)}")
        for name, type in zip(SYSTEM_COLUMNS, SYSTEM_TYPES, strict=True):
            columns.append(f"{quoted(name)} {type}")
        yield f"CREATE TABLE {quoted(table.name)} ({', '.join(columns)})"
    for name, ends in schema.pairs.items():
        pair = ", ".join(f"{quoted(end)} INTEGER" for end in ends)
        yield f"CREATE TABLE {quoted(name)} ({pair})"


def _indexes(schema: Schema) -> Iterator[str]:
    for table in schema.tables.values():
        for column in table.columns.values():
            if not column.unique and column.type != "belongsto":
                continue
            unique = "UNIQUE " if column.unique else ""
            name = quoted(f"{table.name}__{column.name}")
            on = f"{quoted(table.name)} ({quoted(column.name)})"
            yield f"CREATE {unique}INDEX {name} ON {on}"
    for name, ends in schema.pairs.items():
        for end in ends:
            index = quoted(f"{name}__{end}")
            yield f"CREATE INDEX {index} ON {quoted(name)} ({quoted(end)})"


def quoted(name: str) -> str:
    """Return a name as SQL has it."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


class _Loading:
    """Loads the rows of all tables, in one transaction."""

    def __init__(self, recipe: Recipe, progress: Progress, block_rows: int) -> None:
        self._recipe = recipe
        self._progress = progress
        self._block_rows = block_rows
        self.raised: BaseException | None = None
        """What went wrong while rows were made, as itself: the driver, which asks
        for them, tells of it in words alone, even of an interrupt."""

    def load(self, path: Path) -> None:
        """Load them into a file that has the tables."""
        from adbc_driver_sqlite import dbapi

        with dbapi.connect(str(path), autocommit=True) as connection:
            for pragma in _PRAGMAS:
                with connection.cursor() as cursor:
                    cursor.execute(pragma)
                    cursor.fetchall()
            connection.adbc_connection.set_autocommit(False)
            for table in self._recipe.schema.tables.values():
                if table.rows:
                    with connection.cursor() as cursor:
                        cursor.adbc_ingest(
                            table.name, self._reader(table), mode="append"
                        )
            # The other `commit` does nothing on a connection opened so.
            connection.adbc_connection.commit()

    def _reader(self, table: Table) -> pa.RecordBatchReader:
        batches = self._batches(table)
        first = next(batches)
        return pa.RecordBatchReader.from_batches(first.schema, chain((first,), batches))

    def _batches(self, table: Table) -> Iterator[pa.RecordBatch]:
        done = 0
        try:
            for batch in ahead(table_batches(self._recipe, table, self._block_rows)):
                yield batch
                done += len(batch)
                self._progress.rows_made(table.name, done, table.rows)
        except BaseException as error:
            self.raised = error
            raise


def table_batches(
    recipe: Recipe, table: Table, block_rows: int = BLOCK_ROWS
) -> Iterator[pa.RecordBatch]:
    """Yield a table's rows as they are stored, a block at a time."""
    rows = fitting_rows(table.columns.values(), block_rows)
    for start in range(0, table.rows, rows):
        end = min(start + rows, table.rows)
        yield _stored(Block(recipe, table, np.arange(start, end, dtype=np.uint64)))


def _stored(block: Block) -> pa.RecordBatch:
    columns = {ID_COLUMN: pa.array(block.rows.astype(np.int64) + 1)}
    for name in block.table.columns:
        columns[name] = _stored_values(block.values(name))
    created, by, *_ = SYSTEM_COLUMNS  # nothing was changed since
    span = LAST_MOMENT - FIRST_MOMENT
    seconds = below(block.words(created), span) + FIRST_MOMENT
    columns[created] = stored_text(pa.array(seconds).cast(pa.timestamp("s")))
    columns[by] = pa.array(np.ones(len(block), np.int64))
    return pa.record_batch(columns)


def _stored_values(array: pa.Array) -> pa.Array:
    if pa.types.is_temporal(array.type):
        return stored_text(array)
    if pa.types.is_boolean(array.type):
        return pc.cast(array, pa.int64())
    return array
