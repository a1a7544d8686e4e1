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
from limerun.scaffold.exports import (
    GuessedExport,
    delimiter_in,
    guess_export,
    unmade_file,
)
from limerun.scaffold.nouns import Candidate, Module, Surroundings
from limerun.scaffold.own_dsl import find_dsl
from limerun.scaffold.reach import reached
from limerun.scaffold.rendering import CONFIG, LIMETYPES, render_config
from limerun.scaffold.uses import Uses, find_uses
from limerun.scaffold.values import Given, first_values

ROWS = 5_000
_FEW = {"company": 1_000, "person": 2_000, "coworker": 20, "office": 5, "campaign": 20}
MOST_OTHERS = 50
DELIMITERS = (",", ";", "\t", "|")
"""Those that a CSV source can have."""
_CORE_WHY = "the core's limetypes, as publicly known: put your own there"
_GUESSED_WHY = "taken from the core's, and guessed from the code: check"
_OWN_WHY = "the one that was here"


def files_for(
    candidates: list[Candidate], modules: Iterable[Module], around: Surroundings
) -> tuple[dict[str, str], list[str]]:
    """Return the config for the first candidate, its data model if there is none, notes.

    Raises:
        ConfigError: The data model that lies in the folder cannot be read.
    """
    chosen, *others = candidates
    own = _own_model(around.folder / LIMETYPES)
    stated = find_dsl(around.folder) if own is None else None
    place, dsl = stated or ("", {})
    relations = relations_of(core_types() | dsl | (own or {}))
    uses = find_uses(modules, relations)
    made = DataModel(uses, dsl)
    model = made.model if own is None else own
    rows = _rows(uses, model)
    code = reached(chosen, modules)
    values, notes = _checked(first_values(chosen), code)
    exports = list(_exports(values, code, model, rows))
    if stated and model:
        notes.append(f"{LIMETYPES}: taken from {place}")
    dataset = None
    if model:
        example = max(
            rows or dict.fromkeys(model, 0), key=lambda name: rows.get(name, 0)
        )
        why = _GUESSED_WHY if made.guessed else _CORE_WHY
        if stated:
            why = f"taken from {place}"
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
    return files, notes


def _checked(values: Iterable[Given], code: Module) -> tuple[list[Given], list[str]]:
    """Return the values without sources that limerun cannot make, and say so."""
    checked: list[Given] = []
    notes: list[str] = []
    for given in values:
        kind = None if given.is_url or not given.source else unmade_file(code.tree)
        if kind is not None:
            why = f"the path of {kind}, which limerun cannot make: check"
            given = Given(name=given.name, value="put-its-path-here", why=why)
            notes.append(
                f"the task reads {kind}, which limerun cannot make: put the path of "
                f"an anonymized one in `parameters.{given.name}`"
            )
        checked.append(given)
    if delimiter := _unknown_delimiter(code):
        notes.append(
            f"the task reads CSV with the delimiter {delimiter!r}, which limerun "
            f"cannot write; the source has commas"
        )
    return checked, notes


def _unknown_delimiter(code: Module) -> str | None:
    delimiter = delimiter_in(code.tree)
    return None if delimiter in (None, *DELIMITERS) else delimiter


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
) -> Iterator[GuessedExport]:
    seen: set[str] = set()
    for given in values:
        if given.source and given.source not in seen:
            seen.add(given.source)
            yield guess_export(given.source, module, model, rows, is_url=given.is_url)


def _export(export: GuessedExport) -> dict[str, Any]:
    why = "those that the code reads" if export.is_seen else "made up"
    return {
        "name": flow(export.name),
        "is_url": export.is_url,
        "is_guess": True,
        "format": export.format,
        "delimiter": flow(export.delimiter) if _has_delimiter(export) else None,
        "rows": f"{export.rows:_}",
        "overlap": export.overlap,
        "columns": {
            flow(column): flow(kind) for column, kind in export.columns.items()
        },
        "why": f"{why}: check",
    }


def _has_delimiter(export: GuessedExport) -> bool:
    is_other = export.delimiter in DELIMITERS and export.delimiter != ","
    return is_other and export.format == "csv" and not export.is_url
