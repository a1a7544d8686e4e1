"""Records of an export's rules: how each column is replaced."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRule:
    """The rule that replaces the values of one column."""

    kind: str
    """"keep" only if the rules say so."""
    options: Mapping[str, object] = field(default_factory=dict)
    domain: str | None = None
    """Columns of the same domain are mapped in the same way in all tables and files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRules:
    """The rules of one table."""

    columns: Mapping[str, ColumnRule]
    quasi_identifiers: tuple[str, ...] = ()
    """Columns that could identify a person together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of an export, by the names of its tables and columns."""

    tables: Mapping[str, TableRules]
