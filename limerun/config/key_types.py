"""What keys of the config are made of: quantities as people write them, sections."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from limerun.units import parse_count, parse_duration, parse_size

_TEXT = r"^\s*[0-9.][0-9_.,]*\s*[A-Za-zµ]*\s*$"


def _written(example: str) -> WithJsonSchema:
    """Return the schema of a quantity: a number, or text like the example."""
    text = {"type": "string", "pattern": _TEXT}
    number = {"type": "number", "minimum": 0}
    return WithJsonSchema({"anyOf": [number, text], "examples": [example]})


def _level(value: object) -> object:
    """Take YAML's false, which is how it reads `off`, as the word."""
    return "off" if value is False else value


def _column(value: object) -> object:
    if not isinstance(value, str | dict):
        raise ValueError("write a name, or a mapping like {kind: sequence}")
    return value


def empty(value: object) -> object:
    """Take a section with nothing under it as an empty one."""
    return {} if value is None else value


Size = Annotated[int, BeforeValidator(parse_size), Field(gt=0), _written("200 MB")]
Duration = Annotated[float, BeforeValidator(parse_duration), _written("90 s")]
Count = Annotated[int, BeforeValidator(parse_count), _written("100k")]
Rows = Annotated[dict[str, Count], BeforeValidator(empty)]
Mappings = Annotated[dict[str, dict[str, Any]], BeforeValidator(empty)]
Column = Annotated[
    Any,
    BeforeValidator(_column),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}]}),
]


BudgetLevel = Annotated[
    Literal["error", "warning", "off"],
    BeforeValidator(_level),
    WithJsonSchema({"enum": ["error", "warning", "off", False]}),
]


class Keys(BaseModel):
    """A section of the config: no key but these, no value of another type."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
