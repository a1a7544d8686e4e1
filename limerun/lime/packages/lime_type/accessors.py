"""Accessors, which read and change a property of a Lime object.

An accessor is a view, created on access. The values are stored in the object, so an
object does not grow when its properties are read.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lime_errors import UnknownNameError
from lime_type.options import Options

if TYPE_CHECKING:
    from lime_type.limeobjects import LimeObject
    from lime_type.properties import Property


class PropertyAccessor:
    """Accessor of a property whose value is in the object's row."""

    __slots__ = ("_index", "_owner", "definition")

    def __init__(self, owner: "LimeObject", definition: "Property") -> None:
        self._owner = owner
        self._index: int = definition.index  # type: ignore[assignment]  # has a column
        self.definition = definition

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def __eq__(self, other: object) -> bool:
        """Return whether both are views of the same property of the same object."""
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
        """The current value; assigning a value of the wrong type raises an error."""
        return self._owner._current[self._index]

    @value.setter
    def value(self, value: Any) -> None:
        definition = self.definition
        self._owner._current[self._index] = definition.values.accept(definition, value)

    @property
    def original_value(self) -> Any:
        """The value when the object was created or read."""
        return self._owner._original[self._index]

    def is_dirty(self) -> bool:
        """True if the value differs from the original one."""
        owner, index = self._owner, self._index
        return bool(owner._current[index] != owner._original[index])

    def has_value(self) -> bool:
        """True if the value is not empty (provisional)."""
        return bool(self.value != self.definition.empty)


class SystemPropertyAccessor(PropertyAccessor):
    """Accessor of a system property, which only the platform writes."""

    __slots__ = ()

    @property
    def value(self) -> Any:
        """The value that the platform wrote."""
        return self._read()

    @value.setter
    def value(self, value: Any) -> None:
        raise AttributeError(f'system property "{self.name}" cannot be written')

    @property
    def original_value(self) -> Any:
        """The value that the platform wrote."""
        return self._read()

    def is_dirty(self) -> bool:
        """Return False, as tasks cannot change a system property."""
        return False

    def _read(self) -> Any:
        return self._owner._current[self._index]


class OptionPropertyAccessor(PropertyAccessor):
    """Accessor of a property whose value is one option."""

    __slots__ = ()

    @property
    def options(self) -> Options:
        """All options of the property, in order."""
        return self.definition.options

    def set_by_key(self, key: str) -> None:
        """Set the value to the option with this key."""
        self._owner._current[self._index] = self.definition.options.by_key(key)


class SetPropertyAccessor(PropertyAccessor):
    """Accessor of a property whose value is a set of options."""

    __slots__ = ()

    @property
    def options(self) -> Options:
        """All options of the property, in order."""
        return self.definition.options

    def set_by_keys(self, keys: Iterable[str]) -> None:
        """Set the value to the options with these keys (provisional)."""
        self.value = tuple(keys)


class Properties:
    """The properties of one object, accessible by name and iterable."""

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
