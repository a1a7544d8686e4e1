"""What must hold between the config's keys, beyond each key's own type.

These look at the values as written, so that one mistake does not hide another.
"""

import re
from collections.abc import Iterator
from keyword import iskeyword

from limerun.config import placeholders
from limerun.config.layers import Layers
from limerun.config.model import ConfigKeys
from limerun.config.problems import KeyPath, Problem, nearest
from limerun.config.source_keys import FILE_KEYS, HTTP_KEYS
from limerun.units import format_size

_SOURCE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_LIMETYPES: KeyPath = ("dataset", "limetypes")


def check_all(layers: Layers, *, limetypes_read: bool) -> Iterator[Problem]:
    """Yield what is wrong between keys.

    Args:
        layers: The values as written.
        limetypes_read: The limetypes are there; what names one can be held to them.
    """
    yield from _check_parameters(layers)
    yield from _check_sources(layers)
    yield from _check_environment_variables(layers)
    if limetypes_read:
        yield from _check_limetypes(layers)
        yield from _check_rows(layers)
        yield from _check_properties(layers)


def check_limits(config: ConfigKeys, layers: Layers) -> Iterator[Problem]:
    """Yield what no task could keep to, or would never see."""
    idle = config.budget.idle_baseline
    if config.environment == "cloud" and config.cloud_limit <= idle:
        text = f"must be more than budget.idle_baseline, {format_size(idle)}"
        yield layers.problem(("cloud_limit",), text)
    parquet = [
        name for name, each in config.sources.items() if each.format == "parquet"
    ]
    if parquet and config.budget.queries_per_row is not None:
        text = (
            f"cannot be measured with the Parquet source {parquet[0]}: how many of its "
            "rows the task reads is not seen; use another format, or no such budget"
        )
        yield layers.problem(("budget", "queries_per_row"), text)
    if config.application is not None and config.database.url != "sqlite":
        text = "an installed platform's application has a database of its own"
        yield layers.problem(("database", "url"), text)


def _check_parameters(layers: Layers) -> Iterator[Problem]:
    parameters = layers.section(("parameters",))
    for name in parameters:
        if not name.isidentifier() or iskeyword(name):
            text = "is no name of a keyword argument"
            yield layers.problem(("parameters", name), text, at_key=True)
    for path, text in placeholders.check(parameters, layers.section(("sources",))):
        yield layers.problem(("parameters", *path), text)


def _check_sources(layers: Layers) -> Iterator[Problem]:
    for name, source in layers.section(("sources",)).items():
        path: KeyPath = ("sources", name)
        if not _SOURCE_NAME.fullmatch(name):
            text = "is no name for a source; use letters, digits, _ and -"
            yield layers.problem(path, text, at_key=True)
        if isinstance(source, dict):
            yield from _check_kind(layers, path, source)


def _check_kind(
    layers: Layers, path: KeyPath, source: dict[str, object]
) -> Iterator[Problem]:
    """Yield the keys that this kind of source has no use for, or lacks."""
    kind = source.get("kind", "file")
    if kind not in ("file", "http"):
        return
    idle = FILE_KEYS if kind == "http" else HTTP_KEYS
    for key in idle:
        if key in source:
            text = "has no effect without kind: http"
            if kind == "http":
                text = "has no effect with kind: http, which serves pages of JSON"
            yield layers.problem((*path, key), text, at_key=True)
    if kind == "file" and source.get("format") is None:
        text = "is missing; write format: jsonl, csv, parquet or json"
        yield layers.problem((*path, "format"), text)


def _check_environment_variables(layers: Layers) -> Iterator[Problem]:
    for name, value in layers.section(("environment_variables",)).items():
        if not name or "=" in name:
            text = "is no name for an environment variable"
            yield layers.problem(("environment_variables", name), text, at_key=True)
        if name.startswith("LIMERUN_"):
            text = "is limerun's own; set the key in this config instead"
            yield layers.problem(("environment_variables", name), text, at_key=True)
        if isinstance(value, str) and "\0" in value:
            text = "holds a zero byte"
            yield layers.problem(("environment_variables", name), text)


def _check_limetypes(layers: Layers) -> Iterator[Problem]:
    for limetype, properties in layers.section(_LIMETYPES).items():
        path = (*_LIMETYPES, limetype)
        if not limetype.isidentifier():
            text = "is no name for a limetype; use letters, digits and _"
            yield layers.problem(path, text, at_key=True)
        if not isinstance(properties, dict):
            continue
        for name, options in properties.items():
            if name.startswith("_"):
                continue
            if not name.isidentifier():
                text = "is no name for a property; use letters, digits and _"
                yield layers.problem((*path, name), text, at_key=True)
            if not isinstance(options, dict):
                text = "must be a mapping like {type: string}"
                yield layers.problem((*path, name), text)


def _check_rows(layers: Layers) -> Iterator[Problem]:
    limetypes = layers.section(_LIMETYPES)
    rows = layers.section(("dataset", "rows"))
    if not limetypes:
        if rows:
            text = "rows need dataset.limetypes, to know what they hold"
            yield layers.problem(("dataset", "rows"), text, at_key=True)
        return
    for section in (("dataset", "rows"), ("production", "rows")):
        for name in layers.section(section):
            if name not in limetypes:
                text = f"is no limetype of the dataset{nearest(name, limetypes)}"
                yield layers.problem((*section, name), text, at_key=True)


def _check_properties(layers: Layers) -> Iterator[Problem]:
    limetypes = layers.section(_LIMETYPES)
    if not limetypes:
        return
    known = [
        f"{limetype}.{name}"
        for limetype, properties in limetypes.items()
        if isinstance(properties, dict)
        for name in properties
        if not name.startswith("_")
    ]
    for name in layers.section(("dataset", "properties")):
        limetype, _, own = name.partition(".")
        system = limetype in limetypes and own.startswith("_")
        if name not in known and not system:
            text = f"is no property of the dataset{nearest(name, known)}"
            path = ("dataset", "properties", name)
            yield layers.problem(path, text, at_key=True)
