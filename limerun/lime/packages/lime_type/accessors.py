"""A property of one Lime object, to read and to change.

An accessor is a view, made when it is asked for: what it shows lies with the
object, so an object costs no more for having been looked at.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lime_errors import UnknownNameError
from lime_type.options import Options

if TYPE_CHECKING:
    from lime_type.limeobjects import LimeObject
    from lime_type.properties import Property


class PropertyAccessor:
    """A property with a value of its own."""

    __slots__ = ("_index", "_owner", "definition")

    def __init__(self, owner: "LimeObject", definition: "Property") -> None:
        self._owner = owner
        self._index: int = definition.index  # type: ignore[assignment]  # has a column
        self.definition = definition

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def __eq__(self, other: object) -> bool:
        """Whether both are views of the same property of the same object."""
        if not isinstance(other, PropertyAccessor):
            return NotImplemented
        return self._owner is other._owner and self.definition is other.definition

    def __hash__(self) -> int:
        return hash((id(self._owner), self.definition.name))

    @property
    def name(self) -> str:
        """The property's name."""
        return self.definition.name

    @property
    def value(self) -> Any:
        """What the object holds now; assigning refuses a value of the wrong type."""
        return self._owner._current[self._index]

    @value.setter
    def value(self, value: Any) -> None:
        definition = self.definition
        self._owner._current[self._index] = definition.values.accept(definition, value)

    @property
    def original_value(self) -> Any:
        """What the object held when it was made or read."""
        return self._owner._original[self._index]

    def is_dirty(self) -> bool:
        """Whether the value differs from the original one."""
        owner, index = self._owner, self._index
        return bool(owner._current[index] != owner._original[index])

    def has_value(self) -> bool:
        """Whether the value is other than nothing (provisional)."""
        return bool(self.value != self.definition.empty)


class SystemPropertyAccessor(PropertyAccessor):
    """One of the platform's own properties; the platform alone writes it."""

    __slots__ = ()

    @property
    def value(self) -> Any:
        """What the platform wrote."""
        return self._read()

    @value.setter
    def value(self, value: Any) -> None:
        raise AttributeError(f'system property "{self.name}" cannot be written')

    @property
    def original_value(self) -> Any:
        """What the platform wrote."""
        return self._read()

    def is_dirty(self) -> bool:
        """Return False: nobody else writes it."""
        return False

    def _read(self) -> Any:
        return self._owner._current[self._index]


class OptionPropertyAccessor(PropertyAccessor):
    """A property with one option for its value."""

    __slots__ = ()

    @property
    def options(self) -> Options:
        """The options to choose from, in order."""
        return self.definition.options

    def set_by_key(self, key: str) -> None:
        """Choose the option of this key."""
        self._owner._current[self._index] = self.definition.options.by_key(key)


class SetPropertyAccessor(PropertyAccessor):
    """A property with several options for its value."""

    __slots__ = ()

    @property
    def options(self) -> Options:
        """The options to choose from, in order."""
        return self.definition.options

    def set_by_keys(self, keys: Iterable[str]) -> None:
        """Choose the options of these keys (provisional)."""
        self.value = tuple(keys)


class Properties:
    """The properties of one object, by name, or one after another."""

    __slots__ = ("_owner",)

    def __init__(self, owner: "LimeObject") -> None:
        self._owner = owner

    def __getattr__(self, name: str) -> Any:
        owner = self._owner
        try:
            definition = owner._limetype.properties[name]
        except KeyError:
            limetype = owner._limetype
            raise UnknownNameError(
                f"property of {limetype.name}", name, limetype.properties
            ) from None
        return definition.accessor(owner, definition)

    def __iter__(self) -> Iterator[PropertyAccessor]:
        owner = self._owner
        for definition in owner._limetype.own_properties:
            yield definition.accessor(owner, definition)
