"""Turn a pydantic error into a plain message for the user. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from limerun.nearest_name import did_you_mean

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
        advice = did_you_mean(detail["input"], words) if len(words) > 2 else ""
        return f"must be {' or '.join(words)}{advice}"
    return _TEXTS.get(kind, str(detail["msg"])).format(**context)
