"""Turn the filter of a query into conditions: comparisons, groups and negation."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lime_errors import InvalidValueError, UnknownNameError, UnsupportedError
from lime_type.conditions import (
    OPERATORS,
    Condition,
    ConditionGroup,
    Negation,
    PropertyCondition,
)

if TYPE_CHECKING:
    from lime_application.application import LimeApplication

GROUPS = ("AND", "OR")
KNOWN = (*GROUPS, "!", *sorted(OPERATORS))
ME = "$me"


def condition_of(expression: Any, application: "LimeApplication") -> Condition | None:
    """Return the condition of an expression; None if the expression is empty."""
    if not expression:
        return None
    if not isinstance(expression, Mapping):
        raise InvalidValueError("a filter must be a mapping with key, op and exp")
    if expression.get("type") == "filter":
        raise UnsupportedError(
            'filter of type "filter": saved-filter lookup is undocumented'
        )
    operator = str(expression.get("op", "")).upper()
    if operator in GROUPS:
        return _group(operator, expression.get("exp"), application)
    if operator == "!" and "key" not in expression:
        return Negation(_needed(expression.get("exp"), application))
    if operator != "!" and operator not in OPERATORS:
        raise UnknownNameError("filter op", expression.get("op"), KNOWN)
    if not isinstance(expression.get("key"), str) or "exp" not in expression:
        raise InvalidValueError(f'filter op "{operator}" needs key and exp')
    value = _value(expression["exp"], application)
    return PropertyCondition(
        expression["key"], "!=" if operator == "!" else operator, value
    )


def _group(
    operator: str, parts: Any, application: "LimeApplication"
) -> Condition | None:
    if not isinstance(parts, list | tuple):
        raise InvalidValueError(f'filter op "{operator}" needs a list as exp')
    if not parts:
        return None
    return ConditionGroup(operator, [_needed(each, application) for each in parts])


def _needed(expression: Any, application: "LimeApplication") -> Condition:
    found = condition_of(expression, application)
    if found is None:
        raise InvalidValueError("an expression inside a filter is empty")
    return found


def _value(value: Any, application: "LimeApplication") -> Any:
    """Return the value; `$me` and its paths become the current coworker's values."""
    if isinstance(value, list | tuple | set | frozenset):
        return [_value(each, application) for each in value]
    if not isinstance(value, str) or value.split(".")[0] != ME:
        return value
    found: Any = application.coworker
    for name in value.split(".")[1:]:
        if found is None:
            return None
        accessor = found.properties.__getattr__(name)
        found = accessor.fetch() if hasattr(accessor, "fetch") else accessor.value
    return found
