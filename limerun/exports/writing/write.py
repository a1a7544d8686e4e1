"""Write every table of a copy into its file, in a folder of its own."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # as above

from limerun.exports.layout import Export, ExportTable
from limerun.exports.writing import csv_file, parquet_file, sqlite_file
from limerun.exports.writing.json_file import opened_json
from limerun.exports.writing.outlet import OutputFile, table_of
from limerun.exports.writing.tables import Write
from limerun.progress import Progress

RowsOf = Callable[[str], Iterator[pa.RecordBatch]]
"""From a table's name to its rows."""


def write_files(
    folder: Path,
    files: tuple[OutputFile, ...],
    export: Export,
    rows_of: RowsOf,
    progress: Progress,
) -> None:
    """Write files into a folder.

    Raises:
        ExportError: A row does not fit where it is to go.
        OSError: There is no room.
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
        schema = sqlite_file.schema_of(file.model)
    else:
        tables = [(name, _schema(export.tables[name])) for name in file.tables]
        schema = sqlite_file.plain_schema(tables)

    def bound(name: str) -> sqlite_file.Rows:
        return lambda: rows_of(name)

    rows = {name: bound(name) for name in file.tables}
    sqlite_file.write_sqlite(path, schema, rows, progress)


def _opened(
    path: Path, file: OutputFile, table: ExportTable
) -> AbstractContextManager[Write]:
    schema = _schema(table)
    if file.format == "csv":
        style = csv_file.CsvStyle()
        if file.model is not None:
            style = csv_file.style_of(file.model)
        return csv_file.opened_csv(path, schema, style)
    if file.format == "parquet":
        like = parquet_file.plain_style(schema)
        if file.model is not None:
            like = parquet_file.style_of(file.model)
        return parquet_file.opened_parquet(path, like)
    documents = {column.name for column in table.columns if column.type == "json"}
    return opened_json(path, schema, documents, lines=file.format == "jsonl")


def _schema(table: ExportTable) -> pa.Schema:
    return pq.read_schema(table.parts[0])
