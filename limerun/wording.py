"""Word what is wrong with a value or a name, and what would be right. Pure."""

import difflib
import re
from collections.abc import Collection, Mapping
from typing import Any

_MOST_LISTED = 12
_TEXTS = {
    "string_type": "must be text; put quotes around it",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping of names to values",
    "list_type": "must be a list",
    "too_short": "must not be empty",
    "greater_than": "must be more than {gt:,}",
    "greater_than_equal": "must be at least {ge:,}",
    "less_than": "must be less than {lt:,}",
    "less_than_equal": "must be at most {le:,}",
}


def fault_text(detail: Mapping[str, Any]) -> str:
    """Return what is wrong with a value and what it must be.

    Args:
        detail: One of the errors of a pydantic ValidationError.
    """
    context = detail.get("ctx", {})
    kind = detail["type"]
    if kind == "value_error":
        error = context["error"]
        return str(getattr(error, "advice", error))
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", context["expected"])
        found = _most_similar(str(detail["input"]), words) if len(words) > 2 else None
        hint = f'; did you mean "{found}"?' if found else ""
        return f"must be {' or '.join(words)}{hint}"
    return _TEXTS.get(kind, str(detail["msg"])).format(**context)


def nearest(name: str, names: Collection[str]) -> str:
    """Return advice on an unknown name: the most similar known one, or a list."""
    if found := _most_similar(name, names):
        return f'; did you mean "{found}"?'
    known = sorted(names)
    more = ", ..." if len(known) > _MOST_LISTED else ""
    return f"; known: {', '.join(known[:_MOST_LISTED])}{more}" if known else ""


def _most_similar(name: str, names: Collection[str]) -> str | None:
    lowered = {each.lower(): each for each in sorted(names)}
    found = difflib.get_close_matches(name.lower(), lowered, n=1)
    return lowered[found[0]] if found else None
