"""The rules of an export: what becomes of each column. Plain records."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRule:
    """How the values of one column are replaced."""

    kind: str
    """"keep" only where it was written."""
    options: Mapping[str, object] = field(default_factory=dict)
    domain: str | None = None
    """Columns of one domain are mapped alike, in whichever table or file they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRules:
    """The rules of one table."""

    columns: Mapping[str, ColumnRule]
    quasi_identifiers: tuple[str, ...] = ()
    """Columns that, taken together, may tell who somebody is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of an export: tables and columns by the names that they have in it."""

    tables: Mapping[str, TableRules]
