"""What `limerun dataset shape` says at its end. Pure."""

from collections.abc import Iterator

from limerun.records.shape import Shape, ShapeColumn, ShapeTable
from limerun.units import format_count

_MOST_NAMED = 12


def summarize_shape(shape: Shape, place: str) -> str:
    """Return the tables, the links between them, and what may be allowed."""
    lines = list(_tables(shape))
    lines.extend(_links(shape))
    lines.extend(_few(shape))
    columns = sum(len(table.columns) for table in shape.tables.values())
    lines.append(
        f"{format_count(columns)} columns measured, none of their values written, in "
        f"{place}"
    )
    return "\n".join(lines)


def _tables(shape: Shape) -> Iterator[str]:
    names = max(len(name) for name in shape.tables)
    counts = {name: format_count(of.rows) for name, of in shape.tables.items()}
    widest = max(map(len, counts.values()))
    for name, table in shape.tables.items():
        told = ", ".join(_traits(table))
        yield f"{name:<{names}}  {counts[name]:>{widest}} rows  {told}"


def _traits(table: ShapeTable) -> Iterator[str]:
    columns = table.columns.values()
    yield f"{len(columns)} column{'' if len(columns) == 1 else 's'}"
    for count, what in (
        (sum(column.unique for column in columns), "unique"),
        (sum(bool(column.cells) for column in columns), "with few values"),
        (sum(bool(column.nulls) for column in columns), "with nulls"),
        (sum(column.after is not None for column in columns), "after another"),
    ):
        if count:
            yield f"{count} {what}"


def _links(shape: Shape) -> Iterator[str]:
    for name, table in shape.tables.items():
        for column_name, column in table.columns.items():
            if column.parent is not None:
                parent = ".".join(column.parent)
                yield f"link: {name}.{column_name} to {parent}{_orphans(column)}"


def _orphans(column: ShapeColumn) -> str:
    if not column.orphans:
        return ""
    return f" ({format_count(column.orphans)} rows have a key that is not there)"


def _few(shape: Shape) -> Iterator[str]:
    """Tell which columns hold options that could be named."""
    names = [
        f"{name}.{column_name} ({column.distinct})"
        for name, table in shape.tables.items()
        for column_name, column in table.columns.items()
        if column.cells and column.type == "text" and not column.options
    ]
    if names:
        more = len(names) - _MOST_NAMED
        told = ", ".join(names[:_MOST_NAMED]) + (
            f" and {more} more" if more > 0 else ""
        )
        yield f"few values, not named: {told}; --allow TABLE.COLUMN names them"
