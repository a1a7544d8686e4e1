"""The shape of an export: counts and histograms, without its values."""

from collections.abc import Mapping
from typing import Literal, get_args

from limerun.frozen import frozen

SHAPE_SCHEMA = "limerun.shape/1"  # 1 - first version

ShapeType = Literal[
    "text", "integer", "decimal", "boolean", "date", "time", "json", "binary"
]
Form = Literal["abc", "a b", "num", "tel", "@", "url", "hex", "any"]
"""The form of a text: letters; words; digits; a phone number; an e-mail address; a
link; a UUID; anything."""
Unit = Literal["day", "second"]

SHAPE_TYPES: tuple[ShapeType, ...] = get_args(ShapeType)
FORMS: tuple[Form, ...] = get_args(Form)
UNITS: tuple[Unit, ...] = get_args(Unit)

LENGTH_TYPES = frozenset({"text", "json", "binary"})
"""Types whose histogram shows lengths: in characters; for binary, in bytes."""

NAMEABLE_TYPES = frozenset({"text", "integer", "decimal"})
"""Types for which the user may allow values to be listed as options."""

SEPARATOR = "~"
"""Separator between the numbers of a list, which the file stores as text."""


@frozen
class Group:
    """Values of about the same frequency."""

    values: int
    """Number of values; for a link, of parents."""
    rows: int
    """Number of rows with each; for a link, of children of each parent."""


@frozen
class Histogram:
    """The distribution of values: cell i goes from bound i to just below bound i + 1.

    The unit is a character, the last decimal of a number, or a day or second since
    1970; for a date after another column's, days or seconds since that date.
    """

    bounds: tuple[int, ...]
    counts: tuple[int, ...]
    """Distinct values in each cell; for a date after another column's, rows."""


@frozen
class ShapeColumn:
    """The shape of a column, from which a similar one can be generated."""

    type: ShapeType
    nulls: int
    distinct: int
    groups: tuple[Group, ...] = ()
    """The most frequent values first; empty if the column is always null or `after` is
    set."""
    histogram: Histogram | None = None
    """None for a link, or if the column is always null."""
    cells: tuple[int, ...] = ()
    """The histogram cell of each group's value, if every group has a single value;
    otherwise empty."""
    form: Form | None = None
    decimals: int = 0
    unit: Unit | None = None
    options: tuple[str, ...] = ()
    """The value of each group, if the user allowed it."""
    parent: tuple[str, str] | None = None
    """The table and column that the values refer to."""
    orphans: int = 0
    """Number of rows whose value is not the key of any parent."""
    after: str | None = None
    """A date or time of the same row that is never later."""

    @property
    def unique(self) -> bool:
        """True if no value occurs in two rows."""
        return self.distinct > 0 and all(
            group.values >= group.rows for group in self.groups
        )


@frozen
class ShapeTable:
    """The shape of a table."""

    rows: int
    columns: Mapping[str, ShapeColumn]
    key: str | None = None
    """The column of whole numbers that identifies its rows."""


@frozen
class Shape:
    """The shape of an export."""

    tables: Mapping[str, ShapeTable]
