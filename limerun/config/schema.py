"""Create the JSON Schema of the config file."""

import json

from limerun.config.model import ConfigKeys
from limerun.records import Json

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_BY_NAME = {"properties", "$defs", "dependentSchemas"}
"""Keys under which users choose names, so that "title" may be one of them."""


def json_schema() -> dict[str, Json]:
    """Return the JSON Schema (2020-12) of the config file.

    Sizes, times and counts are a number, or text with a unit. Rules between keys are
    not part of it.
    """
    schema = {"$schema": DIALECT, **ConfigKeys.model_json_schema(mode="validation")}
    cleaned = _without_titles(schema)
    assert isinstance(cleaned, dict)
    return {**cleaned, "title": "limerun config"}


def schema_text() -> str:
    """Return the JSON Schema as the text of a file."""
    return json.dumps(json_schema(), indent=2) + "\n"


def _without_titles(schema: Json) -> Json:
    """Drop the titles that pydantic derives from the names of keys."""
    if isinstance(schema, list):
        return [_without_titles(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _without_titles(each) for name, each in value.items()}
        if key in _BY_NAME and isinstance(value, dict)
        else _without_titles(value)
        for key, value in schema.items()
        if key != "title"
    }
