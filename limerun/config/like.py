"""Take limetypes and rows from the shape named in `dataset.like`."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from limerun.config.layers import Layers, Origin
from limerun.config.problems import ConfigProblems, Problem
from limerun.config.shape_file import read_shape
from limerun.records.shape import Shape, ShapeColumn, ShapeTable

_LIKE = ("dataset", "like")
_ID = "id"
_LONGEST_STRING = 255
_TYPES = {
    "json": "text",
    "binary": "text",
    "integer": "integer",
    "decimal": "decimal",
    "boolean": "yesno",
    "date": "date",
    "time": "time",
}


def mount_shape(layers: Layers, folder: Path) -> tuple[Shape | None, list[Problem]]:
    """Read the shape that a config names, and use its limetypes and numbers of rows.

    Limetypes and rows in the config take precedence.
    """
    name = layers.value(_LIKE)
    if not isinstance(name, str):
        return None, []
    file = folder / name
    if not os.path.isfile(file):  # noqa: PTH113 - False for a name too long, too
        text = f"there is no file {file}; write one with limerun dataset shape"
        return None, [layers.problem(_LIKE, text)]
    try:
        shape = _named_as_limetypes(read_shape(file, name=name))
    except ConfigProblems as error:
        return None, error.problems
    section = layers.section(_LIKE[:-1])
    if not section.get("limetypes"):
        section["limetypes"] = limetypes_of(shape)
        layers.mark(("dataset", "limetypes"), Origin.CONFIG, name)
    _fill_rows(layers, shape)
    return shape, []


def _fill_rows(layers: Layers, shape: Shape) -> None:
    """Use the shape's number of rows for each limetype without rows in the config."""
    section = layers.section(_LIKE[:-1])
    limetypes, rows = section.get("limetypes"), section.get("rows")
    if not isinstance(limetypes, Mapping) or not isinstance(rows or {}, dict):
        return
    filled = dict(rows) if isinstance(rows, dict) else {}
    for name, table in shape.tables.items():
        if name in limetypes and name not in filled:
            filled[name] = table.rows
            layers.mark(("dataset", "rows", name), Origin.CONFIG, str(section["like"]))
    section["rows"] = filled


def limetypes_of(shape: Shape) -> dict[str, dict[str, object]]:
    """Return the tables of a shape as limetypes, with a property for each column.

    A column "id" is left out, because every limetype has an id. Columns that start
    with "_" are left out, because they are internal to the platform.
    """
    return {
        name: {
            column_name: _property(shape, column)
            for column_name, column in table.columns.items()
            if column_name.lower() != _ID and not column_name.startswith("_")
        }
        for name, table in shape.tables.items()
    }


def _property(shape: Shape, column: ShapeColumn) -> dict[str, object]:
    if column.parent is not None:
        table, key = column.parent
        if shape.tables[table].key == key:
            return {"type": "belongsto", "related": table}
    if column.options and column.type == "text":
        return {"type": "option", "options": list(column.options)}
    if column.type == "text":
        histogram = column.histogram
        longest = 0 if histogram is None else histogram.bounds[-1] - 1
        return {"type": "string" if longest <= _LONGEST_STRING else "text"}
    return {"type": _TYPES[column.type]}


def _named_as_limetypes(shape: Shape) -> Shape:
    """Return a shape with table and column names that are valid for limetypes."""
    tables = _identifiers(shape.tables)
    columns = {
        name: _identifiers(table.columns, key=table.key)
        for name, table in shape.tables.items()
    }
    return Shape(
        tables={
            tables[name]: _renamed(table, name, tables, columns)
            for name, table in shape.tables.items()
        }
    )


def _renamed(
    table: ShapeTable,
    name: str,
    tables: Mapping[str, str],
    columns: Mapping[str, Mapping[str, str]],
) -> ShapeTable:
    new_names = columns[name]
    renamed = {}
    for column_name, column in table.columns.items():
        parent = column.parent
        if parent is not None:
            parent = (tables[parent[0]], columns[parent[0]][parent[1]])
        after = None if column.after is None else new_names[column.after]
        renamed[new_names[column_name]] = replace(column, parent=parent, after=after)
    key = None if table.key is None else new_names[table.key]
    return replace(table, columns=renamed, key=key)


def _identifiers(names: Iterable[str], key: str | None = None) -> dict[str, str]:
    """Map each name to an identifier; no two are equal, even ignoring case."""
    identifiers: dict[str, str] = {}
    taken = {_ID}
    for name in names:
        if name == key and name.lower() == _ID:
            identifiers[name] = _ID
            continue
        plain = re.sub(r"\W+", "_", name).strip("_") or "column"
        if name.startswith("_") and name.isidentifier():
            plain = name
        plain = plain if plain.isidentifier() else f"n{plain}"
        number, free = 2, plain
        while free.lower() in taken:
            free, number = f"{plain}_{number}", number + 1
        taken.add(free.lower())
        identifiers[name] = free
    return identifiers
