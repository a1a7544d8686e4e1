"""The proof that a copy contains no value of its source, as shown and saved.

Many people may read it in logs: it names tables, columns and rows, but no values. An
example consists only of a first letter and a length.
"""

from typing import Final, Literal

from limerun.frozen import frozen
from limerun.records.field_types import Count, Flag, Number

PROOF_SCHEMA: Final = "limerun.proof/1"  # 1 - first version

Judged = Literal["set", "row", "kept", "nothing"]
"""How a column is checked. By set: the copy may share no value with the source. By row:
shared values cannot be avoided, so each row is compared with its source row. Kept: the
user's rules keep the column unchanged. Nothing: the column has no values."""
Where = Literal["value", "inside"]
"""True if a survivor is a value of the copy, or part of one."""


@frozen
class ColumnFigures:
    """Statistics of a column; lengths are in characters for text, otherwise in bytes."""

    rows: Count
    nulls: Count
    distinct: Count
    min_length: Count | None
    max_length: Count | None
    total_length: Count | None


@frozen
class ProvenColumn:
    """One column of the source, compared with the same column of the copy."""

    name: str
    type: str
    rule: str | None
    """The kind of its rule."""
    judged: Judged
    share_in_use: Number | None
    """Share of all possible values that is in use; None if it cannot be computed."""
    values_in_common: Count | None
    """Number of distinct common values; None: not counted, because so many of the
    possible values are in use that the number would be meaningless."""
    values_by_chance: Number | None
    """Number of common values expected by chance, if they cannot be avoided."""
    rows_unchanged: Count | None
    """None: rows were not compared, because no two can be equal or because the numbers
    of rows differ."""
    rows_by_chance: Number | None
    """Number of unchanged rows expected if the copy's values were shuffled."""
    unique: Flag
    """True if all values of the source are distinct."""
    unique_kept: Flag | None
    source: ColumnFigures
    copy: ColumnFigures | None
    """None if the copy has no such column."""
    passed: Flag
    why: str
    """The explanation; empty if none is needed."""


@frozen
class SmallestGroup:
    """The size of the smallest group of rows with equal values in identifying columns."""

    columns: tuple[str, ...]
    source: Count
    copy: Count | None


@frozen
class ProvenTable:
    """One table of the source, compared with the same table of the copy."""

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
    """Number of distinct values."""
    rows: Count
    """Number of rows of the copy that contain such a value."""
    first_row: Count
    """The first of these rows, counted from 1."""
    by_chance: Number
    """Number of matches expected by chance, as numbers may coincide with other
    numbers."""
    counted: Flag
    """True if it makes the copy fail; false if chance explains it."""
    examples: tuple[str, ...]
    """Masked examples: the first letter, and the length."""


@frozen
class ProvenLink:
    """A column that contains another table's keys, in the source and in the copy."""

    child: str
    parent: str
    source_orphans: Count
    copy_orphans: Count | None
    """None if the copy lacks one of the columns."""
    passed: Flag


@frozen
class ProvenDomain:
    """Columns whose values the rules map in the same way, and whether they were."""

    name: str
    columns: tuple[str, ...]
    inconsistent: Count
    """Values of the source that were mapped to more than one value."""
    passed: Flag


@frozen
class Proof:
    """The whole proof: what was compared, what was found, and the conclusion."""

    schema: Literal["limerun.proof/1"]
    passed: Flag
    reasons: tuple[str, ...]
    """Why it did not pass, the most serious reason first."""
    notes: tuple[str, ...]
    """Remarks that do not affect the conclusion."""
    tables: tuple[ProvenTable, ...]
    survivors: tuple[Survivor, ...]
    links: tuple[ProvenLink, ...]
    domains: tuple[ProvenDomain, ...]
