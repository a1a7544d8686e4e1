"""How the columns of a dataset are made, as the user is told."""

from collections.abc import Sequence
from typing import Literal

from limerun.frozen import frozen


@frozen
class ColumnExplained:
    """One column: what it is made as, why, and what comes out."""

    name: str
    type: str
    """A property type; of a source's column: what its values are."""
    kind: str
    because: str
    """What decided the kind, or the path to the property that it repeats."""
    options: Sequence[str]
    """Those that matter, each with its value."""
    samples: Sequence[str]


@frozen
class TableExplained:
    """A limetype, a table of pairs, or a source."""

    name: str
    what: Literal["limetype", "pairs", "source"]
    rows: int
    columns: Sequence[ColumnExplained]
