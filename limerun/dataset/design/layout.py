"""Records of a dataset's schema: tables, sources and their columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from limerun.records import DatasetPlan, SourcePlan
from limerun.storage import OPTION_TYPES, TEXT_TYPES

LARGEST_TABLE = 2**31 - 1
"""Maximum rows of a table. More would cause an overflow, because row counts are
multiplied by 32 random bits."""
DEFAULT_SEED, DEFAULT_LOCALE = 2026, "sv_SE"
"""The seed and locale of sources in a config without a dataset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: how its values are generated, and which type they must fit."""

    name: str
    type: str
    """A property type of the platform."""
    kind: str
    options: Mapping[str, object]
    """Every option of the kind, with its value."""
    null_rate: float
    unique: bool
    length: int | None
    """Maximum length in characters; longer text is truncated."""
    related: str | None = None
    """The limetype that a belongsto refers to."""
    distinct: bool = False
    """True if all values differ; with a cardinality, several rows share each value."""
    because: str = "given"
    """The reason for the kind: "given" in the config; guessed from "name", "label" or
    "type"; or "empty", because the related limetype has no rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One limetype, or the columns of a source that are not in the database."""

    name: str
    rows: int
    value_rows: int
    """Number of rows with values: rows of the table, and rows that exist only in
    sources."""
    columns: Mapping[str, Column]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceColumn:
    """A column of a file: a path through the limetypes, or one with its own kind."""

    name: str
    path: tuple[str, ...]
    """Properties from the source's limetype on, or the column's own name."""
    own: bool
    """True if the column defines its own kind."""
    type: str
    """A property type of the platform."""
    kind: str
    """The kind of its values; "id" for a limetype's id."""

    @property
    def is_text(self) -> bool:
        """True if the column's values are text."""
        return self.type in TEXT_TYPES | OPTION_TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file of rows, some of which are rows of one limetype."""

    name: str
    format: Literal["jsonl", "csv", "parquet", "json"]
    delimiter: str
    """Delimiter between the cells of a CSV file."""
    rows: int
    known: int
    """Number of rows that are in the database, without duplicates."""
    duplicates: int
    """Number of rows that repeat an earlier row."""
    missing: int
    """Number of rows with a missing value."""
    malformed: int
    """Number of rows with a malformed value."""
    indexed: bool
    """True if an index file has the position of each row."""
    limetype: str | None
    columns: tuple[SourceColumn, ...]
    own: Table
    """The columns with their own kind."""

    @property
    def invented(self) -> int:
        """Number of rows that are not in the database, without duplicates."""
        return self.rows - self.duplicates - self.known


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """Everything that will be generated."""

    seed: int
    locale: str
    tables: Mapping[str, Table]
    pairs: Mapping[str, Table]
    """The tables behind hasandbelongstomany, by name, with a column for each end."""
    sources: Mapping[str, Source]

    @property
    def stored(self) -> Mapping[str, Table]:
        """All tables of the database: limetypes, then pairs."""
        return {**self.tables, **self.pairs}

    def table_of(self, source: Source) -> Table | None:
        """Return the table of a source's limetype."""
        return None if source.limetype is None else self.tables[source.limetype]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetDesign:
    """A checked plan, its sources, and the schema made from them."""

    plan: DatasetPlan | None
    """The plan of the database; None: there is no database."""
    sources: Mapping[str, SourcePlan]
    """The plans of the files, by name."""
    schema: Schema


NO_DATASET = DatasetDesign(
    plan=None,
    sources={},
    schema=Schema(
        seed=DEFAULT_SEED, locale=DEFAULT_LOCALE, tables={}, pairs={}, sources={}
    ),
)
