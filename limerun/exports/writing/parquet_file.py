"""Write Parquet with another file's columns, types, packing and groups of rows.

Its metadata is left behind: it may hold values.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # as above

from limerun.errors import ExportError
from limerun.exports.writing.tables import Write

_GROUP_ROWS = 131_072


@dataclass(frozen=True, slots=True, kw_only=True)
class ParquetStyle:
    """How a Parquet file is written."""

    schema: pa.Schema
    compression: str
    group_rows: int


def style_of(path: Path) -> ParquetStyle:
    """Return how a Parquet file is written."""
    with pq.ParquetFile(path) as file:
        metadata = file.metadata
        compression, group_rows = "snappy", _GROUP_ROWS
        if metadata.num_row_groups:
            group = metadata.row_group(0)
            compression = group.column(0).compression.lower()
            group_rows = max(group.num_rows, 1)
        return ParquetStyle(
            schema=_bare(file.schema_arrow),
            compression="none" if compression == "uncompressed" else compression,
            group_rows=min(group_rows, 1 << 20),
        )


def plain_style(schema: pa.Schema) -> ParquetStyle:
    """Return how a file is written that was none before."""
    return ParquetStyle(
        schema=_bare(schema), compression="zstd", group_rows=_GROUP_ROWS
    )


def _bare(schema: pa.Schema) -> pa.Schema:
    fields = [field.remove_metadata() for field in schema]
    return pa.schema(fields)


@contextmanager
def opened_parquet(path: Path, style: ParquetStyle) -> Iterator[Write]:
    """Give a function that writes rows into a new file."""
    waiting: list[pa.RecordBatch] = []
    with pq.ParquetWriter(path, style.schema, compression=style.compression) as writer:

        def flush() -> None:
            table = pa.Table.from_batches(waiting, style.schema)
            writer.write_table(table, row_group_size=style.group_rows)
            waiting.clear()

        def write(rows: pa.RecordBatch) -> None:
            arrays = [
                _restored(array, field)
                for array, field in zip(rows.columns, style.schema, strict=True)
            ]
            waiting.append(pa.RecordBatch.from_arrays(arrays, schema=style.schema))
            if sum(map(len, waiting)) >= style.group_rows:
                flush()

        yield write
        if waiting:
            flush()


def _restored(array: pa.Array, field: pa.Field) -> pa.Array:
    """Return values in the type that they had before they were worked on.

    Raises:
        ExportError: A value has become one that the type does not hold.
    """
    if array.type == field.type:
        return array
    try:
        if pa.types.is_nested(field.type):
            documents = (
                None if text is None else json.loads(text) for text in array.to_pylist()
            )
            return pa.array(
                [_as_items(document, field.type) for document in documents], field.type
            )
        return array.cast(field.type)
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise ExportError(
            f'column "{field.name}": cannot be written as {field.type} again: {error}; '
            "clear it, or write another format with --format"
        ) from error


def _as_items(value: object, type: pa.DataType) -> object:
    """Return an object as the pairs that Arrow has of a map."""
    if pa.types.is_map(type) and isinstance(value, dict):
        return list(value.items())
    return value
