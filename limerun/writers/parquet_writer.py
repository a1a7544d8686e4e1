"""Write a Parquet file with pyarrow, one row group after another."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class ParquetStyle:
    """The settings with which a Parquet file is written."""

    schema: pa.Schema
    compression: str
    level: int | None = None
    """The compression level; None means the default."""
    group_rows: int | None = None
    """Rows per row group; None means one group per write."""
    dictionaries: bool | Sequence[str] = True
    """Columns with dictionaries; True means wherever they save space."""
    has_arrow_schema: bool = True
    """True if the metadata contains the Arrow types."""


@contextmanager
def opened_parquet(
    path: Path, style: ParquetStyle
) -> Iterator[Callable[[pa.Table], None]]:
    """Yield a function that writes rows into a new file."""
    from pyarrow import parquet

    waiting: list[pa.Table] = []
    with parquet.ParquetWriter(
        path,
        style.schema,
        compression=style.compression,
        compression_level=style.level,
        use_dictionary=style.dictionaries,
        store_schema=style.has_arrow_schema,
    ) as writer:

        def flush() -> None:
            rows = pa.concat_tables(waiting)
            waiting.clear()
            if style.group_rows is None:
                # Otherwise a group would have one dictionary per chunk.
                rows = rows.combine_chunks()
            most = style.group_rows or max(len(rows), 1)
            writer.write_table(rows, row_group_size=most)

        def write(rows: pa.Table) -> None:
            waiting.append(rows)
            if sum(map(len, waiting)) >= (style.group_rows or 0):
                flush()

        yield write
        if waiting:
            flush()
