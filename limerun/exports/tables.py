"""A real export as limerun holds it while it works on it. Plain records."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ColumnType = Literal[
    "text", "integer", "decimal", "boolean", "date", "time", "json", "binary"
]
Format = Literal["csv", "jsonl", "json", "parquet", "sqlite", "postgresql"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportColumn:
    """A column, and what every value of it that is not null reads as.

    How it is stored may differ: all columns of a CSV file are stored as text, as
    they were written, and so may be a database's dates.
    """

    name: str
    type: ColumnType


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """Columns that name a row of a table, as the database declares."""

    columns: tuple[str, ...]
    parent_table: str
    parent_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportTable:
    """One table of an export: a file, or a table of a database."""

    name: str
    rows: int
    columns: tuple[ExportColumn, ...]
    origin: str
    """Where it came from, for messages: a path, or a server's without a password."""
    format: Format
    parts: tuple[Path, ...]
    """Parquet files with the rows in the export's order; of a Parquet export, its own."""
    foreign_keys: tuple[ForeignKey, ...] = ()
    """Those that a database declares; files declare none."""

    def column(self, name: str) -> ExportColumn:
        """Return a column by its name.

        Raises:
            KeyError: There is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """The tables of an export, and DuckDB with a view of each under its name."""

    tables: Mapping[str, ExportTable]
    connection: "DuckDBPyConnection"
    """Its memory is limited; what does not fit is spilled beside the parts."""
