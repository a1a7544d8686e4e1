"""The format in which a query's rows are returned."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lime_errors import InvalidValueError, UnsupportedError
from lime_type.sources import Path, property_at, related_limetype

if TYPE_CHECKING:
    from lime_type.limetypes import LimeType
    from lime_type.properties import Property

ALIAS = "_alias"


class Leaf:
    """A property in the response: its name and its column."""

    __slots__ = ("convert", "empty", "name", "place", "there")

    def __init__(self, name: str, place: int, there: int, prop: "Property") -> None:
        self.name = name
        self.place = place
        self.there = there
        """The column with the id of the object that has the property."""
        kind = prop.values
        self.convert = kind.queried(prop)
        self.empty = None if kind.nullable else kind.plain(prop.empty)

    def value(self, row: Sequence[Any]) -> Any:
        """Return the value in a row; None if there is no related object."""
        found = row[self.place]
        if found is None:
            return self.empty if row[self.there] is not None else None
        return found if self.convert is None else self.convert(found)


class Response:
    """The parsed responseFormat: paths to read, and a function from row to mapping."""

    def __init__(self, limetype: "LimeType", wanted: Mapping[str, Any]) -> None:
        self._paths: list[Path] = []
        self.shaped = self._node(limetype, wanted, ())
        self.paths = tuple(self._paths)

    def _node(
        self, limetype: "LimeType", wanted: Mapping[str, Any], path: Path
    ) -> Callable[[Sequence[Any]], dict[str, Any]]:
        there = self._place((*path, "_id"))
        leaves: list[Leaf] = []
        nodes: list[tuple[str, Callable[[Sequence[Any]], dict[str, Any]]]] = []
        for name, said in wanted.items():
            if name == ALIAS:
                continue
            alias, nested = _read(name, said)
            if nested:
                related = related_limetype(limetype, name)
                nodes.append((alias, self._node(related, nested, (*path, name))))
            else:
                definition = _plain(limetype, name)
                place = self._place((*path, name))
                leaves.append(Leaf(alias, place, there, definition))

        def shaped(row: Sequence[Any]) -> dict[str, Any]:
            answer = {leaf.name: leaf.value(row) for leaf in leaves}
            for alias, node in nodes:
                answer[alias] = node(row)
            return answer

        return shaped

    def _place(self, path: Path) -> int:
        if path not in self._paths:
            self._paths.append(path)
        return self._paths.index(path)


def _read(name: str, said: Any) -> tuple[str, Mapping[str, Any]]:
    """Return the name in the response, and the format of the related object."""
    if not said:
        return name, {}
    if not isinstance(said, Mapping):
        raise InvalidValueError(
            f'responseFormat "{name}" must be null, {{"_alias": …}} or a mapping'
        )
    nested = {key: each for key, each in said.items() if key != ALIAS}
    return said.get(ALIAS) or name, nested


def _plain(limetype: "LimeType", name: str) -> "Property":
    definition = property_at(limetype, (name,))
    if definition.kind is None:
        raise UnsupportedError(
            f'responseFormat "{name}" of type {definition.type}: the platform allows '
            "relations to many only as aggregates, whose syntax is undocumented"
        )
    return definition
