"""Decide which columns are generated like the columns of a shape."""

from dataclasses import replace

from limerun.dataset.design.column_options import ColumnRequest
from limerun.dataset.design.layout import Column
from limerun.records.shape import LENGTH_TYPES, Histogram, Shape, ShapeColumn
from limerun.storage import INTEGER_TYPES, REAL_TYPES, TEXT_TYPES, TIME_TYPES

_CHARACTERS = 62
"""Letters and digits that short unique texts consist of."""
_MARGIN = 4
"""Factor by which rows may exceed the measured rows if texts are unique."""
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
"""The property types that fit the values of a measured column."""


def like_column(request: ColumnRequest, shape: Shape) -> Column | None:
    """Return how to generate a property like its measured column.

    Args:
        request: The property; its settings in the config are ignored.
        shape: The shape.

    Returns:
        The column, or None if it must be guessed because the shape does not fit.
    """
    table = shape.tables.get(request.table)
    measured = None if table is None else table.columns.get(request.name)
    if table is None or measured is None or request.type not in _FITTING[measured.type]:
        return None
    if request.name == table.key and request.type == "integer":
        return _key(request)
    measured = _adapted(request, measured, shape)
    if measured is None:
        return None
    if not measured.distinct:
        return _null(request)
    rate = measured.nulls / table.rows if table.rows else 0.0
    related = request.related if request.type == "belongsto" else None
    has_rate = measured.after is not None or related == request.table
    options: dict[str, object] = {"like": measured, "after": measured.after}
    if measured.type in LENGTH_TYPES and measured.histogram is not None:
        options["length"] = measured.histogram.bounds[-1] - 1
    return Column(
        name=request.name,
        type=request.type,
        kind="like",
        null_rate=rate if has_rate else 0.0,
        options=options,
        unique=measured.unique and _can_be_unique(request, measured),
        length=request.length,
        related=related,
    )


def _key(request: ColumnRequest) -> Column:
    """Return the key that other tables link to: a sequence that equals the id."""
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


def _adapted(
    request: ColumnRequest, measured: ShapeColumn, shape: Shape
) -> ShapeColumn | None:
    """Adapt a measured column to the property; return None if it does not fit."""
    if not _fits(request, measured, shape):
        return None
    if request.required:
        measured = replace(measured, nulls=0)
    histogram = measured.histogram if measured.type in LENGTH_TYPES else None
    if request.length is not None and histogram is not None:
        shorter = _shortened(histogram, request.length)
        measured = replace(measured, histogram=shorter)
    return measured if measured.distinct or measured.nulls else None


def _fits(request: ColumnRequest, measured: ShapeColumn, shape: Shape) -> bool:
    """Return whether a property can have the values of a measured column."""
    if request.choices or request.type == "option":
        has_options = bool(measured.options) or request.type != "option"
        return has_options and set(measured.options) <= set(request.choices)
    if request.required and not measured.distinct:
        return False
    parent = measured.parent
    leads_away = parent is not None and parent[0] not in shape.tables
    if leads_away and request.type != "belongsto":
        return False
    return measured.after is None or measured.after in request.table_columns


def _shortened(histogram: Histogram, longest: int) -> Histogram:
    """Limit the lengths in a histogram."""
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


def _can_be_unique(request: ColumnRequest, measured: ShapeColumn) -> bool:
    """Return whether there are enough different values of the property's type."""
    histogram = measured.histogram
    if measured.parent is not None or request.type in TIME_TYPES or histogram is None:
        return False
    if measured.type not in LENGTH_TYPES:
        return request.type not in ("yesno", "belongsto")
    return all(
        _CHARACTERS ** min(length, 16) >= count * _MARGIN
        for length, count in zip(histogram.bounds, histogram.counts, strict=False)
    )
