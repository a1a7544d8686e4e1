"""Write a data model for the limetypes that code uses, from the core or guessed."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from limerun.scaffold.uses import PropertyUse, Uses
from limerun.storage import RELATION_TYPES

CORE = (
    Path(__file__).parents[1]
    / "lime"
    / "packages"
    / "lime_test"
    / "core_db"
    / "core.yaml"
)
"""The core's limetypes, as in `configs/core-lime-types.yaml`."""
Model = dict[str, dict[str, dict[str, Any]]]
_TYPES = (
    (r"date$", "date"),
    (r"time$", "time"),
    (r"percent|probability", "percent"),
    (r"amount|value|price|cost|^sum|total|budget", "decimal"),
    (r"count|quantity|^year|antal", "integer"),
    (r"^is_?|^has_?|inactive|^done$|deleted|blocked|active$", "yesno"),
    (r"comment|note|descri|text$|body", "text"),
    (r"phone|mobile", "phone"),
    (r"url|www|link|mail", "link"),
    (r"status$|^type$|category|priority", "option"),
)
_HEAD = """\
# The application's data model in the platform's DSL: the limetypes that the code uses.
# Put your application's own data model here if you have it.
# The core's limetypes are those that are publicly documented.
"""
_GUESSED = "  # guessed from the code: check"


@cache
def core_types() -> Model:
    """Return the core's limetypes in the DSL; the result must not be changed."""
    loaded: Model = yaml.safe_load(CORE.read_text(encoding="utf-8"))
    return {
        name: {key: each for key, each in keys.items() if key != "_label"}
        for name, keys in loaded.items()
    }


def relations_of(model: Model) -> dict[str, str]:
    """Return the related limetype of each `limetype.property` that is a relation."""
    return {
        f"{limetype}.{name}": keys["related"]
        for limetype, properties in model.items()
        for name, keys in properties.items()
        if keys.get("type") in RELATION_TYPES and "related" in keys
    }


class DataModel:
    """The limetypes that code uses, with known and guessed properties."""

    def __init__(self, uses: Uses, own: Model | None = None) -> None:
        core = core_types() | (own or {})
        self.names = sorted(_used_limetypes(uses, core) | set(own or {}))
        self.model: Model = {name: {} for name in self.names}
        self.guessed: set[tuple[str, str]] = set()
        for name in self.names:
            self.model[name] = {
                key: keys
                for key, keys in core.get(name, {}).items()
                if keys.get("related", name) in self.names
            }
        for name in self.names:
            for key, seen in uses.get(name, {}).items():
                if key not in self.model[name]:
                    self._guess(name, key, seen)
            if not self.model[name]:
                self._add(name, "name", {"type": "string", "label": "name"})

    def _guess(self, limetype: str, name: str, seen: PropertyUse) -> None:
        known = core_types().get(limetype, {}).get(name)
        if known is not None and known.get("related", limetype) in self.names:
            self._add(limetype, name, known)
        elif name in self.names:
            link = {"type": "belongsto", "related": name, "backref": limetype}
            self._add(limetype, name, link)
            back = {"type": "hasmany", "related": limetype, "backref": name}
            if limetype not in self.model[name]:
                self._add(name, limetype, back)
        else:
            self._add(limetype, name, _property(name, seen))

    def _add(self, limetype: str, name: str, keys: dict[str, Any]) -> None:
        self.model[limetype][name] = keys
        self.guessed.add((limetype, name))

    def text(self) -> str:
        """Return the data model as the text of a YAML file, one property per line."""
        return _HEAD + "".join(
            f"\n{name}:\n  _label: {name}\n" + "".join(self._lines(name))
            for name in self.names
        )

    def _lines(self, limetype: str) -> Iterator[str]:
        for name, keys in self.model[limetype].items():
            mark = _GUESSED if (limetype, name) in self.guessed else ""
            yield f"  {flow(name)}: {flow(keys)}{mark}\n"


def flow(value: object) -> str:
    """Return a value as YAML on one line."""
    text: str = yaml.safe_dump(
        value,
        default_flow_style=True,
        allow_unicode=True,
        sort_keys=False,
        width=float("inf"),
    )
    text = text.removesuffix("\n...\n").strip()
    # If YAML needs several lines, write JSON, which is YAML too, on one line.
    return json.dumps(value) if "\n" in text else text


def _used_limetypes(uses: Uses, core: Model) -> set[str]:
    """Return the limetypes that are used, and those that used relations lead to."""
    relations = relations_of(core)
    used = set(uses)
    for limetype, properties in uses.items():
        for name, seen in properties.items():
            related = relations.get(f"{limetype}.{name}")
            if related or (seen.relation and name in core):
                used.add(related or name)
    return used


def _property(name: str, seen: PropertyUse) -> dict[str, Any]:
    """Guess the keys of a property from its use and its name."""
    fitting = (type for words, type in _TYPES if re.search(words, name.lower()))
    kind = next(fitting, "string")
    by_value = {bool: "yesno", int: "integer", float: "decimal"}
    kind = by_value.get(type(seen.constant), kind)
    keys = [*seen.keys]
    if kind == "option" and isinstance(seen.constant, str):
        keys.append(seen.constant)
    if seen.is_option or keys:
        return {"type": "option", "options": list(dict.fromkeys(["empty", *keys]))}
    return {"type": "string" if kind == "option" else kind}
