"""Check that the figures in a shape's column are consistent. Pure."""

from collections.abc import Iterator

from limerun.records.shape import NAMEABLE_TYPES, Shape, ShapeColumn, ShapeTable

_TIMES = ("date", "time")


def column_faults(shape: Shape, table: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield each contradiction in a column: the key, and what is wrong."""
    shape_table = shape.tables[table]
    column = shape_table.columns[name]
    yield from _relation_faults(shape, shape_table, name)
    if column.parent is not None or column.after is not None:
        return
    yield from _group_faults(shape_table, column)
    yield from _histogram_faults(column)


def _relation_faults(
    shape: Shape, table: ShapeTable, name: str
) -> Iterator[tuple[str, str]]:
    column = table.columns[name]
    if column.parent is not None:
        parent, key = column.parent
        if parent not in shape.tables or key not in shape.tables[parent].columns:
            yield "parent", f"the shape has no column {parent}.{key}"
        elif shape.tables[parent].columns[key].parent == column.parent:
            yield "parent", "must not link to itself"
        rows = sum(group.rows for group in column.groups)
        if rows + column.nulls + column.orphans != table.rows:
            yield "rows", "plus nulls and orphans must equal the table's rows"
    if column.after is not None:
        yield from _order_faults(table, name)


def _order_faults(table: ShapeTable, name: str) -> Iterator[tuple[str, str]]:
    column, seen = table.columns[name], [name]
    if column.type not in _TIMES or column.histogram is None or column.unit is None:
        yield "after", "needs a date or time, a unit, and bounds and counts"
    after = column.after
    while after is not None:
        if after not in table.columns or table.columns[after].type not in _TIMES:
            yield "after", f"{after} is not a date or time of the table"
            return
        if after in seen:
            yield "after", f"{after} would come after itself"
            return
        seen.append(after)
        after = table.columns[after].after


def _group_faults(table: ShapeTable, column: ShapeColumn) -> Iterator[tuple[str, str]]:
    if sum(group.rows for group in column.groups) + column.nulls != table.rows:
        yield "rows", "plus nulls must equal the table's rows"
    if sum(group.values for group in column.groups) != column.distinct:
        yield "values", "must add up to distinct"
    if any(group.rows < group.values for group in column.groups):
        yield "rows", "each number must be at least its counterpart in values"


def _histogram_faults(column: ShapeColumn) -> Iterator[tuple[str, str]]:
    histogram, singles = column.histogram, len(column.groups)
    if column.distinct and histogram is not None and not any(histogram.counts):
        yield "counts", "must not all be 0"
    if column.type in _TIMES and histogram is not None and column.unit is None:
        yield "type", "needs a unit"
    if column.options and column.type not in NAMEABLE_TYPES:
        yield "options", f"has no effect on type {column.type}"
    for key, each in (("cells", column.cells), ("options", column.options)):
        if each and len(each) != singles:
            yield key, f"must have {singles} items, one for each of values"
        if each and any(group.values != 1 for group in column.groups):
            yield key, "needs every number in values to be 1"
    if histogram is not None and any(
        cell >= len(histogram.counts) for cell in column.cells
    ):
        yield "cells", "must be positions in counts, from 0 on"
