"""Write each table of a copy to its file."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from limerun.exports.tables import Export, ExportTable
from limerun.exports.writing.destination import OutputFile, table_of
from limerun.exports.writing.parquet_copy import (
    opened_parquet_copy,
    parquet_style_of,
    plain_parquet_style,
)
from limerun.exports.writing.sqlite_copy import (
    TableBatches,
    plain_sqlite_schema,
    sqlite_schema_of,
    write_sqlite,
)
from limerun.exports.writing.text_copy import (
    PLAIN_CSV,
    csv_dialect_of,
    opened_csv,
    opened_json,
)
from limerun.progress import Progress

RowsOf = Callable[[str], Iterator[pa.RecordBatch]]
"""A function that returns the rows of a table, given its name."""


def write_files(
    folder: Path,
    files: tuple[OutputFile, ...],
    export: Export,
    rows_of: RowsOf,
    progress: Progress,
) -> None:
    """Write files to a folder.

    Raises:
        ExportError: A row does not fit its file.
        OSError: The disk is full.
    """
    for file in files:
        if file.format == "sqlite":
            _write_database(folder / file.name, file, export, (rows_of, progress))
            continue
        table = table_of(file, export)
        with _opened(folder / file.name, file, table) as write:
            for rows in rows_of(table.name):
                write(rows)


def _write_database(
    path: Path,
    file: OutputFile,
    export: Export,
    source: tuple[RowsOf, Progress],
) -> None:
    rows_of, progress = source
    if file.model is not None:
        schema = sqlite_schema_of(file.model)
    else:
        tables = [(name, _schema(export.tables[name])) for name in file.tables]
        schema = plain_sqlite_schema(tables)

    def bound(name: str) -> TableBatches:
        return lambda: rows_of(name)

    rows = {name: bound(name) for name in file.tables}
    write_sqlite(path, schema, rows, progress)


def _opened(
    path: Path, file: OutputFile, table: ExportTable
) -> AbstractContextManager[Callable[[pa.RecordBatch], None]]:
    schema = _schema(table)
    like = file.model
    if file.format == "csv":
        dialect = csv_dialect_of(like) if like else PLAIN_CSV
        return opened_csv(path, schema, dialect)
    if file.format == "parquet":
        style = parquet_style_of(like) if like else plain_parquet_style(schema)
        return opened_parquet_copy(path, style)
    documents = {column.name for column in table.columns if column.type == "json"}
    return opened_json(path, schema, documents, lines=file.format == "jsonl")


def _schema(table: ExportTable) -> pa.Schema:
    return pq.read_schema(table.parts[0])
