"""The proof that a copy holds no value of its source, as it is shown and saved.

It goes to logs that many read: it names tables, columns and rows, and no value. An
example is its first letter and its length.
"""

from dataclasses import dataclass
from typing import Literal

PROOF_SCHEMA = "limerun.proof/1"

Judged = Literal["set", "row", "kept", "nothing"]
"""By set: no value in common. By row: values in common cannot be avoided, so each row
is held against its own source. Kept: as the user wrote. Nothing: there is no value."""
Where = Literal["value", "inside"]
"""A survivor is a value of the copy, or stands inside of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFigures:
    """What a column holds, in numbers. Lengths in characters (binary: bytes); of texts."""

    rows: int
    nulls: int
    distinct: int
    min_length: int | None
    max_length: int | None
    total_length: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenColumn:
    """One column of the source, held against the same column of the copy."""

    name: str
    type: str
    rule: str | None
    """The kind of rule that was given for it."""
    judged: Judged
    share_in_use: float | None
    """How many of the values that are possible are in use; None: no such number."""
    values_in_common: int | None
    """Different ones; None: not counted, as so many are possible that it tells nothing."""
    values_by_chance: float | None
    """How many values in common chance would give, where they cannot be avoided."""
    rows_unchanged: int | None
    """None: rows were not compared, since none can be the same, or they differ in number."""
    rows_by_chance: float | None
    """How many rows would be unchanged if the copy's values were dealt out anew."""
    unique: bool
    """Whether no value of the source comes twice."""
    unique_kept: bool | None
    source: ColumnFigures
    copy: ColumnFigures | None
    """None: the copy has no such column."""
    passed: bool
    why: str
    """What is to be said of it; empty: nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallestGroup:
    """How few rows share the values of the columns that, together, may tell who it is."""

    columns: tuple[str, ...]
    source: int
    copy: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenTable:
    """One table of the source, held against the same table of the copy."""

    name: str
    source_rows: int
    copy_rows: int | None
    columns: tuple[ProvenColumn, ...]
    smallest_group: SmallestGroup | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivor:
    """Values of one column of the source that were found in one column of the copy."""

    source: str
    """table.column"""
    copy: str
    """table.column"""
    where: Where
    values: int
    """Different ones."""
    rows: int
    """Rows of the copy that hold one."""
    first_row: int
    """Of those, counted from 1."""
    by_chance: float
    """How many chance would give: numbers meet other numbers."""
    counted: bool
    """Whether it speaks against the copy; not if chance explains it."""
    examples: tuple[str, ...]
    """Masked: the first letter, and how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenLink:
    """A column that holds another table's keys, before and after."""

    child: str
    parent: str
    source_orphans: int
    copy_orphans: int | None
    """None: the copy lacks one of the columns."""
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenDomain:
    """Columns whose values the rules map alike, and whether they are."""

    name: str
    columns: tuple[str, ...]
    inconsistent: int
    """Values of the source that became more than one."""
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The document: what was compared, what was found, and whether that is nothing."""

    schema: str
    passed: bool
    reasons: tuple[str, ...]
    """Why it did not pass, the worst first."""
    notes: tuple[str, ...]
    """What should be known of it all the same."""
    tables: tuple[ProvenTable, ...]
    survivors: tuple[Survivor, ...]
    links: tuple[ProvenLink, ...]
    domains: tuple[ProvenDomain, ...]
