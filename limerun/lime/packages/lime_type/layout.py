"""The order of an object's values in its lists, and the conversion of rows to objects.

The columns are those of the properties, in the order of the DSL, then the platform's
four system columns. The values of a row have the same order, after the id.
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
    """The object's descriptive name."""

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
        """Return the values of a new object."""
        return tuple(each.values.default(each) for each in self.columns)

    def stored(self, index: int, value: Any) -> Any:
        """Convert an object's value to its stored form."""
        storer = self._storers[index]
        return value if storer is None or value is None else storer(value)

    def _loader(self) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
        """Return the function that converts a row to an object's values.

        It runs for every object that is read, so all decisions are made before.
        """
        loaders = [(place_of(each), each.values.loader(each)) for each in self.columns]
        converted = [(place, load) for place, load in loaders if load is not None]
        filled = [each for each in self.columns if not each.values.nullable]
        empty = [(place_of(each), each.empty) for each in filled]
        # The id is given twice, so that itemgetter always returns a tuple.
        not_nullable = itemgetter(0, 0, *(place for place, _ in empty))

        def load_row(row: Sequence[Any]) -> tuple[Any, ...]:
            values = list(row)
            for place, load in converted:
                value = values[place]
                if value is not None:
                    values[place] = load(value)
            if None in not_nullable(row):
                for place, empty_value in empty:
                    if values[place] is None:
                        values[place] = empty_value
            del values[0]
            return tuple(values)

        return load_row


def place_of(definition: Property) -> int:
    """Return a column's index in a row, where the id is first."""
    if definition.index is None:
        raise UnsupportedError(f'property "{definition.name}" has no column')
    return definition.index + 1


def lay_out(properties: Iterable[Property]) -> Layout:
    """Assign columns to a limetype's properties, and return their layout."""
    return Layout(properties)


def _place_system(own: Iterable[Property], system: Iterable[Property]) -> None:
    """Map the DSL's system properties to the platform's system columns."""
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
    """Return the descriptive property: the one with the label `name`."""
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
