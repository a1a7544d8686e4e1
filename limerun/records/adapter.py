"""Read a record from its document, and derive the JSON Schema of records. Pure.

The dataclasses are the only definition: their types define what is accepted, and the
text below each field describes it in the schema. To add a field, write its type and
text, and run `make records`.
"""

import dataclasses
import json
import types
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NewType, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import ErrorDetails

from limerun.errors import RecordError
from limerun.nearest_name import did_you_mean
from limerun.records import Json, Record
from limerun.records.field_types import kind_of

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_LONGEST_SHOWN = 60
_new_type: Any = NewType  # avoids mypy's check that both names agree
_Path = Sequence[str | int]
"""The keys and indexes that lead to a value."""


def read_document(kind: Any, document: Json) -> Any:
    """Return the record of this kind that a JSON document contains.

    Raises:
        RecordError: A part is missing, unknown or wrong; the message names it.
    """
    try:
        return _adapter(kind).validate_python(document)
    except ValidationError as error:
        found = error.errors(include_url=False)
        unknown = [each for each in found if each["type"] == _UNKNOWN]
        raise RecordError(_worded(kind, [*unknown, *found][0])) from error


def record_schema() -> dict[str, Json]:
    """Return the JSON Schema (2020-12) of a record."""
    schema = _adapter(Record, documented=True).json_schema(schema_generator=_InOrder)
    return {"$schema": _DIALECT, "title": "limerun record", **_tidied(schema)}


def record_schema_text() -> str:
    """Return the JSON Schema of a record as the file `limerun/record.schema.json`."""
    return json.dumps(record_schema(), indent=1) + "\n"


@cache
def _adapter(kind: Any, documented: bool = False) -> TypeAdapter[Any]:
    # Most of the time is spent reading the texts below the fields from the source code.
    # pydantic accepts a config only for a type that is not a dataclass, hence the new
    # type.
    config = ConfigDict(extra="forbid", use_attribute_docstrings=documented)
    return TypeAdapter(_new_type("Document", kind), config=config)


class _InOrder(GenerateJsonSchema):
    """Keeps the order of definitions; adds descriptions and forbids unknown keys."""

    def sort(self, value: Any, parent_key: str | None = None) -> Any:
        return value

    def dataclass_schema(self, schema: Any) -> JsonSchemaValue:
        # pydantic up to 2.12 omits these two keys for a dataclass nested in another
        always = {"description": schema["cls"].__doc__, "additionalProperties": False}
        return {**super().dataclass_schema(schema), **always}


def _tidied(schema: Any) -> Any:
    """Remove the titles that pydantic derives from names; put each text on one line."""
    if isinstance(schema, dict):
        titled = isinstance(schema.get("title"), str)
        kept = [each for each in schema.items() if not (titled and each[0] == "title")]
        return {key: _tidied(value) for key, value in kept}
    if isinstance(schema, list):
        return [_tidied(each) for each in schema]
    return " ".join(schema.split()) if isinstance(schema, str) else schema


# --- what is wrong --------------------------------------------------------------

_UNKNOWN = "unexpected_keyword_argument"
_NEEDED: Mapping[str, str] = {
    "dataclass_type": "an object",
    "dict_type": "an object",
    "tuple_type": "a list",
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
}


def _worded(kind: type, found: ErrorDetails) -> str:
    """Return a message that names the position and the problem."""
    problem, path = found["type"], found["loc"]
    if problem == _UNKNOWN:
        *parent, name = path
        advice = did_you_mean(name, _keys_at(kind, parent))
        return f'{_place(parent)}: unknown key "{name}"{advice}'
    if problem == "missing":
        return f'{_place(path[:-1])}: "{path[-1]}" is missing'
    return f"{_place(path)}: {_complaint(problem, found)}"


def _complaint(problem: str, found: ErrorDetails) -> str:
    value, context = found["input"], found.get("ctx", {})
    if problem in _NEEDED:
        return (
            f"{_NEEDED[problem]} is needed here, not {kind_of(value)}: {_shown(value)}"
        )
    if problem in {"literal_error", "enum"}:
        names = context["expected"].replace("'", '"').replace(" or ", ", ")
        return f"{_shown(value)} is not one of {names}"
    if problem == "greater_than_equal":
        return f"{_shown(value)} is negative"
    return str(context.get("error", found["msg"]))


def _place(path: _Path) -> str:
    text = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path)
    return text.removeprefix(".") or "the record"


def _shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def _keys_at(hint: Any, path: _Path) -> Sequence[str]:
    """Return the keys that the dataclass at a position of a document has."""
    for step in path:
        if dataclasses.is_dataclass(hint):
            [hint] = [f.type for f in dataclasses.fields(hint) if f.name == step]
        else:
            hint = get_args(hint)[0 if get_origin(hint) is tuple else -1]
        if isinstance(hint, types.UnionType):
            hint = get_args(hint)[0]
    return [field.name for field in dataclasses.fields(hint)]
