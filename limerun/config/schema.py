"""The JSON Schema of the config, as users write it."""

import json

from limerun.config.model import ConfigKeys
from limerun.records import Json

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Json]:
    """Return the JSON Schema (2020-12) of the config file.

    Sizes, times and counts are a number or text with a unit; what must hold between
    keys is not in it.
    """
    schema = {"$schema": DIALECT, **ConfigKeys.model_json_schema(mode="validation")}
    cleaned = _without_titles(schema)
    cleaned["title"] = "limerun config"
    return cleaned


def schema_text() -> str:
    """Return the JSON Schema as a file."""
    return json.dumps(json_schema(), indent=2) + "\n"


def _without_titles(schema: dict[str, Json]) -> dict[str, Json]:
    """Drop the titles that pydantic makes up of the keys' names."""
    cleaned: dict[str, Json] = {}
    for key, value in schema.items():
        if key in {"properties", "$defs"} and isinstance(value, dict):
            cleaned[key] = {
                name: _without_titles(each) if isinstance(each, dict) else each
                for name, each in value.items()
            }
        elif key == "anyOf" and isinstance(value, list):
            cleaned[key] = [
                _without_titles(each) if isinstance(each, dict) else each
                for each in value
            ]
        elif key == "additionalProperties" and isinstance(value, dict):
            cleaned[key] = _without_titles(value)
        elif key != "title":
            cleaned[key] = value
    return cleaned
