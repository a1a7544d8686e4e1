"""Write Arrow batches to the Parquet file of a table that is being read."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

_GROUP_ROWS = 131_072
_GROUP_BYTES = 64_000_000
_SAMPLE_ROWS = 20_000
_REPETITIVE = 8
"""Above this average number of rows per value, a dictionary is worthwhile."""


class PartWriter:
    """Writes batches of one schema to a file, in row groups.

    The file is optimized for speed and lives for minutes: light compression, no
    statistics, and a dictionary only for columns with repeated values.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.rows = 0
        self._path = path
        self._schema = schema
        self._pending: list[pa.RecordBatch] = []
        self._pending_rows = 0
        self._pending_bytes = 0
        self._writer: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Write the rest, unless there was an error."""
        try:
            if kind is None:
                self._flush()
        finally:
            if self._writer is not None:
                self._writer.close()

    def write(self, batch: pa.RecordBatch) -> None:
        """Write some rows."""
        self.rows += batch.num_rows
        self._pending.append(batch)
        self._pending_rows += batch.num_rows
        self._pending_bytes += batch.nbytes
        if self._pending_rows >= _GROUP_ROWS or self._pending_bytes >= _GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        group = pa.Table.from_batches(self._pending, self._schema)
        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self._path,
                self._schema,
                compression="lz4",
                use_dictionary=_repetitive(group),
                write_statistics=False,
            )
        if group.num_rows:
            self._writer.write_table(group, row_group_size=group.num_rows)
        self._pending, self._pending_rows, self._pending_bytes = [], 0, 0


def _repetitive(group: pa.Table) -> list[str]:
    """Return the text columns whose values are repeated."""
    sample = group.slice(0, _SAMPLE_ROWS)
    return [
        field.name
        for field in group.schema
        if pa.types.is_string(field.type)
        and pc.count_distinct(sample[field.name]).as_py() * _REPETITIVE
        < sample.num_rows
    ]
