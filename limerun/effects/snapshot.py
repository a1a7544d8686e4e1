"""Read a database into hashes: one per value, and the ids that relations refer to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from limerun.dataset.design.layout import Schema
from limerun.dataset.words.randomness import Words
from limerun.effects.postgres_reading import opened_postgres
from limerun.effects.reading import REFERENCE, Ids
from limerun.effects.sqlite_reading import opened_sqlite
from limerun.storage import ID_COLUMN, column_type

if TYPE_CHECKING:
    from limerun.dataset.design.layout import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTable:
    """The pairs of a hasandbelongstomany relation, as a property of its first end."""

    table: str
    limetype: str
    property: str
    related: str
    columns: tuple[str, str]
    """The columns with the ids of the limetype, and of the related one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotSchema:
    """The limetypes of a database, their columns and their relations.

    System columns are left out: they say when and by whom a row was written.
    """

    columns: Mapping[str, Mapping[str, str]]
    """The type of each property with a column, by limetype: an SQL type or REFERENCE."""
    relations: Mapping[str, Mapping[str, str]]
    """The related limetype of each belongsto, by limetype and property."""
    links: tuple[LinkTable, ...]

    @classmethod
    def of(cls, schema: Schema) -> Self:
        """Return the model of a dataset's schema."""
        relations = {
            name: {
                column.name: column.related
                for column in table.columns.values()
                if column.type == "belongsto" and column.related is not None
            }
            for name, table in schema.tables.items()
        }
        return cls(
            columns={
                name: {
                    column.name: REFERENCE
                    if column.name in relations[name]
                    else column_type(column.type) or "TEXT"
                    for column in table.columns.values()
                }
                for name, table in schema.tables.items()
            },
            relations=relations,
            links=tuple(
                _link_of(name, table)
                for name, table in schema.pairs.items()
                if len(table.columns) == 2
            ),
        )


def _link_of(name: str, table: "Table") -> LinkTable:
    near, far = table.columns.values()
    assert near.related is not None
    assert far.related is not None
    return LinkTable(
        table=name,
        limetype=near.related,
        property=near.name.removeprefix(f"{near.related}_"),
        related=far.related,
        columns=(near.name, far.name),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRows:
    """The rows of one limetype, in the order of their ids."""

    ids: Ids
    values: Mapping[str, Words]
    """The hash of each row's value, by property; without relations."""
    related: Mapping[str, Ids]
    """The id of each row's related object, by belongsto."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The content of a database at one time."""

    model: SnapshotSchema
    tables: Mapping[str, SnapshotRows]
    pairs: Mapping[str, tuple[Ids, Ids]]
    """The ids of both ends of each pair, by link table."""


def read_snapshot(place: Path | str, model: SnapshotSchema) -> Snapshot:
    """Read a database; a table or column that does not exist counts as empty.

    Args:
        place: A SQLite file, or the URL of a PostgreSQL database.
        model: The limetypes to read.

    Raises:
        DatasetError: The database cannot be read.
    """
    opened = opened_sqlite(place) if isinstance(place, Path) else opened_postgres(place)
    with opened as reader:
        tables = {}
        for limetype, columns in model.columns.items():
            tables[limetype] = _ordered(
                *reader.read(limetype, {ID_COLUMN: REFERENCE, **columns})
            )
        pairs = {}
        for link in model.links:
            _, ends = reader.read(link.table, dict.fromkeys(link.columns, REFERENCE))
            near, far = (ends[column] for column in link.columns)
            pairs[link.table] = (near, far)
    return Snapshot(model=model, tables=tables, pairs=pairs)


def _ordered(hashes: dict[str, Words], ids: dict[str, Ids]) -> SnapshotRows:
    numbers = ids.pop(ID_COLUMN)
    if numbers.size and (np.diff(numbers) < 0).any():
        order = np.argsort(numbers, kind="stable")
        numbers = numbers[order]
        hashes = {name: column[order] for name, column in hashes.items()}
        ids = {name: column[order] for name, column in ids.items()}
    return SnapshotRows(ids=numbers, values=hashes, related=ids)
