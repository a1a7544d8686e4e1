"""The texts of a feature test: its result, and the first changed objects. Pure."""

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
    """The texts of one object that a run changed."""

    sign: str
    name: str
    properties: str


def changed_objects(changes: Sequence[ObjectsChanged]) -> Iterator[ChangedObject]:
    """Yield the first changed objects of each limetype."""
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
        texts = [
            f"{name}: {value_text(before.get(name))} -> {value_text(after.get(name))}"
            for name in names
        ]
    else:
        known = after if isinstance(after, dict) else before
        values = known if isinstance(known, dict) else {}
        texts = [f"{name}: {value_text(value)}" for name, value in values.items()]
    yield from map(one_line, texts[:_PROPERTIES])
    if len(texts) > _PROPERTIES:
        yield f"and {len(texts) - _PROPERTIES} more"


def value_text(value: Json) -> str:
    """Return a value as JSON; a long text is cut off."""
    if isinstance(value, str):
        return one_line(f'"{value}"', _VALUE_LIMIT)
    return json.dumps(value, ensure_ascii=False)
