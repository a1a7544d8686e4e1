"""Read the shape of an export from YAML, and check that it is consistent."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, ValidationError

from limerun.config.file import Document, read_document
from limerun.config.key_types import Keys
from limerun.config.problems import ConfigProblems, KeyPath, Problem
from limerun.config.shape_checks import column_faults
from limerun.nearest_name import right_names
from limerun.records.shape import (
    LENGTH_TYPES,
    SEPARATOR,
    SHAPE_SCHEMA,
    Form,
    Group,
    Histogram,
    Shape,
    ShapeColumn,
    ShapeTable,
    ShapeType,
    Unit,
)
from limerun.wording import fault_text

MOST_BYTES = 20_000_000


def _numbers(value: object) -> tuple[int, ...]:
    try:
        return tuple(_parsed(value))
    except ValueError:
        raise ValueError('must be a text of whole numbers, such as "1~20"') from None


def _parsed(value: object) -> Iterator[int]:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError
    for text in str(value).split(SEPARATOR):
        number = int(text.replace("_", ""))
        if abs(number) >= 2**62:
            raise ValueError
        yield number


def _counts(value: object) -> tuple[int, ...]:
    numbers = _numbers(value)
    if min(numbers) < 0:
        raise ValueError("must not contain negative numbers")
    return numbers


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError("must be a list of texts; put quotes around them")
    if len(set(value)) < len(value):
        raise ValueError("must not contain the same text twice")
    return tuple(value)


def _parent(value: object) -> tuple[str, str] | None:
    names = _texts(value)
    if len(names) not in (0, 2):
        raise ValueError("must be a table and a column: [company, id]")
    return (names[0], names[1]) if names else None


Natural = Annotated[int, Field(ge=0)]
Numbers = Annotated[tuple[int, ...], PlainValidator(_numbers)]
Counts = Annotated[tuple[int, ...], PlainValidator(_counts)]


class ShapeColumnKeys(Keys):
    """One column of an export."""

    type: ShapeType
    nulls: Natural
    distinct: Natural
    values: Counts = ()
    rows: Counts = ()
    counts: Counts = ()
    lengths: Numbers = ()
    bounds: Numbers = ()
    cells: Counts = ()
    unique: bool | None = None
    form: Form | None = None
    decimals: Natural = 0
    unit: Unit | None = None
    options: Annotated[tuple[str, ...], PlainValidator(_texts)] = ()
    parent: Annotated[tuple[str, str] | None, PlainValidator(_parent)] = None
    orphans: Natural = 0
    after: str | None = None

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield each key that contradicts another one, and what is wrong."""
        if len(self.values) != len(self.rows):
            yield "rows", f"must have {len(self.values)} numbers, as many as values"
        elif self.unique not in (None, self.column().unique):
            yield "unique", "contradicts values and rows"
        name, other = "bounds", "lengths"
        if self.type in LENGTH_TYPES:
            name, other = other, name
        if other in self.model_fields_set:
            yield other, f"does not apply to type {self.type}; write {name}"
        for text in self._bound_faults():
            yield name, text

    def _bound_faults(self) -> Iterator[str]:
        bounds = self.lengths or self.bounds
        if (bounds or self.counts) and len(bounds) != len(self.counts) + 1:
            yield f"must have {len(self.counts) + 1} numbers, one more than counts"
        elif any(end <= start for start, end in pairwise(bounds)):
            yield "must be in ascending order"
        elif min(self.lengths, default=0) < 0:
            yield "must not contain a negative length"
        elif any(bound % 10 != 5 for bound in self.bounds):
            yield "must be in tenths and end in 5, such as 995 for 99.5"

    def column(self) -> ShapeColumn:
        """Convert the keys to a record."""
        bounds = self.lengths or tuple((bound + 5) // 10 for bound in self.bounds)
        return ShapeColumn(
            **self.model_dump(
                exclude={"values", "rows", "counts", "lengths", "bounds", "unique"}
            ),
            groups=tuple(
                Group(values=values, rows=rows)
                for values, rows in zip(self.values, self.rows, strict=True)
            ),
            histogram=Histogram(bounds=bounds, counts=self.counts) if bounds else None,
        )


class ShapeTableKeys(Keys):
    """One table of an export."""

    rows: Natural
    columns: dict[str, ShapeColumnKeys]
    key: str | None = None


class ShapeKeys(Keys):
    """A shape file."""

    shape: Literal["limerun.shape/1"]
    tables: dict[str, ShapeTableKeys]


def read_shape(path: Path, *, name: str | None = None) -> Shape:
    """Read a shape file.

    Args:
        path: The file, written by `limerun dataset shape`.
        name: Its name in messages; by default its path.

    Raises:
        ConfigProblems: It cannot be read, or contradicts itself.
    """
    document = read_document(path, name=name, most_bytes=MOST_BYTES)
    try:
        keys = ShapeKeys.model_validate(document.value)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise ConfigProblems(_problem(document, each) for each in details) from None
    _refuse(document, _key_faults(keys))
    shape = Shape(
        tables={
            name: ShapeTable(
                rows=table.rows,
                key=table.key,
                columns={name: each.column() for name, each in table.columns.items()},
            )
            for name, table in keys.tables.items()
        }
    )
    _refuse(document, _shape_faults(shape))
    return shape


def _problem(document: Document, detail: Mapping[str, Any]) -> Problem:
    path: KeyPath = detail["loc"]
    kind = detail["type"]
    if kind == "extra_forbidden":
        text = f"unknown key{right_names(str(path[-1]), _KEYS[len(path)])}"
        return Problem(place=document.place(path, at_key=True), path=path, text=text)
    if kind == "missing":
        path, text = path[:-1], f"{path[-1]} is missing"
    elif kind in {"model_type", "dict_type"}:
        text = "must be a mapping"
    elif path == ("shape",):
        text = f"must be {SHAPE_SCHEMA}; write the file with limerun dataset shape"
    else:
        text = fault_text(detail)
    return Problem(place=document.place(path), path=path, text=text)


_KEYS = {
    1: ShapeKeys.model_fields,
    3: ShapeTableKeys.model_fields,
    5: ShapeColumnKeys.model_fields,
}
"""The known keys, by depth of nesting."""


def _refuse(document: Document, faults: Iterator[tuple[KeyPath, str]]) -> None:
    problems = [
        Problem(place=document.place(path), path=path, text=text)
        for path, text in faults
    ]
    if problems:
        raise ConfigProblems(problems)


def _key_faults(keys: ShapeKeys) -> Iterator[tuple[KeyPath, str]]:
    for table_name, table in keys.tables.items():
        path = ("tables", table_name)
        if table.key is not None and table.key not in table.columns:
            yield (*path, "key"), "must be a column of the table"
        for name, column in table.columns.items():
            for key, text in column.faults():
                yield (*path, "columns", name, key), text


def _shape_faults(shape: Shape) -> Iterator[tuple[KeyPath, str]]:
    for table_name, table in shape.tables.items():
        for name in table.columns:
            for key, text in column_faults(shape, table_name, name):
                yield ("tables", table_name, "columns", name, key), text
