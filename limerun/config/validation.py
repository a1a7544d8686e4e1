"""Check the values: first each key against the model, then the rules between keys.

Rules between keys use the values as written, so that one mistake does not hide another.
"""

import re
from collections.abc import Iterator, Mapping
from keyword import iskeyword
from typing import Any

from pydantic import ValidationError

from limerun.config import placeholders
from limerun.config.layers import Layers
from limerun.config.model import ANY, ConfigKeys, sections
from limerun.config.problems import KeyPath, Problem
from limerun.config.source_keys import FILE_KEYS, HTTP_KEYS
from limerun.nearest_name import nearest_name, right_names
from limerun.records.rules import RULES_BY_ID
from limerun.units import format_size
from limerun.wording import fault_text

_SOURCE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_LIMETYPES: KeyPath = ("dataset", "limetypes")
_SECTIONS = {path: model.model_fields for path, model in sections()}


def validate(layers: Layers) -> tuple[ConfigKeys | None, list[Problem]]:
    """Return the config if it is valid, else None and the problems."""
    try:
        return ConfigKeys.model_validate(layers.values), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, [_problem(layers, detail) for detail in details]


def _problem(layers: Layers, detail: Mapping[str, Any]) -> Problem:
    path: KeyPath = detail["loc"]
    kind: str = detail["type"]
    if kind == "extra_forbidden":
        return layers.problem(path, f"unknown key{_right_key(path)}", at_key=True)
    if kind == "missing":
        fields = _SECTIONS[_pattern(path[:-1])]
        what = fields[str(path[-1])].description
        return layers.problem(path, f"is missing; add {path[-1]}: {what}")
    if kind in {"model_type", "model_attributes_type"}:
        names = ", ".join(_SECTIONS.get(_pattern(path), ()))
        return layers.problem(path, f"must be a mapping with the keys {names}")
    return layers.problem(path, fault_text(detail))


def _right_key(path: KeyPath) -> str:
    """Suggest the nearest key of the section, or the section that has this key."""
    name = str(path[-1])
    elsewhere = [
        ".".join((*section, name))
        for section, fields in _SECTIONS.items()
        if name in fields and ANY not in section
    ]
    here = _SECTIONS[_pattern(path[:-1])]
    if elsewhere and nearest_name(name, here) is None:
        return f'; did you mean "{elsewhere[0]}"?'
    return right_names(name, here)


def _pattern(path: KeyPath) -> tuple[str, ...]:
    """Return a section's path with ANY in place of names that the user chose."""
    parts = [str(part) for part in path]
    if len(parts) > 1 and (parts[0], ANY) in _SECTIONS:
        parts[1] = ANY
    return tuple(parts)


def check_all(layers: Layers, *, limetypes_read: bool) -> Iterator[Problem]:
    """Yield the problems between keys.

    Args:
        layers: The values as written.
        limetypes_read: True if the limetypes are known, so that keys that name a
        limetype can be checked.
    """
    yield from _check_parameters(layers)
    yield from _check_sources(layers)
    yield from _check_environment_variables(layers)
    yield from _check_rules(layers)
    if limetypes_read:
        yield from _check_limetypes(layers)
        yield from _check_rows(layers)
        yield from _check_properties(layers)


def check_limits(config: ConfigKeys, layers: Layers) -> Iterator[Problem]:
    """Yield limits that no task can meet, and settings that cannot have an effect."""
    idle = config.budget.idle_baseline
    if config.environment == "cloud" and config.cloud_limit <= idle:
        text = f"must be more than budget.idle_baseline, {format_size(idle)}"
        yield layers.problem(("cloud_limit",), text)
    parquet = [
        name for name, each in config.sources.items() if each.format == "parquet"
    ]
    if parquet and config.budget.queries_per_row is not None:
        text = (
            f"cannot be measured with the Parquet source {parquet[0]}: limerun cannot "
            "count the rows that the task reads; use another format or remove the budget"
        )
        yield layers.problem(("budget", "queries_per_row"), text)
    if config.application is not None and config.database.url != "sqlite":
        text = "has no effect, because the application has its own database; remove it"
        yield layers.problem(("database", "url"), text)


def _check_rules(layers: Layers) -> Iterator[Problem]:
    for name in layers.section(("rules",)):
        if name not in RULES_BY_ID:
            text = f"there is no rule {name}{right_names(name, RULES_BY_ID)}"
            yield layers.problem(("rules", name), text, at_key=True)


