"""Gather columns of numbers, and add them to a table of DuckDB's many at a time."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ROWS = 500_000


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
        if self._rows >= _ROWS:
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
