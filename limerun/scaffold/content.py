"""Decide the content of the config and data model for a task."""

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
    unsupported_file,
)
from limerun.scaffold.own_dsl import find_dsl
from limerun.scaffold.parsed_code import Candidate, Module, Surroundings
from limerun.scaffold.reachable_code import reachable_code
from limerun.scaffold.rendering import CONFIG, LIMETYPES, render_config
from limerun.scaffold.uses import Uses, find_uses
from limerun.scaffold.values import FirstValue, first_values

ROWS = 5_000
_FEW = {"company": 1_000, "person": 2_000, "coworker": 20, "office": 5, "campaign": 20}
MOST_OTHERS = 50
DELIMITERS = (",", ";", "\t", "|")
"""The delimiters that a CSV source can have."""
_CORE_WHY = "the publicly documented limetypes of the core: replace them with your own"
_GUESSED_WHY = "from the core's limetypes, and guessed from the code: check"
_OWN_WHY = "your existing file"


def files_for(
    candidates: list[Candidate], modules: Iterable[Module], around: Surroundings
) -> tuple[dict[str, str], list[str]]:
    """Return the config for the first candidate, a data model if needed, and notes.

    Raises:
        ConfigError: The data model in the folder cannot be read.
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
    code = reachable_code(chosen, modules)
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


def _checked(
    values: Iterable[FirstValue], code: Module
) -> tuple[list[FirstValue], list[str]]:
    """Replace sources that limerun cannot write; return the values and notes."""
    checked: list[FirstValue] = []
    notes: list[str] = []
    for given in values:
        kind = None if given.is_url or not given.source else unsupported_file(code.tree)
        if kind is not None:
            why = f"the path of {kind}, which limerun cannot write: check"
            given = FirstValue(name=given.name, value="put-its-path-here", why=why)
            notes.append(
                f"the task reads {kind}, which limerun cannot write: put the path of "
                f"an anonymized file in `parameters.{given.name}`"
            )
        checked.append(given)
    if delimiter := _unknown_delimiter(code):
        notes.append(
            f"the task reads CSV with the delimiter {delimiter!r}, which limerun "
            f"cannot write; the source has commas instead"
        )
    return checked, notes


def _unknown_delimiter(code: Module) -> str | None:
    delimiter = delimiter_in(code.tree)
    return None if delimiter in (None, *DELIMITERS) else delimiter


def _shown(given: FirstValue) -> str:
    return str(given.value) if given.source else flow(given.value)


def _own_model(path: Path) -> Model | None:
    """Read the data model in the folder, if there is one."""
    if not path.exists():
        return None
    value = read_document(path, name=LIMETYPES).value or {}
    named: dict[str, Any] = value if isinstance(value, dict) else {"": None}
    for limetype, properties in named.items():
        if not isinstance(properties, dict):
            raise ConfigError(
                f"{LIMETYPES}: {limetype or 'the file'} must be a mapping of names to "
                "properties; correct it, or move the file away"
            )
    return {
        limetype: {
            name: keys if isinstance(keys, dict) else {}
            for name, keys in properties.items()
            if name != "_label"
        }
        for limetype, properties in named.items()
    }


def _rows(uses: Uses, model: Model) -> dict[str, int]:
    """Return the initial number of rows of each limetype that is used."""
    wanted = [name for name in model if name in uses]
    for name in wanted:  # grows: limetypes of required relations are added
        for keys in model[name].values():
            related = keys.get("related")
            needed = keys.get("required") is True and keys.get("type") == "belongsto"
            if needed and related in model and related not in wanted:
                wanted.append(related)
    return {name: _FEW.get(name, ROWS) for name in model if name in wanted}


def _exports(
    values: Iterable[FirstValue], module: Module, model: Model, rows: dict[str, int]
) -> Iterator[GuessedExport]:
    seen: set[str] = set()
    for given in values:
        if given.source and given.source not in seen:
            seen.add(given.source)
            yield guess_export(given.source, module, model, rows, is_url=given.is_url)


def _export(export: GuessedExport) -> dict[str, Any]:
    why = "those that the code reads" if export.is_seen else "invented"
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