def _check_parameters(layers: Layers) -> Iterator[Problem]:
    parameters = layers.section(("parameters",))
    for name in parameters:
        if not name.isidentifier() or iskeyword(name):
            text = "is not a valid name of a keyword argument"
            yield layers.problem(("parameters", name), text, at_key=True)
    for path, text in placeholders.check(parameters, layers.section(("sources",))):
        yield layers.problem(("parameters", *path), text)


def _check_sources(layers: Layers) -> Iterator[Problem]:
    for name, source in layers.section(("sources",)).items():
        path: KeyPath = ("sources", name)
        if not _SOURCE_NAME.fullmatch(name):
            text = "is not a valid name for a source; use letters, digits, _ and -"
            yield layers.problem(path, text, at_key=True)
        if isinstance(source, dict):
            yield from _check_kind(layers, path, source)


def _check_kind(
    layers: Layers, path: KeyPath, source: dict[str, object]
) -> Iterator[Problem]:
    """Yield keys that do not apply to this kind of source, and a missing format."""
    kind = source.get("kind", "file")
    if kind not in ("file", "http"):
        return
    idle = FILE_KEYS if kind == "http" else HTTP_KEYS
    for key in idle:
        if key in source:
            text = "has no effect without kind: http; remove it"
            if kind == "http":
                text = "has no effect with kind: http, which serves JSON; remove it"
            yield layers.problem((*path, key), text, at_key=True)
    if kind == "file" and "delimiter" in source and source.get("format") != "csv":
        text = "has no effect without format: csv; remove it"
        yield layers.problem((*path, "delimiter"), text, at_key=True)
    if kind == "file" and source.get("format") is None:
        text = "is missing; add format: jsonl, csv, parquet or json"
        yield layers.problem((*path, "format"), text)


def _check_environment_variables(layers: Layers) -> Iterator[Problem]:
    for name, value in layers.section(("environment_variables",)).items():
        if not name or "=" in name:
            text = 'is not a valid name for an environment variable; remove "="'
            yield layers.problem(("environment_variables", name), text, at_key=True)
        if name.startswith("LIMERUN_"):
            text = "is reserved for limerun; set the key in this config instead"
            yield layers.problem(("environment_variables", name), text, at_key=True)
        if isinstance(value, str) and "\0" in value:
            text = "contains a zero byte; remove it"
            yield layers.problem(("environment_variables", name), text)


def _check_limetypes(layers: Layers) -> Iterator[Problem]:
    for limetype, properties in layers.section(_LIMETYPES).items():
        path = (*_LIMETYPES, limetype)
        if not limetype.isidentifier():
            text = "is not a valid name for a limetype; use letters, digits and _"
            yield layers.problem(path, text, at_key=True)
        if not isinstance(properties, dict):
            continue
        for name, options in properties.items():
            if name == "_label":
                continue
            if not name.isidentifier():
                text = "is not a valid name for a property; use letters, digits and _"
                yield layers.problem((*path, name), text, at_key=True)
            if not isinstance(options, dict):
                text = "must be a mapping like {type: string}"
                yield layers.problem((*path, name), text)


def _check_rows(layers: Layers) -> Iterator[Problem]:
    limetypes = layers.section(_LIMETYPES)
    rows = layers.section(("dataset", "rows"))
    if not limetypes:
        if rows:
            text = "needs dataset.limetypes; add the data model"
            yield layers.problem(("dataset", "rows"), text, at_key=True)
        return
    for section in (("dataset", "rows"), ("production", "rows")):
        for name in layers.section(section):
            if name not in limetypes:
                text = f"is not a limetype of the dataset{right_names(name, limetypes)}"
                yield layers.problem((*section, name), text, at_key=True)


def _check_properties(layers: Layers) -> Iterator[Problem]:
    known = [
        f"{limetype}.{name}"
        for limetype, properties in layers.section(_LIMETYPES).items()
        if isinstance(properties, dict)
        for name in properties
        if not name.startswith("_")
    ]
    for name in layers.section(("dataset", "properties")):
        if name not in known:
            text = f"is not a property of the dataset{right_names(name, known)}"
            path = ("dataset", "properties", name)
            yield layers.problem(path, text, at_key=True)
