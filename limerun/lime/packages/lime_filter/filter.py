"""Filters for `get_all`: a tree of operators.

A field may be a path over belongsto relations. An option property is compared with an
id, as on the platform, or with a key or an option.
"""

from collections.abc import Iterable
from typing import Any, ClassVar, Protocol

from lime_type.conditions import Condition, ConditionGroup, Negation, PropertyCondition


class Operator(Protocol):
    """A part of a filter."""

    def condition(self) -> Condition:
        """Return the condition on rows."""
        ...


class Filter:
    """The argument of `get_all(filter=…)`."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator

    def condition(self) -> Condition:
        """Return the condition on rows."""
        return self.operator.condition()


class FieldOperator:
    """Compares a field with a value."""

    symbol: ClassVar[str]

    def __init__(self, field: str, value: Any) -> None:
        self.field = field
        self.value = value

    def condition(self) -> Condition:
        """Return the condition on rows."""
        return PropertyCondition(self.field, self.symbol, self.value, by_option_id=True)


class EqualsOperator(FieldOperator):
    """The field equals this value; None: it is empty."""

    symbol = "="


class NotEqualsOperator(FieldOperator):
    """The field differs from this value; None: it is not empty."""

    symbol = "!="


class InOperator(FieldOperator):
    """The field equals one of these values."""

    symbol = "IN"

    def __init__(self, field: str, value: Iterable[Any]) -> None:
        super().__init__(field, list(value))


class LikeOperator(FieldOperator):
    """The field contains this text, ignoring case; the text has no wildcards."""

    symbol = "?"


class LessOperator(FieldOperator):
    """The field is less than this value (provisional)."""

    symbol = "<"


class LessOrEqualOperator(FieldOperator):
    """The field is at most this value (provisional)."""

    symbol = "<="


class GreaterOperator(FieldOperator):
    """The field is greater than this value (provisional)."""

    symbol = ">"


class GreaterOrEqualOperator(FieldOperator):
    """The field is at least this value (provisional)."""

    symbol = ">="


class GroupOperator:
    """Combines several operators."""

    symbol: ClassVar[str]

    def __init__(self, *operators: Operator) -> None:
        self.operators = operators

    def condition(self) -> Condition:
        """Return the condition on rows."""
        return ConditionGroup(
            self.symbol, [each.condition() for each in self.operators]
        )


class AndOperator(GroupOperator):
    """All of these operators match."""

    symbol = "AND"


class OrOperator(GroupOperator):
    """At least one of these operators matches."""

    symbol = "OR"


class NotOperator:
    """This operator does not match (provisional)."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator

    def condition(self) -> Condition:
        """Return the condition on rows."""
        return Negation(self.operator.condition())
