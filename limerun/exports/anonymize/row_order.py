"""Restore the source's row order in a SQLite copy, for the proof.

SQLite stores rows in the order of their keys. Replaced integer keys keep their order,
but other keys of tables without row ids do not, so these are recorded while they are
written.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from limerun.exports.duckdb_engine import parts_in_sql, text_in_sql
from limerun.exports.tables import Export
from limerun.exports.writing.destination import Destination
from limerun.exports.writing.sqlite_copy import key_columns
from limerun.storage import name_in_sql


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecorder:
    """Records the key columns of tables that SQLite stores in key order."""

    folder: Path
    columns: Mapping[str, tuple[str, ...]]

    def record_keys(
        self, table: str, batches: Iterator[pa.RecordBatch]
    ) -> Iterator[pa.RecordBatch]:
        """Yield a table's rows, and record their keys."""
        columns = self.columns.get(table, ())
        if not columns:
            yield from batches
            return
        writer: pq.ParquetWriter | None = None
        try:
            for batch in batches:
                keys = batch.select(list(columns))
                if writer is None:
                    path = _path(self.folder, table)
                    writer = pq.ParquetWriter(path, keys.schema, compression="lz4")
                writer.write_batch(keys)
                yield batch
        finally:
            if writer is not None:
                writer.close()


def ordering_columns(destination: Destination) -> dict[str, tuple[str, ...]]:
    """Return the columns that determine the order of each table's rows in a copy."""
    return {
        table: key_columns(file.model, table)
        for file in destination.files
        if file.format == "sqlite" and file.model is not None
        for table in file.tables
    }


def restore_order(copy: Export, folder: Path) -> Export:
    """Return a copy with the rows of every table in the order of its source."""
    tables = dict(copy.tables)
    for name, table in copy.tables.items():
        keys = _path(folder, name)
        if not keys.exists():
            continue
        columns = pq.read_schema(keys).names
        same = " AND ".join(
            f"made.{name_in_sql(column)} IS NOT DISTINCT FROM noted.{name_in_sql(column)}"
            for column in columns
        )
        part = keys.with_suffix(".rows")
        key_rows = parts_in_sql((keys,)).removesuffix(")") + ", file_row_number = true)"
        copy.connection.execute(
            f"COPY (SELECT made.* FROM {parts_in_sql(table.parts)} AS made "
            f"JOIN {key_rows} AS noted ON {same} ORDER BY noted.file_row_number) "
            f"TO {text_in_sql(part)} (FORMAT parquet, COMPRESSION lz4_raw)"
        )
        tables[name] = replace(table, parts=(part,))
    return replace(copy, tables=tables)


def _path(folder: Path, table: str) -> Path:
    return folder / f"{table.encode().hex()}.keys"
