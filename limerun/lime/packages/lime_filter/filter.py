"""Filters for `get_all`: a tree of operators.

Fields may be paths over belongsto. Options compare by id, as on the platform;
a key or an option does too.
"""

from collections.abc import Iterable
from typing import Any, ClassVar, Protocol

from lime_type.conditions import Condition, ConditionGroup, Negation, PropertyCondition


class Operator(Protocol):
    """What a filter is built of."""

    def condition(self) -> Condition:
        """Return the condition on rows."""
        ...


class Filter:
    """What `get_all(filter=…)` takes."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator

    def condition(self) -> Condition:
        """Return the condition on rows."""
        return self.operator.condition()


class FieldOperator:
    """A field beside a value."""

    symbol: ClassVar[str]

    def __init__(self, field: str, value: Any) -> None:
        self.field = field
        self.value = value

    def condition(self) -> Condition:
        """Return the condition on rows."""
        return PropertyCondition(self.field, self.symbol, self.value, by_option_id=True)


class EqualsOperator(FieldOperator):
    """The field is this value; None: it holds nothing."""

    symbol = "="


class NotEqualsOperator(FieldOperator):
    """The field is another value; None: it holds something."""

    symbol = "!="


class InOperator(FieldOperator):
    """The field is one of these values."""

    symbol = "IN"

    def __init__(self, field: str, value: Iterable[Any]) -> None:
        super().__init__(field, list(value))


class LikeOperator(FieldOperator):
    """The field contains this text, in either case; nothing in it is a wildcard."""

    symbol = "?"


class LessOperator(FieldOperator):
    """The field is less than this value (provisional)."""

    symbol = "<"


class LessOrEqualOperator(FieldOperator):
    """The field is at most this value (provisional)."""

    symbol = "<="


class GreaterOperator(FieldOperator):
    """The field is more than this value (provisional)."""

    symbol = ">"


class GreaterOrEqualOperator(FieldOperator):
    """The field is at least this value (provisional)."""

    symbol = ">="


class GroupOperator:
    """Operators of which all, or any, hold."""

    symbol: ClassVar[str]

    def __init__(self, *operators: Operator) -> None:
        self.operators = operators

    def condition(self) -> Condition:
        """Return the condition on rows."""
        return ConditionGroup(
            self.symbol, [each.condition() for each in self.operators]
        )


class AndOperator(GroupOperator):
    """All of these hold."""

    symbol = "AND"


class OrOperator(GroupOperator):
    """Any of these holds."""

    symbol = "OR"


class NotOperator:
    """This does not hold (provisional)."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator

    def condition(self) -> Condition:
        """Return the condition on rows."""
        return Negation(self.operator.condition())
