"""Decide the columns that are made like those of a shape, where their types agree."""

from dataclasses import replace

from limerun.dataset.columns import Wanted
from limerun.dataset.layout import Column
from limerun.records.shape import LENGTH_TYPES, Histogram, Shape, ShapeColumn
from limerun.storage import INTEGER_TYPES, REAL_TYPES, TEXT_TYPES, TIME_TYPES

_SIGNS = 62
"""Letters and digits, in which unique texts are told apart where they are short."""
_MARGIN = 4
"""How much more rows than measured may be wanted of a unique text."""
_FITTING = {
    "text": TEXT_TYPES | {"option"},
    "json": TEXT_TYPES,
    "binary": TEXT_TYPES,
    "integer": INTEGER_TYPES - {"yesno"} | REAL_TYPES | {"belongsto"},
    "decimal": REAL_TYPES,
    "boolean": frozenset({"yesno"}),
    "date": TIME_TYPES,
    "time": TIME_TYPES,
}
"""The property types that can hold what a measured column holds."""


def like_column(wanted: Wanted, shape: Shape) -> Column | None:
    """Return how to make a property like its measured column; None: it must be guessed.

    Args:
        wanted: The property; what the config says of it is not looked at.
        shape: What was measured.
    """
    table = shape.tables.get(wanted.table)
    of = None if table is None else table.columns.get(wanted.name)
    if table is None or of is None or wanted.type not in _FITTING[of.type]:
        return None
    if wanted.name == table.key and wanted.type == "integer":
        return _key(wanted)
    of = _in_question(wanted, of, shape)
    if of is None:
        return None
    if not of.distinct:
        return _null(wanted)
    rate = of.nulls / table.rows if table.rows else 0.0
    related = wanted.related if wanted.type == "belongsto" else None
    by_rate = of.after is not None or related == wanted.table
    options: dict[str, object] = {"like": of, "after": of.after}
    if of.type in LENGTH_TYPES and of.histogram is not None:
        options["length"] = of.histogram.bounds[-1] - 1
    return Column(
        name=wanted.name,
        type=wanted.type,
        kind="like",
        null_rate=rate if by_rate else 0.0,
        options=options,
        unique=of.unique and _can_be_unique(wanted, of),
        length=wanted.length,
        related=related,
    )


def _key(wanted: Wanted) -> Column:
    """Return the key that others link to by: the id, as links hold ids."""
    return Column(
        name=wanted.name,
        type=wanted.type,
        kind="sequence",
        null_rate=0.0,
        options={"format": None, "start": 1},
        unique=True,
        length=None,
    )


def _null(wanted: Wanted) -> Column:
    return Column(
        name=wanted.name,
        type=wanted.type,
        kind="null",
        null_rate=0.0,
        options={},
        unique=False,
        length=wanted.length,
    )


def _in_question(wanted: Wanted, of: ShapeColumn, shape: Shape) -> ShapeColumn | None:
    """Return the measured column as the property lets it be; None: it does not."""
    if not _is_apt(wanted, of, shape):
        return None
    if wanted.required:
        of = replace(of, nulls=0)
    if wanted.length is not None and of.type in LENGTH_TYPES and of.histogram:
        of = replace(of, histogram=_shortened(of.histogram, wanted.length))
    return of if of.distinct or of.nulls else None


def _is_apt(wanted: Wanted, of: ShapeColumn, shape: Shape) -> bool:
    """Tell whether what was measured can be kept to."""
    if wanted.choices or wanted.type == "option":
        named = bool(of.options) or wanted.type != "option"
        return named and set(of.options) <= set(wanted.choices)
    if wanted.required and not of.distinct:
        return False
    leads_away = of.parent is not None and of.parent[0] not in shape.tables
    if leads_away and wanted.type != "belongsto":
        return False
    return of.after is None or of.after in wanted.beside


def _shortened(histogram: Histogram, longest: int) -> Histogram:
    """Return lengths of which none is more than the longest."""
    first = min(histogram.bounds[0], longest)
    bounds, counts = [first], []
    for end, count in zip(histogram.bounds[1:], histogram.counts, strict=True):
        end = min(end, longest + 1)
        if end > bounds[-1]:
            bounds.append(end)
            counts.append(count)
        else:
            counts[-1] += count
    return Histogram(bounds=tuple(bounds), counts=tuple(counts))


def _can_be_unique(wanted: Wanted, of: ShapeColumn) -> bool:
    """Tell whether there are enough different values of the property's type."""
    if of.parent is not None or wanted.type in TIME_TYPES or of.histogram is None:
        return False
    if of.type not in LENGTH_TYPES:
        return wanted.type not in ("yesno", "belongsto")
    return all(
        _SIGNS ** min(length, 16) >= count * _MARGIN
        for length, count in zip(of.histogram.bounds, of.histogram.counts, strict=False)
    )
