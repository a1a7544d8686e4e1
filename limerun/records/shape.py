"""The shape of an export: counts and histograms, and none of its values."""

from collections.abc import Mapping
from typing import Literal, get_args

from limerun.frozen import frozen

SHAPE_SCHEMA = "limerun.shape/1"  # 1 - first version

ShapeType = Literal[
    "text", "integer", "decimal", "boolean", "date", "time", "json", "binary"
]
Form = Literal["abc", "a b", "num", "tel", "@", "url", "hex", "any"]
"""What a text consists of: letters; words; digits; a phone number; an e-mail address;
a link; a UUID; anything."""
Unit = Literal["day", "second"]

SHAPE_TYPES: tuple[ShapeType, ...] = get_args(ShapeType)
FORMS: tuple[Form, ...] = get_args(Form)
UNITS: tuple[Unit, ...] = get_args(Unit)

LENGTH_TYPES = frozenset({"text", "json", "binary"})
"""Of these, the histogram is of lengths: characters, of binary bytes."""

NAMEABLE_TYPES = frozenset({"text", "integer", "decimal"})
"""Of these, the user may allow that a list of options is named."""

SEPARATOR = "~"
"""Between the numbers of a list, which is one text in the file."""


@frozen
class Group:
    """Values that are about as frequent as each other."""

    values: int
    """How many; of a link, parents."""
    rows: int
    """In how many rows they stand; of a link, how many children they have."""


@frozen
class Histogram:
    """How many values lie where: cell i reaches from bound i to before bound i + 1.

    The unit is a character, the last decimal of a number, a day or a second since
    1970; after another column, days or seconds since that.
    """

    bounds: tuple[int, ...]
    counts: tuple[int, ...]
    """Different values in each cell; after another column, rows."""


@frozen
class ShapeColumn:
    """What is known of a column, so that its like can be made."""

    type: ShapeType
    nulls: int
    distinct: int
    groups: tuple[Group, ...] = ()
    """The frequent ones first; none where the column is always null or after another."""
    histogram: Histogram | None = None
    """None of a link, and where the column is always null."""
    cells: tuple[int, ...] = ()
    """The cell of each group's value, where every group is one value; else none."""
    form: Form | None = None
    decimals: int = 0
    unit: Unit | None = None
    options: tuple[str, ...] = ()
    """The value of each group, if the user allowed that they are named."""
    parent: tuple[str, str] | None = None
    """The table and column whose values these are."""
    orphans: int = 0
    """Rows whose value is no parent's."""
    after: str | None = None
    """A date or time of the same row that never comes later."""

    @property
    def unique(self) -> bool:
        """Whether no value stands in two rows."""
        return self.distinct > 0 and all(
            group.values >= group.rows for group in self.groups
        )


@frozen
class ShapeTable:
    """What is known of a table."""

    rows: int
    columns: Mapping[str, ShapeColumn]
    key: str | None = None
    """The column of whole numbers by which its rows are known."""


@frozen
class Shape:
    """What is known of an export."""

    tables: Mapping[str, ShapeTable]
