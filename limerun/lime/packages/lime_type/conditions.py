"""Conditions on rows: a tree that `lime_filter` and `lime_query` share.

A condition is first split into its shape, a nested tuple without values, and its
values, converted to the stored form. Each shape is compiled to SQL only once and reused
with other values.
"""

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from lime_errors import InvalidValueError, UnsupportedError
from lime_type.options import Option
from lime_type.sources import ESCAPE, Path, property_at

if TYPE_CHECKING:
    from lime_type.limetypes import LimeType
    from lime_type.properties import Property

Shape = tuple[Any, ...]
TEXTUAL = frozenset({"?", "=?", "?="})
COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
OPERATORS = frozenset(COMPARE) | TEXTUAL | {"IN"}


class Condition(Protocol):
    """A node of the tree."""

    def shape(self, limetype: "LimeType", values: list[Any]) -> Shape:
        """Return the shape, and append the values to `values`."""
        ...


class PropertyCondition:
    """Compares a value with a property, maybe one at the end of a path over belongsto."""

    __slots__ = ("by_option_id", "operator", "path", "value")

    def __init__(
        self, path: str, operator: str, value: Any, *, by_option_id: bool = False
    ) -> None:
        self.path = path
        self.operator = operator
        self.value = value
        self.by_option_id = by_option_id

    def shape(self, limetype: "LimeType", values: list[Any]) -> Shape:
        """Return operator, path, way of comparing, the value's index, and `null_matches`.

        `null_matches` is true if a row without a value matches; None if the property
        does not treat a missing value as its empty value.
        """
        path = tuple(self.path.split("."))
        definition = property_at(limetype, path)
        if definition.kind is None:
            raise UnsupportedError(
                f'a condition on "{self.path}": only properties with a column, and '
                "paths over belongsto, are documented to work"
            )
        if definition.type == "set" and self.operator not in TEXTUAL:
            return self._of_set(path, limetype, values)
        stored, how = self._value(definition)
        if stored is None and definition.values.nullable:
            return self._null(path)
        values.append(stored)
        null_matches = self._null_matches(definition, stored)
        return (self.operator, path, how, len(values) - 1, null_matches)

    def _value(self, definition: "Property") -> tuple[Any, str]:
        if self.operator in TEXTUAL:
            return like_pattern(self.operator, self.value), "like"
        if self.operator == "IN":
            return [self._stored(definition, each) for each in self.value], "in"
        return self._stored(definition, self.value), "plain"

    def _null(self, path: Path) -> Shape:
        if self.operator not in ("=", "!="):
            raise InvalidValueError(
                f'"{self.path}" {self.operator}: this comparison needs a value'
            )
        return ("null" if self.operator == "=" else "not null", path)

    def _of_set(self, path: Path, limetype: "LimeType", values: list[Any]) -> Shape:
        """Return the shape for a set property: whether the set contains a key."""
        if self.operator == "IN":
            parts = [PropertyCondition(self.path, "=", each) for each in self.value]
            return ConditionGroup("OR", parts).shape(limetype, values)
        definition = property_at(limetype, path)
        key = self._option_key(definition, self.value)
        how = "plain" if key is None else "key"
        values.append("" if key is None else like_pattern("?", f";{key};"))
        null_matches = (self.operator == "=") == (key is None)
        return (self.operator, path, how, len(values) - 1, null_matches)

    def _null_matches(self, definition: "Property", stored: Any) -> bool | None:
        """Return whether a row without a value matches, as if it were empty."""
        if definition.values.nullable:
            return None
        empty = self._empty(definition)
        if self.operator in TEXTUAL:
            return not stored.strip("%") and isinstance(empty, str)
        if self.operator == "IN":
            return empty in stored
        return bool(COMPARE[self.operator](empty, stored))

    def _empty(self, definition: "Property") -> Any:
        if definition.type == "option":
            return definition.options.empty.key
        storer = definition.values.storer(definition)
        return definition.empty if storer is None else storer(definition.empty)

    def _stored(self, definition: "Property", value: Any) -> Any:
        if definition.type == "option":
            return self._option_key(definition, value) or definition.options.empty.key
        kind = definition.values
        accepted = kind.accept(definition, value)
        storer = kind.storer(definition)
        return accepted if storer is None or accepted is None else storer(accepted)

    def _option_key(self, definition: "Property", value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, Option):
            return value.key
        if self.by_option_id and isinstance(value, int):
            return definition.options.by_id(value).key
        return definition.options.by_key(str(value)).key


class ConditionGroup:
    """Combines conditions: all, or at least one of them, must match."""

    __slots__ = ("operator", "parts")

    def __init__(self, operator: str, parts: Sequence[Condition]) -> None:
        self.operator = operator
        self.parts = parts

    def shape(self, limetype: "LimeType", values: list[Any]) -> Shape:
        """Return the operator and the shapes of the parts."""
        return (
            self.operator,
            tuple(each.shape(limetype, values) for each in self.parts),
        )


class Negation:
    """A condition that must not match."""

    __slots__ = ("part",)

    def __init__(self, part: Condition) -> None:
        self.part = part

    def shape(self, limetype: "LimeType", values: list[Any]) -> Shape:
        """Return "!" and the shape of the negated condition."""
        return ("!", self.part.shape(limetype, values))


def like_pattern(how: str, value: Any) -> str:
    """Return the pattern for LIKE, with the wildcards in the value escaped."""
    text = str(value)
    for special in (ESCAPE, "%", "_"):
        text = text.replace(special, ESCAPE + special)
    return ("" if how == "=?" else "%") + text + ("" if how == "?=" else "%")


def conditions_of(filter: Any) -> Condition | None:
    """Return the condition of a `lime_filter.Filter` or of a single operator."""
    if filter is None:
        return None
    condition = getattr(filter, "condition", None)
    if condition is None:
        raise InvalidValueError(
            f"filter takes a lime_filter.Filter, not {type(filter).__name__}"
        )
    return condition()  # type: ignore[no-any-return]  # a Filter's
