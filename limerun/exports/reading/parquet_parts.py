"""Write Arrow batches into the Parquet file that stands for a table while it is read."""

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
"""Values each on average, from which on a dictionary of them pays."""


class PartWriter:
    """Writes batches of one schema into a file, in groups of rows.

    Quick to write and to read, for a few minutes: lightly packed, no statistics, a
    dictionary only for columns whose values come again and again.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.rows = 0
        self._path = path
        self._schema = schema
        self._held: list[pa.RecordBatch] = []
        self._held_rows = 0
        self._held_bytes = 0
        self._writer: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Write what is left, if nothing went wrong."""
        try:
            if kind is None:
                self._flush()
        finally:
            if self._writer is not None:
                self._writer.close()

    def write(self, batch: pa.RecordBatch) -> None:
        """Write some rows."""
        self.rows += batch.num_rows
        self._held.append(batch)
        self._held_rows += batch.num_rows
        self._held_bytes += batch.nbytes
        if self._held_rows >= _GROUP_ROWS or self._held_bytes >= _GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        group = pa.Table.from_batches(self._held, self._schema)
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
        self._held, self._held_rows, self._held_bytes = [], 0, 0


def _repetitive(group: pa.Table) -> list[str]:
    """Return the text columns whose values come again and again."""
    sample = group.slice(0, _SAMPLE_ROWS)
    return [
        field.name
        for field in group.schema
        if pa.types.is_string(field.type)
        and pc.count_distinct(sample[field.name]).as_py() * _REPETITIVE
        < sample.num_rows
    ]
