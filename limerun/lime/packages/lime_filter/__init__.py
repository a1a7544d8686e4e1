"""Filters for `get_all`."""

from lime_filter.filter import (
    AndOperator,
    EqualsOperator,
    Filter,
    GreaterOperator,
    GreaterOrEqualOperator,
    InOperator,
    LessOperator,
    LessOrEqualOperator,
    LikeOperator,
    NotEqualsOperator,
    NotOperator,
    OrOperator,
)

__all__ = [
    "AndOperator",
    "EqualsOperator",
    "Filter",
    "GreaterOperator",
    "GreaterOrEqualOperator",
    "InOperator",
    "LessOperator",
    "LessOrEqualOperator",
    "LikeOperator",
    "NotEqualsOperator",
    "NotOperator",
    "OrOperator",
]
