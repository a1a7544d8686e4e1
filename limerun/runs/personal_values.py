"""Collect the personal values of a dataset, from its database and its sources."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice

from limerun.dataset.design.layout import Column, DatasetDesign, SourceColumn
from limerun.records import Dataset, SourceFile
from limerun.runs.known_values import KnownColumn, KnownValues
from limerun.storage import name_in_sql

MOST_VALUES = 1_000_000
"""Largest number of values to search for: each takes about 500 bytes."""
_ALONE = frozenset({"email", "phone", "nationalid"})
_PEOPLE = frozenset({"firstname", "lastname", "fullname", "birthdate", "nationalid"})
"""Column kinds which show that each row of a table is a person."""
_IF_RARE = frozenset({"fullname", "street"})
_OF_PEOPLE = _PEOPLE | _ALONE | {"street", "postalcode", "city"}
_Row = tuple[int, object]


def personal_kinds(kinds: Iterable[str]) -> frozenset[str]:
    """Return which of a table's column kinds are personal.

    An address is personal only if the table also has a name or a similar column.
    """
    found = frozenset(kinds)
    return found & (_OF_PEOPLE if found & _PEOPLE else _ALONE)


def known_values(
    design: DatasetDesign,
    dataset: Dataset | None,
    words: "frozenset[str] | None" = None,
) -> KnownValues:
    """Return the personal values of a dataset: of its tables, then of its sources.

    Args:
        design: Its schema, with the kinds of the columns.
        dataset: Its files.
        words: Return only values that begin with one of these; None: return all.
    """
    values = KnownValues(words)
    if dataset is None:
        return values
    if dataset.database is not None:
        with closing(
            sqlite3.connect(f"{dataset.database.as_uri()}?mode=ro", uri=True)
        ) as connection:
            for table in design.schema.tables.values():
                columns = [*table.columns.values()]
                for column in _personal(columns):
                    rows = connection.execute(
                        f"SELECT id, {name_in_sql(column.name)} "
                        f"FROM {name_in_sql(table.name)}"
                    )
                    _add(values, table.name, column, rows)
    for name, file in dataset.sources.items():
        for each in _personal(design.schema.sources[name].columns):
            _add(values, name, each, _source_values(file, each.name, design, name))
    return values


def _personal(
    columns: "Sequence[Column] | Sequence[SourceColumn]",
) -> "list[Column | SourceColumn]":
    kinds = personal_kinds(column.kind for column in columns)
    return [column for column in columns if column.kind in kinds]


def _add(
    values: KnownValues,
    table: str,
    column: "Column | SourceColumn",
    rows: Iterable[_Row],
) -> None:
    if column.kind == "birthdate":
        rows = ((row, str(value)[:10]) for row, value in rows if value is not None)
    known = KnownColumn(
        table=table,
        name=column.name,
        kind=column.kind,
        alone=column.kind in _ALONE,
        if_rare=column.kind in _IF_RARE,
    )
    values.add(known, islice(rows, max(0, MOST_VALUES - len(values))))


def _source_values(
    file: SourceFile, column: str, design: DatasetDesign, name: str
) -> Iterator[_Row]:
    """Yield a column of a generated file, with the numbers of the rows from 1."""
    for number, row in enumerate(_rows(file, design.schema.sources[name].delimiter), 1):
        if isinstance(row, dict):
            yield number, row.get(column)


def _rows(file: SourceFile, delimiter: str) -> Iterator[object]:
    if file.format == "parquet":
        from pyarrow import parquet

        for batch in parquet.ParquetFile(file.path).iter_batches():
            yield from batch.to_pylist()
        return
    with file.path.open(encoding="utf-8", newline="") as lines:
        if file.format == "csv":
            import csv

            yield from csv.DictReader(lines, delimiter=delimiter)
        elif file.format == "json":
            yield from json.load(lines)
        else:
            yield from map(json.loads, lines)
