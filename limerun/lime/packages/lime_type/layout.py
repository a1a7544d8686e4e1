"""How an object's values lie in its lists, and what a row becomes.

One list of columns: the properties that have one, in the order of the DSL, then
the platform's own four. Values of a row come in the same order, after the id.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

from lime_errors import UnsupportedError
from lime_type.accessors import (
    OptionPropertyAccessor,
    PropertyAccessor,
    SetPropertyAccessor,
    SystemPropertyAccessor,
)
from lime_type.properties import Property, system_properties
from lime_type.relations import (
    BelongsToPropertyAccessor,
    FilePropertyAccessor,
    HasAndBelongsToManyPropertyAccessor,
    HasManyPropertyAccessor,
    HasOnePropertyAccessor,
)
from lime_type.values import REFERENCE, TEXT

ACCESSORS: dict[str, type[PropertyAccessor]] = {
    "option": OptionPropertyAccessor,
    "set": SetPropertyAccessor,
    "belongsto": BelongsToPropertyAccessor,
    "hasmany": HasManyPropertyAccessor,
    "hasone": HasOnePropertyAccessor,
    "hasandbelongstomany": HasAndBelongsToManyPropertyAccessor,
    "file": FilePropertyAccessor,
    "system": SystemPropertyAccessor,
}


class IdAccessor(SystemPropertyAccessor):
    """The object's id."""

    __slots__ = ()

    def _read(self) -> Any:
        return self._owner.id


class DescriptiveAccessor(SystemPropertyAccessor):
    """What the object is called."""

    __slots__ = ()

    def _read(self) -> Any:
        return self._owner.descriptive


class Layout:
    """The columns of one limetype."""

    def __init__(self, properties: Iterable[Property]) -> None:
        own = tuple(properties)
        system = system_properties()
        for definition in (*own, *system):
            definition.accessor = ACCESSORS.get(definition.type, PropertyAccessor)
        stored = [each for each in own if each.kind and each.type != "system"]
        self.columns = [*stored, *system]
        for index, definition in enumerate(self.columns):
            definition.index = index
        _place_system(own, system)
        self.properties = {each.name: each for each in (*own, *system, *_computed())}
        self.descriptive = _descriptive(own)
        self.load = self._loader()
        self._storers = [each.values.storer(each) for each in self.columns]

    def defaults(self) -> tuple[Any, ...]:
        """Return what a new object holds."""
        return tuple(each.values.default(each) for each in self.columns)

    def stored(self, index: int, value: Any) -> Any:
        """Return a held value as it is stored."""
        storer = self._storers[index]
        return value if storer is None or value is None else storer(value)

    def _loader(self) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
        """Return the function that turns a row into an object's values.

        It runs for every object that is read: what can be known is known before.
        """
        loaders = [(place_of(each), each.values.loader(each)) for each in self.columns]
        converted = [(place, load) for place, load in loaders if load is not None]
        filled = [each for each in self.columns if not each.values.nullable]
        empty = [(place_of(each), each.empty) for each in filled]
        # The id, twice, makes it a tuple however few there are.
        never_nothing = itemgetter(0, 0, *(place for place, _ in empty))

        def load_row(row: Sequence[Any]) -> tuple[Any, ...]:
            values = list(row)
            for place, load in converted:
                value = values[place]
                if value is not None:
                    values[place] = load(value)
            if None in never_nothing(row):
                for place, nothing in empty:
                    if values[place] is None:
                        values[place] = nothing
            del values[0]
            return tuple(values)

        return load_row


def place_of(definition: Property) -> int:
    """Return where a column lies in a row, which begins with the id."""
    if definition.index is None:
        raise UnsupportedError(f'property "{definition.name}" has no column')
    return definition.index + 1


def lay_out(properties: Iterable[Property]) -> Layout:
    """Return the columns of a limetype with these properties."""
    return Layout(properties)


def _place_system(own: Iterable[Property], system: Iterable[Property]) -> None:
    """Let properties that a DSL calls system show the platform's own columns."""
    columns = {each.name: each for each in system}
    for definition in own:
        if definition.type == "system":
            column = columns[f"_{definition.name}"]
            definition.index, definition.column = column.index, column.name


def _computed() -> list[Property]:
    identity = Property("_id", "system", kind=REFERENCE)
    identity.accessor = IdAccessor
    descriptive = Property("_descriptive", "system", kind=TEXT)
    descriptive.accessor = DescriptiveAccessor
    return [identity, descriptive]


def _descriptive(properties: tuple[Property, ...]) -> Property | None:
    """Return the property that an object is known by: the one labelled name."""
    texts = [each for each in properties if each.type in ("string", "text")]
    for wanted in (
        lambda each: each.label == "name",
        lambda each: each.name == "name",
        lambda each: True,
    ):
        found = next(filter(wanted, texts), None)
        if found is not None:
            return found
    return None
