"""Read the shape of an export from YAML, and refuse what does not agree with itself."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from limerun.config.file import Document, read_document
from limerun.config.problems import ConfigProblems, KeyPath, Problem, nearest
from limerun.config.shape_checks import column_faults
from limerun.records.shape import (
    FORMS,
    LENGTH_TYPES,
    SEPARATOR,
    SHAPE_SCHEMA,
    SHAPE_TYPES,
    UNITS,
    Group,
    Histogram,
    Shape,
    ShapeColumn,
    ShapeTable,
)

MOST_BYTES = 20_000_000
_COLUMN_KEYS = (
    "type",
    "form",
    "decimals",
    "unit",
    "nulls",
    "distinct",
    "unique",
    "parent",
    "orphans",
    "after",
    "values",
    "rows",
    "options",
    "lengths",
    "bounds",
    "counts",
    "cells",
)


class _Refused(Exception):
    """A value is wrong; its path, and why."""

    def __init__(self, path: KeyPath, text: str, *, at_key: bool = False) -> None:
        super().__init__(text)
        self.path = path
        self.text = text
        self.at_key = at_key


def read_shape(path: Path, *, name: str | None = None) -> Shape:
    """Return the shape that a file holds.

    Args:
        path: The file, as `limerun dataset shape` wrote it.
        name: How to call it in messages; by default its path.

    Raises:
        ConfigProblems: It cannot be read, or contradicts itself.
    """
    document = read_document(path, name=name, most_bytes=MOST_BYTES)
    try:
        shape = _shape(document.value)
    except _Refused as refused:
        raise _problem(document, refused) from None
    for table_name, table in shape.tables.items():
        for column_name in table.columns:
            faults = column_faults(shape, table_name, column_name)
            for key, text in faults:
                path_there = ("tables", table_name, "columns", column_name, key)
                raise _problem(document, _Refused(path_there, text))
    return shape


def _problem(document: Document, refused: _Refused) -> ConfigProblems:
    place = document.place(refused.path, at_key=refused.at_key)
    return ConfigProblems([Problem(place=place, path=refused.path, text=refused.text)])


def _shape(value: object) -> Shape:
    top = _mapping(value, (), ("shape", "tables"), needed=("shape", "tables"))
    if top["shape"] != SHAPE_SCHEMA:
        raise _Refused(
            ("shape",),
            f"must be {SHAPE_SCHEMA}; write the file with limerun dataset shape",
        )
    tables = _named(top["tables"], ("tables",))
    return Shape(
        tables={name: _table(of, ("tables", name)) for name, of in tables.items()}
    )


def _table(value: object, path: KeyPath) -> ShapeTable:
    keys = _mapping(value, path, ("rows", "key", "columns"), needed=("rows", "columns"))
    columns = _named(keys["columns"], (*path, "columns"))
    key = keys.get("key")
    if key is not None and key not in columns:
        raise _Refused((*path, "key"), "must be a column of the table")
    return ShapeTable(
        rows=_count(keys["rows"], (*path, "rows")),
        key=key,
        columns={
            name: _column(of, (*path, "columns", name)) for name, of in columns.items()
        },
    )


def _column(value: object, path: KeyPath) -> ShapeColumn:
    keys = _mapping(value, path, _COLUMN_KEYS, needed=("type", "nulls", "distinct"))
    type = _one_of(keys, path, "type", SHAPE_TYPES)
    column = ShapeColumn(
        type=type,
        nulls=_count(keys["nulls"], (*path, "nulls")),
        distinct=_count(keys["distinct"], (*path, "distinct")),
        groups=_groups(keys, path),
        histogram=_histogram(keys, path, type),
        cells=_numbers(keys, path, "cells", least=0),
        form=_one_of(keys, path, "form", FORMS),
        decimals=_count(keys.get("decimals", 0), (*path, "decimals")),
        unit=_one_of(keys, path, "unit", UNITS),
        options=_texts(keys, path, "options"),
        parent=_parent(keys, path),
        orphans=_count(keys.get("orphans", 0), (*path, "orphans")),
        after=_text(keys, path, "after"),
    )
    if keys.get("unique", column.unique) is not column.unique:
        raise _Refused((*path, "unique"), "does not agree with values and rows")
    return column


def _groups(keys: Mapping[str, object], path: KeyPath) -> tuple[Group, ...]:
    values = _numbers(keys, path, "values", least=0)
    rows = _numbers(keys, path, "rows", least=0)
    if len(values) != len(rows):
        raise _Refused((*path, "rows"), f"must hold {len(values)} numbers, as values")
    return tuple(
        Group(values=each, rows=in_rows)
        for each, in_rows in zip(values, rows, strict=True)
    )


def _histogram(
    keys: Mapping[str, object], path: KeyPath, type: str
) -> Histogram | None:
    name, other = ("lengths", "bounds")
    if type not in LENGTH_TYPES:
        name, other = other, name
    if other in keys:
        raise _Refused((*path, other), f"is not of type {type}; write {name}")
    bounds = _numbers(keys, path, name)
    counts = _numbers(keys, path, "counts", least=0)
    if not bounds and not counts:
        return None
    if len(bounds) != len(counts) + 1:
        text = f"must hold {len(counts) + 1} numbers, one more than counts"
        raise _Refused((*path, name), text)
    if any(end <= start for start, end in pairwise(bounds)):
        raise _Refused((*path, name), "must hold numbers that go up")
    return Histogram(bounds=_whole(bounds, (*path, name)), counts=counts)


def _whole(bounds: tuple[int, ...], path: KeyPath) -> tuple[int, ...]:
    """Return bounds in whole units: of numbers, they are written in tenths."""
    if path[-1] == "lengths":
        if bounds[0] < 0:
            raise _Refused(path, "must not hold a negative length")
        return bounds
    if any(bound % 10 != 5 for bound in bounds):
        raise _Refused(path, "must hold tenths, half a unit each: 995 for 99.5")
    return tuple((bound + 5) // 10 for bound in bounds)


# --- plain values -----------------------------------------------------------------


def _mapping(
    value: object, path: KeyPath, known: Sequence[str], needed: Sequence[str]
) -> dict[str, Any]:
    found = _named(value, path)
    for key in found:
        if key not in known:
            text = f"unknown key{nearest(key, known)}"
            raise _Refused((*path, key), text, at_key=True)
    for key in needed:
        if key not in found:
            raise _Refused(path, f"{key} is missing")
    return found


def _named(value: object, path: KeyPath) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Refused(path, "must be a mapping")
    return value


def _count(value: object, path: KeyPath) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _Refused(path, "must be a whole number, 0 or more")
    return value


def _numbers(
    keys: Mapping[str, object], path: KeyPath, name: str, least: int | None = None
) -> tuple[int, ...]:
    value = keys.get(name)
    if value is None:
        return ()
    try:
        numbers = tuple(_parsed(value))
    except ValueError:
        text = f'must be whole numbers in one text, such as "1{SEPARATOR}20"'
        raise _Refused((*path, name), text) from None
    if least is not None and min(numbers) < least:
        raise _Refused((*path, name), f"must hold numbers from {least} on")
    return numbers


def _parsed(value: object) -> Iterator[int]:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError
    for text in str(value).split(SEPARATOR):
        number = int(text.replace("_", ""))
        if abs(number) >= 2**62:
            raise ValueError
        yield number


def _text(keys: Mapping[str, object], path: KeyPath, name: str) -> str | None:
    value = keys.get(name)
    if value is not None and not isinstance(value, str):
        raise _Refused((*path, name), "must be text; put quotes around it")
    return value


def _one_of(
    keys: Mapping[str, object], path: KeyPath, name: str, known: Sequence[str]
) -> Any:
    value = keys.get(name)
    if value is not None and value not in known:
        raise _Refused((*path, name), f"must be one of {', '.join(known)}")
    return value


def _texts(keys: Mapping[str, object], path: KeyPath, name: str) -> tuple[str, ...]:
    value = keys.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _Refused((*path, name), "must be a list of texts; put quotes around them")
    if len(set(value)) < len(value):
        raise _Refused((*path, name), "must not hold the same text twice")
    return tuple(value)


def _parent(keys: Mapping[str, object], path: KeyPath) -> tuple[str, str] | None:
    names = _texts(keys, path, "parent")
    if not names:
        return None
    if len(names) != 2:
        raise _Refused((*path, "parent"), "must be a table and a column: [company, id]")
    return names[0], names[1]
