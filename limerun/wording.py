"""Turn a pydantic error into a plain message for the user. Pure."""

import difflib
import re
from collections.abc import Mapping
from typing import Any

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
    """Return what a value must be.

    Args:
        detail: One error of a pydantic ValidationError.
    """
    context = detail.get("ctx", {})
    kind = detail["type"]
    if kind == "value_error":
        error = context["error"]
        return str(getattr(error, "advice", error))
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", context["expected"])
        return f"must be {' or '.join(words)}{_suggestion(detail['input'], words)}"
    return _TEXTS.get(kind, str(detail["msg"])).format(**context)


def _suggestion(value: object, words: list[str]) -> str:
    """Return the word that was probably meant, if there are more than two."""
    lowered = {word.lower(): word for word in words if len(words) > 2}
    near = difflib.get_close_matches(str(value).lower(), lowered, n=1)
    return f'; did you mean "{lowered[near[0]]}"?' if near else ""
