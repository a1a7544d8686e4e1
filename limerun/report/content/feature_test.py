"""What a feature test shows: the result, and the first objects that it changed. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from limerun.records import Json, ObjectsChanged
from limerun.report.content.safe_text import one_line

_PROPERTIES = 6
_VALUE_LIMIT = 32
_SIGNS = {"created": "+", "updated": "~", "deleted": "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedObject:
    """One object that a run changed, in words."""

    sign: str
    name: str
    properties: str


def changed_objects(changes: Sequence[ObjectsChanged]) -> Iterator[ChangedObject]:
    """Yield the first objects of each limetype that were changed."""
    for change in changes:
        for example in change.examples:
            kind = str(example.get("change", ""))
            number = one_line(str(example.get("id", "?")), 20)
            yield ChangedObject(
                sign=_SIGNS.get(kind, " "),
                name=f"{one_line(change.limetype, 30)} {number}",
                properties=", ".join(_properties(example)),
            )


def _properties(example: Mapping[str, Json]) -> Iterator[str]:
    before, after = example.get("before"), example.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        names = [name for name in before | after if before.get(name) != after.get(name)]
        told = [
            f"{name}: {value_text(before.get(name))} -> {value_text(after.get(name))}"
            for name in names
        ]
    else:
        held = after if isinstance(after, dict) else before
        values = held if isinstance(held, dict) else {}
        told = [f"{name}: {value_text(value)}" for name, value in values.items()]
    yield from map(one_line, told[:_PROPERTIES])
    if len(told) > _PROPERTIES:
        yield f"and {len(told) - _PROPERTIES} more"


def value_text(value: Json) -> str:
    """Return a value as JSON has it; a long text is cut off."""
    if isinstance(value, str):
        return one_line(f'"{value}"', _VALUE_LIMIT)
    return json.dumps(value, ensure_ascii=False)
