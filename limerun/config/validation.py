"""Hold the values against the model, and word what pydantic finds as users read it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from limerun.config.layers import Layers
from limerun.config.model import ANY, ConfigKeys, sections
from limerun.config.problems import KeyPath, Problem, nearest
from limerun.units import NotReadableError

_SECTIONS = {path: model.model_fields for path, model in sections()}
_WORDS = {
    "string_type": "must be text; put quotes around it",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping of names to values",
    "too_short": "must not be empty",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
}


def validate(layers: Layers) -> tuple[ConfigKeys | None, list[Problem]]:
    """Return the config, or None and everything that keeps it from being one."""
    try:
        return ConfigKeys.model_validate(layers.values), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, [_problem(layers, detail) for detail in details]


def known_paths(layers: Layers) -> Iterator[KeyPath]:
    """Yield every key path that can be set: the model's, and those in use."""
    for section, fields in _SECTIONS.items():
        for path in _named(layers, section):
            yield from ((*path, name) for name in fields)
    for path in _OPEN:
        yield from _inside(path, layers.section(path))


_OPEN: tuple[KeyPath, ...] = (
    ("parameters",),
    ("environment_variables",),
    ("dataset", "rows"),
    ("dataset", "properties"),
    ("production", "rows"),
)


def _inside(path: KeyPath, section: Mapping[str, object]) -> Iterator[KeyPath]:
    for name, value in section.items():
        yield (*path, name)
        if isinstance(value, Mapping):
            yield from _inside((*path, name), value)


def _named(layers: Layers, section: tuple[str, ...]) -> Iterator[KeyPath]:
    """Yield a section's path with the user's own names where it has room for them."""
    if ANY not in section:
        yield section
        return
    at = section.index(ANY)
    for name in layers.section(section[:at]):
        yield (*section[:at], name, *section[at + 1 :])


def _problem(layers: Layers, detail: Mapping[str, Any]) -> Problem:
    path: KeyPath = detail["loc"]
    kind: str = detail["type"]
    if kind == "extra_forbidden":
        return layers.problem(path, f"unknown key{_right_key(path)}", at_key=True)
    if kind == "missing":
        fields = _SECTIONS[_pattern(path[:-1])]
        what = fields[str(path[-1])].description
        return layers.problem(path, f"is missing; write {path[-1]}: {what}")
    return layers.problem(path, _text(detail))


def _text(detail: Mapping[str, Any]) -> str:
    context = detail.get("ctx", {})
    kind = detail["type"]
    if kind == "value_error":
        error = context["error"]
        return error.advice if isinstance(error, NotReadableError) else str(error)
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", context["expected"])
        near = nearest(str(detail["input"]), choices) if len(choices) > 2 else ""
        return f"must be {' or '.join(choices)}{near if 'mean' in near else ''}"
    if kind in {"model_type", "model_attributes_type"}:
        names = ", ".join(_SECTIONS.get(_pattern(detail["loc"]), ()))
        return f"must be a mapping with the keys {names}"
    return _WORDS.get(kind, str(detail["msg"])).format(**context)


def _right_key(path: KeyPath) -> str:
    """Return the nearest key of the section, or the same key's own section."""
    name = str(path[-1])
    elsewhere = [
        ".".join((*section, name))
        for section, fields in _SECTIONS.items()
        if name in fields and ANY not in section
    ]
    text = nearest(name, _SECTIONS[_pattern(path[:-1])])
    if elsewhere and "did you mean" not in text:
        return f'; did you mean "{elsewhere[0]}"?'
    return text


def _pattern(path: KeyPath) -> tuple[str, ...]:
    """Return a section's path with ANY for the user's own names."""
    parts = [str(part) for part in path]
    if len(parts) > 1 and (parts[0], ANY) in _SECTIONS:
        parts[1] = ANY
    return tuple(parts)
