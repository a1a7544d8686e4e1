"""DuckDB as it is used on exports: memory limited, what is too much on disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from limerun.errors import ExportError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

THREADS = 2


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
