"""Records of a real export while limerun works on it."""

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
    """A column, and the type of all its values.

    The stored type may differ: CSV columns are stored as text, as they were written,
    and a database may store dates as text too.
    """

    name: str
    type: ColumnType


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """Columns that refer to a row of another table, as the database declares."""

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
    """Origin of the table for messages: a path, or a server without its password."""
    format: Format
    parts: tuple[Path, ...]
    """Parquet files with the rows in the export's order; a Parquet export is its own
    part."""
    foreign_keys: tuple[ForeignKey, ...] = ()
    """Foreign keys as declared by a database; files declare none."""

    def column(self, name: str) -> ExportColumn:
        """Return the column with this name.

        Raises:
            KeyError: There is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """The tables of an export, and a DuckDB connection with a view of each table."""

    tables: Mapping[str, ExportTable]
    connection: "DuckDBPyConnection"
    """The connection has limited memory; larger intermediate results go to disk."""
