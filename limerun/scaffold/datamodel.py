"""Write a data model for the limetypes that code uses: the core's own, or guessed."""

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
"""The core's limetypes, as `configs/core-lime-types.yaml` has them."""
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
# What the application holds, in the platform's own DSL: the limetypes that the code
# was seen to use. Put your application's own data model here if you have it.
# The core's limetypes follow what is publicly known of them.
"""
_GUESSED = "  # guessed from the code: check"


@cache
def core_types() -> Model:
    """Return the core's limetypes, each property as the DSL says it; not to change."""
    loaded: Model = yaml.safe_load(CORE.read_text(encoding="utf-8"))
    return {
        name: {key: each for key, each in of.items() if key != "_label"}
        for name, of in loaded.items()
    }


def relations_of(model: Model) -> dict[str, str]:
    """Return the limetype that each `limetype.property` of a data model leads to."""
    return {
        f"{limetype}.{name}": of["related"]
        for limetype, properties in model.items()
        for name, of in properties.items()
        if of.get("type") in RELATION_TYPES and "related" in of
    }


class DataModel:
    """The limetypes of the code, with what is known and what is guessed of them."""

    def __init__(self, uses: Uses, own: Model | None = None) -> None:
        core = core_types() | (own or {})
        self.names = sorted(_reached(uses, core) | set(own or {}))
        self.model: Model = {name: {} for name in self.names}
        self.guessed: set[tuple[str, str]] = set()
        for name in self.names:
            self.model[name] = {
                key: of
                for key, of in core.get(name, {}).items()
                if of.get("related", name) in self.names
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
            of = {"type": "belongsto", "related": name, "backref": limetype}
            self._add(limetype, name, of)
            back = {"type": "hasmany", "related": limetype, "backref": name}
            if limetype not in self.model[name]:
                self._add(name, limetype, back)
        else:
            self._add(limetype, name, _property(name, seen))

    def _add(self, limetype: str, name: str, of: dict[str, Any]) -> None:
        self.model[limetype][name] = of
        self.guessed.add((limetype, name))

    def text(self) -> str:
        """Return the data model as a YAML file, a property a line."""
        return _HEAD + "".join(
            f"\n{name}:\n  _label: {name}\n" + "".join(self._lines(name))
            for name in self.names
        )

    def _lines(self, limetype: str) -> Iterator[str]:
        for name, of in self.model[limetype].items():
            mark = _GUESSED if (limetype, name) in self.guessed else ""
            yield f"  {flow(name)}: {flow(of)}{mark}\n"


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
    # What YAML would spread over lines, JSON writes on one, and YAML reads it.
    return json.dumps(value) if "\n" in text else text


def _reached(uses: Uses, core: Model) -> set[str]:
    """Return the limetypes that are used, and those that used relations lead to."""
    relations = relations_of(core)
    reached = set(uses)
    for limetype, properties in uses.items():
        for name, seen in properties.items():
            related = relations.get(f"{limetype}.{name}")
            if related or (seen.relation and name in core):
                reached.add(related or name)
    return reached


def _property(name: str, seen: PropertyUse) -> dict[str, Any]:
    """Return what a property probably is, by what is done with it and by its name."""
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
