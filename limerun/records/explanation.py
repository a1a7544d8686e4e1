"""Records that explain to the user how the columns of a dataset are generated."""

from collections.abc import Sequence
from typing import Literal

from limerun.frozen import frozen


@frozen
class ColumnExplained:
    """One column: its kind, the reason for it, and sample values."""

    name: str
    type: str
    """A property type; for a source's column, the type of its values."""
    kind: str
    because: str
    """What decided the kind, or the path to the property that it copies."""
    options: Sequence[str]
    """The options that have an effect, each with its value."""
    samples: Sequence[str]


@frozen
class TableExplained:
    """A limetype, a table of pairs, or a source."""

    name: str
    what: Literal["limetype", "pairs", "source"]
    rows: int
    columns: Sequence[ColumnExplained]
