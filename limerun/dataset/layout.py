"""What is to be made, decided: tables, sources and their columns. Plain records."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

LARGEST_TABLE = 2**31 - 1
"""Rows; numbers of rows are multiplied with 32 random bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: how its values are made, and what they must fit."""

    name: str
    type: str
    """A property type of the platform."""
    kind: str
    options: Mapping[str, object]
    """Every option of the kind, with its value."""
    null_rate: float
    unique: bool
    length: int | None
    """In characters; longer text is cut."""
    related: str | None = None
    """The limetype that a belongsto leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One limetype, or the columns that a source has for itself."""

    name: str
    rows: int
    reach: int
    """Rows that have values: those of the table and those that sources invent."""
    columns: Mapping[str, Column]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceColumn:
    """A column of a file: a path through the limetypes, or one of its own."""

    name: str
    path: tuple[str, ...]
    """Properties from the source's limetype on; of its own: the column's name."""
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file to be made: some of its rows stand for rows of one limetype."""

    name: str
    format: Literal["jsonl", "csv"]
    rows: int
    known: int
    """How many of its rows stand for rows that are in the database."""
    limetype: str | None
    columns: tuple[SourceColumn, ...]
    own: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """Everything that is to be made."""

    seed: int
    locale: str
    tables: Mapping[str, Table]
    pairs: Mapping[str, tuple[str, ...]]
    """Tables behind hasandbelongstomany, by name: their columns."""
    sources: Mapping[str, Source]

    def table_of(self, source: Source) -> Table | None:
        """Return the table that a source's rows stand for."""
        return None if source.limetype is None else self.tables[source.limetype]
