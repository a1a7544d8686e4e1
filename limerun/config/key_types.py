"""Types of the config's keys: sizes, times and counts as people write them."""

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic_core import CoreSchema

from limerun.units import parse_count, parse_duration, parse_size

_TEXT = r"^\s*[0-9.][0-9_.,]*\s*[A-Za-zµ]*\s*$"
_WITH_UNIT = r"^\s*(([0-9.][0-9_.,]*\s*[A-Za-zµ]+\s*)+|[0.]+)\s*$"


def _written(example: str) -> WithJsonSchema:
    """Return the JSON Schema of a count: a number, or text like the example."""
    text = {"type": "string", "pattern": _TEXT}
    number = {"type": "number", "minimum": 0}
    return WithJsonSchema({"anyOf": [number, text], "examples": [example]})


def _with_unit(example: str) -> WithJsonSchema:
    """Return the JSON Schema of a size or time: text with a unit, or 0."""
    text = {"type": "string", "pattern": _WITH_UNIT}
    return WithJsonSchema({"anyOf": [{"const": 0}, text], "examples": [example]})


def _level(value: object) -> object:
    """Return "off" if YAML has read `off` as false."""
    return "off" if value is False else value


def _column(value: object) -> object:
    if not isinstance(value, str | dict):
        raise ValueError("must be a path or a mapping like {kind: sequence}")
    return value


class _ColumnSchema:
    """Adds the kinds of column to the JSON Schema; the `dataset` stage reads the value.

    Args:
        other: JSON Schemas of other values that a column may have.
    """

    def __init__(self, *other: dict[str, Any]) -> None:
        self._other = other

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        from limerun.dataset.design.column_kinds import describe_columns

        return {"anyOf": [*self._other, *describe_columns(handler)]}


def empty(value: object) -> object:
    """Return an empty mapping for a section without content, which YAML reads as null."""
    return {} if value is None else value


Size = Annotated[int, BeforeValidator(parse_size), Field(gt=0), _with_unit("200 MB")]
Duration = Annotated[float, BeforeValidator(parse_duration), _with_unit("90 s")]
Count = Annotated[int, BeforeValidator(parse_count), _written("100k")]
Rows = Annotated[dict[str, Count], BeforeValidator(empty)]
Mappings = Annotated[dict[str, dict[str, Any]], BeforeValidator(empty)]
Column = Annotated[Any, BeforeValidator(_column), _ColumnSchema({"type": "string"})]
ColumnOptions = Annotated[dict[str, Any], _ColumnSchema()]


BudgetLevel = Annotated[
    Literal["error", "warning", "off"],
    BeforeValidator(_level),
    WithJsonSchema({"enum": ["error", "warning", "off", False]}),
]


RuleLevel = Annotated[
    Literal["error", "warning", "note", "off"],
    BeforeValidator(_level),
    WithJsonSchema({"enum": ["error", "warning", "note", "off", False]}),
]


class Keys(BaseModel):
    """A section of the config; rejects unknown keys and values of the wrong type."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
