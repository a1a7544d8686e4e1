"""DuckDB as it is used on exports: memory limited, what is too much on disk."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from limerun.errors import ExportError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

THREADS = 2
_APPENDED_ROWS = 500_000


@contextmanager
def opened_engine(folder: Path, memory_bytes: int) -> Iterator["DuckDBPyConnection"]:
    """Yield a connection that spills into a folder, and closes at the end.

    Raises:
        ExportError: DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError as error:
        raise ExportError(
            "exports are worked on with DuckDB, which is not installed: "
            "pip install 'limerun[anonymize]'"
        ) from error
    spilled = folder / "spilled"
    connection = duckdb.connect(
        config={
            "memory_limit": f"{max(memory_bytes // 1_000_000, 64)}MB",
            "threads": THREADS,
            "temp_directory": str(spilled),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    try:
        # The same answers on every machine, and no bar that nobody asked for.
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
        yield connection
    finally:
        connection.close()


def is_disk_full(error: Exception) -> bool:
    """Return whether DuckDB ran out of disk space; its errors have no number."""
    return "No space left" in str(error) or "Disk quota exceeded" in str(error)


def one_row(connection: "DuckDBPyConnection", query: str) -> tuple[Any, ...]:
    """Return the only row of a query's result, and leave no result open."""
    [row] = connection.execute(query).fetchall()
    return tuple(row)


def name_in_sql(name: str) -> str:
    """Return a table's or column's name as SQL reads it."""
    return '"' + name.replace('"', '""') + '"'


def text_in_sql(text: object) -> str:
    """Return a text as SQL reads it."""
    return "'" + str(text).replace("'", "''") + "'"


def parts_in_sql(parts: tuple[Path, ...]) -> str:
    """Return a table of Parquet files as SQL reads it, in the order of its rows."""
    # read_parquet takes [, ] and * in a name for patterns; in brackets they are not.
    files = ", ".join(text_in_sql(_escaped(part)) for part in parts)
    return f"read_parquet([{files}])"


def _escaped(path: Path) -> str:
    text = str(path)
    for special in "[*?":
        text = text.replace(special, f"[{special}]")
    return text


class RowAppender:
    """Rows on their way into a table."""

    def __init__(
        self, connection: "DuckDBPyConnection", table: str, columns: str
    ) -> None:
        """Make the table, anew; `columns` are their names and types in SQL."""
        self._connection = connection
        self._table = table
        self._held: list[Sequence[NDArray[Any]]] = []
        self._rows = 0
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({columns})")

    def add(self, *columns: NDArray[Any]) -> None:
        """Add rows, a column at a time."""
        self._held.append(columns)
        self._rows += len(columns[0])
        if self._rows >= _APPENDED_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        if not self._rows:
            return
        arrays = [
            pa.array(np.concatenate(column)) for column in zip(*self._held, strict=True)
        ]
        batch = pa.Table.from_arrays(arrays, [f"c{at}" for at in range(len(arrays))])
        self._held, self._rows = [], 0
        self._connection.register("limerun_batch", batch)
        try:
            self._connection.execute(
                f"INSERT INTO {self._table} SELECT * FROM limerun_batch"
            )
        finally:
            self._connection.unregister("limerun_batch")
