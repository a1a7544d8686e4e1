"""Open a real export: all its tables by name, with their rows in order.

Formats other than Parquet are first copied to Parquet, in a folder that is always
removed at the end. Memory does not grow with the rows.
"""

import errno
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

from limerun.errors import ExportError
from limerun.exports.duckdb_engine import (
    is_disk_full,
    one_row,
    opened_engine,
    parts_in_sql,
)
from limerun.exports.reading.declared_keys import sqlite_keys, with_known_keys
from limerun.exports.reading.places import FilePlace, Place, ServerPlace, find_places
from limerun.exports.reading.private_folder import private_folder
from limerun.exports.reading.table_names import check_names
from limerun.exports.tables import (
    ColumnType,
    Export,
    ExportTable,
    ForeignKey,
    Format,
)
from limerun.progress import Progress
from limerun.storage import name_in_sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY_BYTES = 500_000_000
"""DuckDB's memory limit; Arrow's batches need additional memory."""


@contextmanager
def opened_export(
    places: Sequence[str],
    *,
    memory_bytes: int = MEMORY_BYTES,
    progress: Progress,
    named: bool = False,
) -> Iterator[Export]:
    """Yield an export and a DuckDB connection with its tables.

    Args:
        places: CSV, JSON Lines, JSON, Parquet and SQLite files, folders of these, and
            PostgreSQL URLs. A table has the name of its file.
        memory_bytes: The memory that DuckDB may use before it spills to disk.
        progress: Receives progress updates.
        named: CSV files are known to begin with names, because limerun wrote them.

    Raises:
        ExportError: Something cannot be read; the message says what, where, and what to
            do. Also raised for DuckDB's errors while the export is open.
    """
    found = find_places(places)
    try:
        with (
            private_folder(Path(gettempdir()), "limerun-export-") as folder,
            opened_engine(folder, memory_bytes) as connection,
        ):
            stage = _Stage(
                folder=folder,
                connection=connection,
                progress=progress,
                named=named,
            )
            try:
                for place in found:
                    if isinstance(place, ServerPlace):
                        stage.add_server(place)
                    else:
                        stage.add_file(place)
                tables = with_known_keys(stage.tables)
                yield Export(tables=tables, connection=connection)
            except Exception as error:
                translated = _translated_engine_error(error, found)
                if translated is None:
                    raise
                raise translated from error
    except OSError as error:
        raise _translated_system_error(error) from error


def _translated_system_error(error: OSError) -> OSError | ExportError:
    """Return an operating system error with advice, if there is any advice."""
    return _no_room() if error.errno in (errno.ENOSPC, errno.EDQUOT) else error


def _no_room() -> ExportError:
    return ExportError(
        f"{gettempdir()}: the disk is full; free some space, or set TMPDIR to a folder "
        "with more space"
    )


def _translated_engine_error(
    error: Exception, places: Iterable[Place]
) -> ExportError | None:
    """Return a DuckDB error with advice; None: the user cannot fix it."""
    import duckdb

    why = str(error).partition("\n")[0]
    if isinstance(error, duckdb.IOException) and is_disk_full(error):
        return _no_room()
    if isinstance(error, duckdb.OutOfMemoryException):
        return ExportError(
            "the export needs more memory, or more disk space in "
            f"{gettempdir()} (set TMPDIR to use another folder): {why}"
        )
    if not isinstance(error, duckdb.IOException | duckdb.InvalidInputException):
        return None
    # Only Parquet files are read in place; limerun's own copies cannot be damaged.
    own = [
        str(place.path)
        for place in places
        if isinstance(place, FilePlace) and place.format == "parquet"
    ]
    named = [path for path in own if path in why] or own
    if not named:
        return None
    files = ", ".join(named)
    return ExportError(f"{files}: deleted while being read, or damaged: {why}")


@dataclass(slots=True, kw_only=True)
class _Stage:
    """Collects the tables of an export, one by one."""

    folder: Path
    connection: "DuckDBPyConnection"
    progress: Progress
    named: bool
    tables: dict[str, ExportTable] = field(default_factory=dict)

    def add_file(self, place: FilePlace) -> None:
        """Add the table of a file, or all tables of a database file."""
        path = place.path
        self.progress.phase("read", path.name)
        if not path.exists():
            raise ExportError(f"{path}: the file was deleted in the meantime")
        if place.format == "sqlite":
            from limerun.exports.reading.sqlite_files import sqlite_tables, stage_sqlite

            for table in sqlite_tables(path):
                part = self._next_part()
                stage_sqlite(path, table, part, self.progress)
                keys = sqlite_keys(path, table)
                self._add(table, str(path), "sqlite", part, {}, keys)
            return
        part = self._next_part()
        known: Mapping[str, ColumnType] = {}
        if place.format == "csv":
            from limerun.exports.reading.csv_files import stage_csv

            stage_csv(path, part, self.progress, named=self.named)
        elif place.format == "parquet":
            from limerun.exports.reading.parquet_files import stage_parquet

            part, known = stage_parquet(self.connection, path, part)
        else:
            from limerun.exports.reading.json_files import stage_json

            assert place.format in ("jsonl", "json")
            known = stage_json(self.connection, path, place.format, part)
        self._add(place.table, str(path), place.format, part, known)

    def add_server(self, place: ServerPlace) -> None:
        """Add the tables of a PostgreSQL database."""
        from limerun.exports.reading.postgres_server import opened_server

        self.progress.phase("read", "the database")
        with opened_server(place.url, self.progress) as server:
            for table in server.tables():
                part = self._next_part()
                known = server.stage(table, part)
                keys = server.foreign_keys(table)
                self._add(table, server.origin, "postgresql", part, known, keys)

    def _next_part(self) -> Path:
        return self.folder / f"{len(self.tables)}.parquet"

    def _add(
        self,
        name: str,
        origin: str,
        format: Format,
        part: Path,
        known: Mapping[str, ColumnType],
        keys: tuple[ForeignKey, ...] = (),
    ) -> None:
        from limerun.exports.reading.value_types import read_columns

        check_names(origin, "table", [*self.tables, name])
        relation = parts_in_sql((part,))
        self.connection.execute(
            f"CREATE VIEW {name_in_sql(name)} AS SELECT * FROM {relation}"
        )
        [rows] = one_row(self.connection, f"SELECT count(*) FROM {relation}")
        self.tables[name] = ExportTable(
            name=name,
            rows=rows,
            columns=read_columns(self.connection, relation, rows, known),
            origin=origin,
            format=format,
            parts=(part,),
            foreign_keys=keys,
        )
        self.progress.rows_made(name, rows, rows)
