"""Decide what the config says of a task that was found, and the data model beside it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from limerun.config.file import read_document
from limerun.errors import ConfigError
from limerun.scaffold.datamodel import (
    DataModel,
    Model,
    core_types,
    flow,
    relations_of,
)
from limerun.scaffold.exports import Export, guess_export
from limerun.scaffold.nouns import Candidate, Module, Surroundings
from limerun.scaffold.rendering import CONFIG, LIMETYPES, render_config
from limerun.scaffold.uses import Uses, find_uses
from limerun.scaffold.values import Given, first_values

ROWS = 5_000
_FEW = {"company": 1_000, "person": 2_000, "coworker": 20, "office": 5, "campaign": 20}
MOST_OTHERS = 50
_CORE_WHY = "the core's limetypes, as publicly known: put your own there"
_GUESSED_WHY = "taken from the core's, and guessed from the code: check"
_OWN_WHY = "the one that was here"


def files_for(
    candidates: list[Candidate], modules: Iterable[Module], around: Surroundings
) -> dict[str, str]:
    """Return the config for the first candidate, and its data model if there is none.

    Raises:
        ConfigError: The data model that lies in the folder cannot be read.
    """
    chosen, *others = candidates
    own = _own_model(around.folder / LIMETYPES)
    relations = relations_of(core_types() | (own or {}))
    uses = find_uses(modules, relations)
    made = DataModel(uses)
    model = made.model if own is None else own
    rows = _rows(uses, model)
    values = first_values(chosen)
    exports = list(_exports(values, chosen.module, model, rows))
    dataset = None
    if model:
        example = max(
            rows or dict.fromkeys(model, 0), key=lambda name: rows.get(name, 0)
        )
        why = _GUESSED_WHY if made.guessed else _CORE_WHY
        dataset = {
            "limetypes": LIMETYPES,
            "why": why if own is None else _OWN_WHY,
            "rows": {flow(name): f"{count:_}" for name, count in rows.items()},
            "properties": {},
            "example": example,
        }
    config = render_config(
        {
            "config": CONFIG,
            "task": flow(chosen.spec),
            "kind": chosen.kind,
            "others": [other.spec for other in others[:MOST_OTHERS]],
            "python": around.python and flow(around.python),
            "has_platform": around.has_platform and chosen.kind == "lime",
            "parameters": [
                {"key": flow(each.name), "value": _shown(each), "why": each.why}
                for each in values
            ],
            "dataset": dataset,
            "exports": [_export(each) for each in exports],
        }
    )
    files = {CONFIG: config}
    if own is None and model:
        files[LIMETYPES] = made.text()
    return files


def _shown(given: Given) -> str:
    return str(given.value) if given.source else flow(given.value)


def _own_model(path: Path) -> Model | None:
    """Return the data model that lies there; None: there is none."""
    if not path.exists():
        return None
    value = read_document(path, name=LIMETYPES).value or {}
    named: dict[str, Any] = value if isinstance(value, dict) else {"": None}
    for limetype, properties in named.items():
        if not isinstance(properties, dict):
            raise ConfigError(
                f"{LIMETYPES}: {limetype or 'it'} is no mapping of names to "
                "properties; mend it, or move it away"
            )
    return {
        limetype: {
            name: of if isinstance(of, dict) else {}
            for name, of in properties.items()
            if name != "_label"
        }
        for limetype, properties in named.items()
    }


def _rows(uses: Uses, model: Model) -> dict[str, int]:
    """Return how many rows to make first of each limetype that is used."""
    wanted = [name for name in model if name in uses]
    for name in wanted:  # grows: what a row must have is made too
        for of in model[name].values():
            related = of.get("related")
            needed = of.get("required") is True and of.get("type") == "belongsto"
            if needed and related in model and related not in wanted:
                wanted.append(related)
    return {name: _FEW.get(name, ROWS) for name in model if name in wanted}


def _exports(
    values: Iterable[Given], module: Module, model: Model, rows: dict[str, int]
) -> Iterator[Export]:
    seen: set[str] = set()
    for given in values:
        if given.source and given.source not in seen:
            seen.add(given.source)
            yield guess_export(given.source, module, model, rows, is_url=given.is_url)


def _export(export: Export) -> dict[str, Any]:
    why = "those that the code reads" if export.is_seen else "made up"
    return {
        "name": flow(export.name),
        "is_url": export.is_url,
        "is_guess": True,
        "format": export.format,
        "rows": f"{export.rows:_}",
        "overlap": export.overlap,
        "columns": {
            flow(column): flow(kind) for column, kind in export.columns.items()
        },
        "why": f"{why}: check",
    }
