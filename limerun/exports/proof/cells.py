"""Read the cells of a column as text with row numbers: all rows, or distinct values."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from limerun.exports.duckdb_engine import parts_in_sql
from limerun.exports.tables import ExportColumn, ExportTable
from limerun.storage import name_in_sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BATCH_ROWS = 65_536
FEW = 50_000
"""Up to this many distinct values, each value is read once instead of every row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnCells:
    """Some cells of a column."""

    texts: pa.Array
    """The texts; they include nulls if every row is read."""
    rows: NDArray[np.int64]
    """The row of each text, or the first row with it; counted from 1."""
    counts: NDArray[np.int64]
    """The number of rows with each text."""


def read_cells(
    connection: "DuckDBPyConnection",
    table: ExportTable,
    column: ExportColumn,
    distinct: int,
) -> Iterator[ColumnCells]:
    """Yield the values of a column in batches; few distinct values are read once each."""
    stored_as_text = pa.types.is_string(stored_type(table, column))
    if stored_as_text and distinct <= FEW and distinct * 2 < table.rows:
        yield _each_once(connection, table, column)
    else:
        yield from _every_row(table, column)


def _each_once(
    connection: "DuckDBPyConnection", table: ExportTable, column: ExportColumn
) -> ColumnCells:
    name = name_in_sql(column.name)
    rows = " UNION ALL ".join(
        f"SELECT {name} AS value, file_row_number + {before} AS row "
        f"FROM {part} WHERE {name} IS NOT NULL"
        for part, before in numbered_parts(table)
    )
    found = connection.execute(
        f"SELECT value, min(row) + 1, count(*) FROM ({rows}) GROUP BY value ORDER BY 2"
    ).fetchnumpy()
    values, first, counts = (np.asarray(each) for each in found.values())
    return ColumnCells(
        texts=pa.array(values.tolist(), pa.string()),
        rows=first.astype(np.int64),
        counts=counts.astype(np.int64),
    )


def numbered_parts(table: ExportTable) -> Iterator[tuple[str, int]]:
    """Yield each part as SQL with a file_row_number, and the number of earlier rows."""
    before = 0
    for part in table.parts:
        yield (
            parts_in_sql((part,)).removesuffix(")") + ", file_row_number = true)",
            before,
        )
        before += pq.read_metadata(part).num_rows


def stored_type(table: ExportTable, column: ExportColumn) -> Any:
    """Return the Arrow type with which a column is stored."""
    return pq.read_schema(table.parts[0]).field(column.name).type


def _every_row(table: ExportTable, column: ExportColumn) -> Iterator[ColumnCells]:
    before = 0
    for part in table.parts:
        with pq.ParquetFile(part) as file:
            for batch in file.iter_batches(
                batch_size=_BATCH_ROWS, columns=[column.name]
            ):
                texts = _as_texts(batch.column(column.name))
                yield ColumnCells(
                    texts=texts,
                    rows=np.arange(before + 1, before + len(texts) + 1),
                    counts=np.ones(len(texts), np.int64),
                )
                before += len(texts)


def _as_texts(array: pa.Array) -> pa.Array:
    """Return values as text; binary values stay binary, since they may contain text."""
    type = array.type
    if pa.types.is_string(type) or pa.types.is_binary(type):
        return array
    if pa.types.is_fixed_size_binary(type) or pa.types.is_large_binary(type):
        return array.cast(pa.binary())
    return array.cast(pa.string())
