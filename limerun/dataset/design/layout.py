"""What is to be made, decided: tables, sources and their columns. Plain records."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from limerun.records import DatasetPlan, SourcePlan
from limerun.storage import OPTION_TYPES, TEXT_TYPES

LARGEST_TABLE = 2**31 - 1
"""Rows; numbers of rows are multiplied with 32 random bits."""
DEFAULT_SEED, DEFAULT_LOCALE = 2026, "sv_SE"
"""Of sources that are made without a dataset."""


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
    distinct: bool = False
    """Whether rows have different values, but for those that share one on purpose."""
    because: str = "given"
    """Why it is of this kind: it was "given", or guessed by "name", "label" or "type";
    or what it leads to is "empty"."""


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
    type: str
    """A property type of the platform."""
    kind: str
    """How its values are made; "id" for those of a limetype's own key."""

    @property
    def is_text(self) -> bool:
        """Whether its values are text by nature."""
        return self.type in TEXT_TYPES | OPTION_TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file to be made: some of its rows stand for rows of one limetype."""

    name: str
    format: Literal["jsonl", "csv", "parquet", "json"]
    delimiter: str
    """Between the cells of a CSV file."""
    rows: int
    known: int
    """How many of its rows, repeats apart, stand for rows of the database."""
    duplicates: int
    """How many of its rows repeat an earlier one."""
    missing: int
    """How many of its rows miss a value."""
    malformed: int
    """How many of its rows hold a value that is not as it should be."""
    indexed: bool
    """Whether a file beside it says where each row begins."""
    limetype: str | None
    columns: tuple[SourceColumn, ...]
    own: Table

    @property
    def invented(self) -> int:
        """How many of its rows, repeats apart, are in no table."""
        return self.rows - self.duplicates - self.known


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """Everything that is to be made."""

    seed: int
    locale: str
    tables: Mapping[str, Table]
    pairs: Mapping[str, Table]
    """Tables behind hasandbelongstomany, by name: a column for each end."""
    sources: Mapping[str, Source]

    @property
    def stored(self) -> Mapping[str, Table]:
        """The tables of the database: those of the limetypes, then those of pairs."""
        return {**self.tables, **self.pairs}

    def table_of(self, source: Source) -> Table | None:
        """Return the table that a source's rows stand for."""
        return None if source.limetype is None else self.tables[source.limetype]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetDesign:
    """What was asked for, checked, and the schema that comes of it."""

    plan: DatasetPlan | None
    """The database's rows; None: there is no database."""
    sources: Mapping[str, SourcePlan]
    """The files, by name."""
    schema: Schema


NO_DATASET = DatasetDesign(
    plan=None,
    sources={},
    schema=Schema(
        seed=DEFAULT_SEED, locale=DEFAULT_LOCALE, tables={}, pairs={}, sources={}
    ),
)
