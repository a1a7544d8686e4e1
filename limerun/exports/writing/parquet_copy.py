"""Write Parquet with the columns, types, compression and row groups of another file.

The metadata of the other file is not copied, since it may contain values.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from limerun.errors import ExportError
from limerun.writers.parquet_writer import ParquetStyle, opened_parquet

_GROUP_ROWS = 131_072


def parquet_style_of(path: Path) -> ParquetStyle:
    """Return the style of a Parquet file."""
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


def plain_parquet_style(schema: pa.Schema) -> ParquetStyle:
    """Return the style for tables that come from another format."""
    return ParquetStyle(
        schema=_bare(schema), compression="zstd", group_rows=_GROUP_ROWS
    )


def _bare(schema: pa.Schema) -> pa.Schema:
    fields = [field.remove_metadata() for field in schema]
    return pa.schema(fields)


@contextmanager
def opened_parquet_copy(
    path: Path, style: ParquetStyle
) -> Iterator[Callable[[pa.RecordBatch], None]]:
    """Yield a function that writes rows to a new file."""
    with opened_parquet(path, style) as write_rows:

        def write(rows: pa.RecordBatch) -> None:
            arrays = [
                _restored(array, field)
                for array, field in zip(rows.columns, style.schema, strict=True)
            ]
            write_rows(pa.Table.from_arrays(arrays, schema=style.schema))

        yield write


def _restored(array: pa.Array, field: pa.Field) -> pa.Array:
    """Convert values back to the type that they had in the export.

    Raises:
        ExportError: The type does not allow a replaced value.
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
            f'column "{field.name}": the replaced values do not fit the type '
            f"{field.type}: {error}; use the rule clear, or another --format"
        ) from error


def _as_items(value: object, type: pa.DataType) -> object:
    """Return an object as pairs, which Arrow expects for a map."""
    if pa.types.is_map(type) and isinstance(value, dict):
        return list(value.items())
    return value
