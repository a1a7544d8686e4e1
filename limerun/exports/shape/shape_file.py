"""Render a shape as YAML that contains no value of the export.

Values of four characters or more never occur in the file, except options that the user
allowed. Numbers are written with at most three digits together, and lists of numbers
with a special separator. So they are not equal to any number, date or phone number of
the export. If some are equal by chance, fewer digits are written together.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from limerun.errors import ExportError
from limerun.exports.duckdb_engine import parts_in_sql
from limerun.exports.tables import Export
from limerun.records.shape import (
    LENGTH_TYPES,
    SEPARATOR,
    SHAPE_SCHEMA,
    Shape,
    ShapeColumn,
    ShapeTable,
)
from limerun.storage import name_in_sql

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOT_TEXT = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
_LIKE_NUMBERS = "[-_~0-9]{4,}"
"""Matches every text that could equal a list of numbers in the file."""


def render_shape(shape: Shape, digits: int = 3) -> str:
    """Return a shape as YAML, with numbers in groups of up to `digits` digits."""
    lines = [f"shape: {SHAPE_SCHEMA}", "tables:"]
    for name, table in shape.tables.items():
        lines.extend(_table_lines(name, table, digits))
    return "\n".join(lines) + "\n"


def _table_lines(name: str, table: ShapeTable, digits: int) -> Iterator[str]:
    yield f"  {_name(name)}:"
    yield f"    rows: {_number(table.rows, digits)}"
    if table.key is not None:
        yield f"    key: {_name(table.key)}"
    yield "    columns:"
    for column_name, column in table.columns.items():
        yield f"      {_name(column_name)}:"
        for key, value in _column_keys(column, digits):
            yield f"        {key}: {value}"


def _column_keys(column: ShapeColumn, digits: int) -> Iterator[tuple[str, str]]:
    yield "type", column.type
    if column.form is not None:
        yield "form", f'"{column.form}"'
    if column.decimals:
        yield "decimals", str(column.decimals)
    if column.unit is not None:
        yield "unit", column.unit
    yield "nulls", _number(column.nulls, digits)
    yield "distinct", _number(column.distinct, digits)
    if column.unique:
        yield "unique", "yes"
    yield from _relation_keys(column, digits)
    if column.groups:
        yield "values", _numbers([group.values for group in column.groups], digits)
        yield "rows", _numbers([group.rows for group in column.groups], digits)
    if column.options:
        yield "options", f"[{', '.join(map(_text, column.options))}]"
    yield from _histogram_keys(column, digits)


def _relation_keys(column: ShapeColumn, digits: int) -> Iterator[tuple[str, str]]:
    if column.parent is not None:
        table, name = column.parent
        yield "parent", f"[{_name(table)}, {_name(name)}]"
        if column.orphans:
            yield "orphans", _number(column.orphans, digits)
    if column.after is not None:
        yield "after", _name(column.after)


def _histogram_keys(column: ShapeColumn, digits: int) -> Iterator[tuple[str, str]]:
    histogram = column.histogram
    if histogram is None:
        return
    bounds = histogram.bounds
    if column.type in LENGTH_TYPES:
        yield "lengths", _numbers(bounds, digits)
    else:
        # Half a unit lower, where there can be no value; written in tenths of a unit.
        yield "bounds", _numbers([bound * 10 - 5 for bound in bounds], digits)
    yield "counts", _numbers(histogram.counts, digits)
    if column.cells:
        yield "cells", _numbers(column.cells, digits)


def _numbers(numbers: Sequence[int], digits: int) -> str:
    return f'"{SEPARATOR.join(_number(number, digits) for number in numbers)}"'


def _number(number: int, digits: int) -> str:
    """Return a number with its digits in short groups: 1_234_567, or -_12."""
    text = str(abs(number))
    first = len(text) % digits or digits
    parts = [
        text[:first],
        *(text[at : at + digits] for at in range(first, len(text), digits)),
    ]
    return ("-_" if number < 0 else "") + "_".join(parts)


def _name(name: str) -> str:
    if _PLAIN.fullmatch(name) and name.lower() not in _NOT_TEXT:
        return name
    return _text(name)


def _text(text: str) -> str:
    """Quote a text for YAML, and escape unprintable characters."""
    return f'"{"".join(map(_character, text))}"'


def _character(each: str) -> str:
    if each in '"\\':
        return f"\\{each}"
    return each if each.isprintable() else f"\\U{ord(each):08x}"


def checked_shape_text(export: Export, shape: Shape) -> str:
    """Return the shape as YAML, after a check that it contains no value of the export.

    Raises:
        ExportError: A value equals limerun's notation for numbers, whatever number of
        digits is used.
    """
    suspects = _values_like_numbers(export)
    for digits in (3, 2, 1):
        text = render_shape(shape, digits)
        numbers = "\n".join(_lists(shape, digits))
        if not any(value in numbers for value in suspects):
            return text
    raise ExportError(
        "the export has values that look like limerun's notation for numbers "
        "(1_2~3_4); the shape would contain them. Remove the column with these values"
    )


def _lists(shape: Shape, digits: int) -> Iterator[str]:
    """Yield every number and list of numbers in the file."""
    for table in shape.tables.values():
        yield _number(table.rows, digits)
        for column in table.columns.values():
            for key, value in _column_keys(column, digits):
                if key not in ("type", "form", "unit", "parent", "after", "options"):
                    yield value


def _values_like_numbers(export: Export) -> Collection[str]:
    """Return the values that could occur among the numbers of the file.

    Values of digits only cannot: four digits never stand together.
    """
    found: set[str] = set()
    for table in export.tables.values():
        relation = parts_in_sql(table.parts)
        for column in table.columns:
            if column.type not in ("binary", "boolean"):
                text = f"CAST({name_in_sql(column.name)} AS VARCHAR)"
                rows = export.connection.execute(
                    f"SELECT DISTINCT {text} FROM {relation} WHERE "
                    f"(contains({text}, '_') OR contains({text}, '{SEPARATOR}')) "
                    f"AND regexp_full_match({text}, '{_LIKE_NUMBERS}')"
                ).fetchall()
                found.update(value for [value] in rows)
    return found
