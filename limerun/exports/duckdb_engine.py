"""Open DuckDB with limited memory; build SQL for exports."""

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
    """Yield a connection that spills to a folder.

    Raises:
        ExportError: DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError as error:
        raise ExportError(
            "real exports need DuckDB, which is not installed; run: "
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
        # These settings give the same results on every machine, and no progress bar.
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
        yield connection
    finally:
        connection.close()


def is_disk_full(error: Exception) -> bool:
    """Return whether DuckDB ran out of disk space; its errors have no code."""
    return "No space left" in str(error) or "Disk quota exceeded" in str(error)


def one_row(connection: "DuckDBPyConnection", query: str) -> tuple[Any, ...]:
    """Return the only row of a query's result."""
    [row] = connection.execute(query).fetchall()
    return tuple(row)


def text_in_sql(text: object) -> str:
    """Quote a text for SQL."""
    return "'" + str(text).replace("'", "''") + "'"


def parts_in_sql(parts: tuple[Path, ...]) -> str:
    """Return SQL for a table of Parquet files, with its rows in order."""
    # read_parquet reads *, ? and [ in a name as patterns, unless they are in brackets.
    files = ", ".join(text_in_sql(_escaped(part)) for part in parts)
    return f"read_parquet([{files}])"


def _escaped(path: Path) -> str:
    text = str(path)
    for special in "[*?":
        text = text.replace(special, f"[{special}]")
    return text


class RowAppender:
    """Collects rows and inserts them into a DuckDB table in large batches."""

    def __init__(
        self, connection: "DuckDBPyConnection", table: str, columns: str
    ) -> None:
        """Create or replace the table; `columns` are the names and types in SQL."""
        self._connection = connection
        self._table = table
        self._pending: list[Sequence[NDArray[Any]]] = []
        self._rows = 0
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({columns})")

    def add(self, *columns: NDArray[Any]) -> None:
        """Add rows, as one array per column."""
        self._pending.append(columns)
        self._rows += len(columns[0])
        if self._rows >= _APPENDED_ROWS:
            self.flush()

    def flush(self) -> None:
        """Insert the collected rows."""
        if not self._rows:
            return
        arrays = [
            pa.array(np.concatenate(column))
            for column in zip(*self._pending, strict=True)
        ]
        batch = pa.Table.from_arrays(arrays, [f"c{at}" for at in range(len(arrays))])
        self._pending, self._rows = [], 0
        self._connection.register("limerun_batch", batch)
        try:
            self._connection.execute(
                f"INSERT INTO {self._table} SELECT * FROM limerun_batch"
            )
        finally:
            self._connection.unregister("limerun_batch")
