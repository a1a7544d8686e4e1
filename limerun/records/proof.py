"""The proof that a copy holds no value of its source, as it is shown and saved.

It goes to logs that many read: it names tables, columns and rows, and no value. An
example is its first letter and its length.
"""

from typing import Final, Literal

from limerun.frozen import frozen
from limerun.records.field_types import Count, Flag, Number

PROOF_SCHEMA: Final = "limerun.proof/1"  # 1 - first version

Judged = Literal["set", "row", "kept", "nothing"]
"""By set: no value in common. By row: values in common cannot be avoided, so each row
is held against its own source. Kept: as the user wrote. Nothing: there is no value."""
Where = Literal["value", "inside"]
"""A survivor is a value of the copy, or stands inside of one."""


@frozen
class ColumnFigures:
    """What a column holds, in numbers. Lengths in characters (binary: bytes); of texts."""

    rows: Count
    nulls: Count
    distinct: Count
    min_length: Count | None
    max_length: Count | None
    total_length: Count | None


@frozen
class ProvenColumn:
    """One column of the source, held against the same column of the copy."""

    name: str
    type: str
    rule: str | None
    """The kind of rule that was given for it."""
    judged: Judged
    share_in_use: Number | None
    """How many of the values that are possible are in use; None: no such number."""
    values_in_common: Count | None
    """Different ones; None: not counted, as so many are possible that it tells nothing."""
    values_by_chance: Number | None
    """How many values in common chance would give, where they cannot be avoided."""
    rows_unchanged: Count | None
    """None: rows were not compared, since none can be the same, or they differ in number."""
    rows_by_chance: Number | None
    """How many rows would be unchanged if the copy's values were dealt out anew."""
    unique: Flag
    """Whether no value of the source comes twice."""
    unique_kept: Flag | None
    source: ColumnFigures
    copy: ColumnFigures | None
    """None: the copy has no such column."""
    passed: Flag
    why: str
    """What is to be said of it; empty: nothing."""


@frozen
class SmallestGroup:
    """How few rows share the values of the columns that, together, may tell who it is."""

    columns: tuple[str, ...]
    source: Count
    copy: Count | None


@frozen
class ProvenTable:
    """One table of the source, held against the same table of the copy."""

    name: str
    source_rows: Count
    copy_rows: Count | None
    columns: tuple[ProvenColumn, ...]
    smallest_group: SmallestGroup | None


@frozen
class Survivor:
    """Values of one column of the source that were found in one column of the copy."""

    source: str
    """table.column"""
    copy: str
    """table.column"""
    where: Where
    values: Count
    """Different ones."""
    rows: Count
    """Rows of the copy that hold one."""
    first_row: Count
    """Of those, counted from 1."""
    by_chance: Number
    """How many chance would give: numbers meet other numbers."""
    counted: Flag
    """Whether it speaks against the copy; not if chance explains it."""
    examples: tuple[str, ...]
    """Masked: the first letter, and how many there are."""


@frozen
class ProvenLink:
    """A column that holds another table's keys, before and after."""

    child: str
    parent: str
    source_orphans: Count
    copy_orphans: Count | None
    """None: the copy lacks one of the columns."""
    passed: Flag


@frozen
class ProvenDomain:
    """Columns whose values the rules map alike, and whether they are."""

    name: str
    columns: tuple[str, ...]
    inconsistent: Count
    """Values of the source that became more than one."""
    passed: Flag


@frozen
class Proof:
    """The document: what was compared, what was found, and whether that is nothing."""

    schema: Literal["limerun.proof/1"]
    passed: Flag
    reasons: tuple[str, ...]
    """Why it did not pass, the worst first."""
    notes: tuple[str, ...]
    """What should be known of it all the same."""
    tables: tuple[ProvenTable, ...]
    survivors: tuple[Survivor, ...]
    links: tuple[ProvenLink, ...]
    domains: tuple[ProvenDomain, ...]
