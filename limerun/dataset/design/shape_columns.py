"""Decide the columns that are made like those of a shape, where their types agree."""

from dataclasses import replace

from limerun.dataset.design.column_options import ColumnRequest
from limerun.dataset.design.layout import Column
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


def like_column(request: ColumnRequest, shape: Shape) -> Column | None:
    """Return how to make a property like its measured column; None: it must be guessed.

    Args:
        request: The property; what the config says of it is not looked at.
        shape: What was measured.
    """
    table = shape.tables.get(request.table)
    of = None if table is None else table.columns.get(request.name)
    if table is None or of is None or request.type not in _FITTING[of.type]:
        return None
    if request.name == table.key and request.type == "integer":
        return _key(request)
    of = _in_question(request, of, shape)
    if of is None:
        return None
    if not of.distinct:
        return _null(request)
    rate = of.nulls / table.rows if table.rows else 0.0
    related = request.related if request.type == "belongsto" else None
    by_rate = of.after is not None or related == request.table
    options: dict[str, object] = {"like": of, "after": of.after}
    if of.type in LENGTH_TYPES and of.histogram is not None:
        options["length"] = of.histogram.bounds[-1] - 1
    return Column(
        name=request.name,
        type=request.type,
        kind="like",
        null_rate=rate if by_rate else 0.0,
        options=options,
        unique=of.unique and _can_be_unique(request, of),
        length=request.length,
        related=related,
    )


def _key(request: ColumnRequest) -> Column:
    """Return the key that others link to by: the id, as links hold ids."""
    return Column(
        name=request.name,
        type=request.type,
        kind="sequence",
        null_rate=0.0,
        options={"format": None, "start": 1},
        unique=True,
        length=None,
    )


def _null(request: ColumnRequest) -> Column:
    return Column(
        name=request.name,
        type=request.type,
        kind="null",
        null_rate=0.0,
        options={},
        unique=False,
        length=request.length,
    )


def _in_question(
    request: ColumnRequest, of: ShapeColumn, shape: Shape
) -> ShapeColumn | None:
    """Return the measured column as the property lets it be; None: it does not."""
    if not _is_apt(request, of, shape):
        return None
    if request.required:
        of = replace(of, nulls=0)
    if request.length is not None and of.type in LENGTH_TYPES and of.histogram:
        of = replace(of, histogram=_shortened(of.histogram, request.length))
    return of if of.distinct or of.nulls else None


def _is_apt(request: ColumnRequest, of: ShapeColumn, shape: Shape) -> bool:
    """Return whether what was measured can be kept to."""
    if request.choices or request.type == "option":
        named = bool(of.options) or request.type != "option"
        return named and set(of.options) <= set(request.choices)
    if request.required and not of.distinct:
        return False
    leads_away = of.parent is not None and of.parent[0] not in shape.tables
    if leads_away and request.type != "belongsto":
        return False
    return of.after is None or of.after in request.beside


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


def _can_be_unique(request: ColumnRequest, of: ShapeColumn) -> bool:
    """Return whether there are enough different values of the property's type."""
    if of.parent is not None or request.type in TIME_TYPES or of.histogram is None:
        return False
    if of.type not in LENGTH_TYPES:
        return request.type not in ("yesno", "belongsto")
    return all(
        _SIGNS ** min(length, 16) >= count * _MARGIN
        for length, count in zip(of.histogram.bounds, of.histogram.counts, strict=False)
    )
