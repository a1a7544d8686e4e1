"""Parse options that are not a plain number or word. Pure.

Each function returns the value as the generator needs it, or raises a ValueError that
says what the value must be.
"""

import re
import string
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

FAN_OUTS = ("even", "uniform", "zipf")
"""Distributions of children: evenly; each count equally often; few parents with
many."""


def texts(value: Any) -> tuple[str, ...]:
    """Parse a list of texts, all different."""
    if not isinstance(value, list | tuple) or not value:
        raise ValueError("must be a list with at least one value")
    found = tuple(str(each) for each in value)
    if len(set(found)) < len(found):
        raise ValueError("must not contain the same value twice")
    return found


def weights(value: Any) -> tuple[int, ...]:
    """Parse a list of weights, rounded to a millionth."""
    if not isinstance(value, list | tuple) or not value:
        raise ValueError("must be a list of weights")
    for each in value:
        is_number = isinstance(each, int | float) and not isinstance(each, bool)
        if not is_number or not 0 <= each <= 10**9:
            raise ValueError("must contain numbers from 0 to 10^9 only")
    found = tuple(round(each * 1_000_000) for each in value)
    if not sum(found):
        raise ValueError("must contain a number above 0")
    return found


class Children(NamedTuple):
    """The number of children that a parent may have."""

    least: int
    most: int
    distribution: str = "uniform"


def children(value: Any) -> Children:
    """Parse the bounds and the distribution of children per parent."""
    keys = set(value) if isinstance(value, dict) else set()
    if not {"min", "max"} <= keys <= {"min", "max", "distribution"}:
        raise ValueError(
            "must be a mapping such as {min: 0, max: 20, distribution: zipf}"
        )
    least, most = _bound(value["min"]), _bound(value["max"])
    if most < max(least, 1):
        raise ValueError("must have a max that is at least 1 and at least min")
    distribution = value.get("distribution")
    if distribution is None:
        return Children(least, most)
    if distribution not in FAN_OUTS:
        raise ValueError("must have the distribution even, uniform or zipf")
    if least == most:
        raise ValueError(
            "has a distribution that has no effect because min equals max; remove it"
        )
    return Children(least, most, distribution)


def _bound(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("must have whole numbers as min and max")
    if not 0 <= value < 2**31:
        raise ValueError(f"must have a min and a max from 0 to {2**31 - 1:,}")
    return value


def moment(value: Any) -> int:
    """Parse a date or time as seconds since 1970, in UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("must be a date such as 2025-12-31") from None
    if not isinstance(value, datetime):
        if not isinstance(value, date):
            raise ValueError("must be a date such as 2025-12-31")
        value = datetime.combine(value, time(), UTC)
    if value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    return int(value.timestamp() // 1)


def hours(value: Any) -> tuple[int, int]:
    """Parse the first and last hour of a time of day."""
    if isinstance(value, list | tuple) and len(value) == 2:
        first, last = value
        if isinstance(first, int) and isinstance(last, int) and 0 <= first < last <= 24:
            return first, last
    raise ValueError("must be two hours from 0 to 24, earlier first, such as [8, 17]")


def template(value: Any) -> tuple[str, str, str]:
    """Parse a format for a whole number, with text before and after it."""
    advice = 'must contain one number, such as "K-{:07d}"'
    if not isinstance(value, str):
        raise ValueError(advice)
    try:
        parts = list(string.Formatter().parse(value))
    except ValueError:
        raise ValueError(advice) from None
    fields = [part for part in parts if part[1] is not None]
    if len(fields) != 1 or fields[0][1] != "" or fields[0][3] is not None:
        raise ValueError(advice)
    form = fields[0][2] or ""
    # Check the width before formatting: a huge one would take all memory.
    if any(len(digits) > 3 or int(digits) > 200 for digits in re.findall(r"\d+", form)):
        raise ValueError("must not be wider than 200 characters")
    try:
        format(1, form)
    except (ValueError, OverflowError):
        raise ValueError(advice) from None
    at = parts.index(fields[0])
    before = "".join(part[0] for part in parts[: at + 1])
    after = "".join(part[0] for part in parts[at + 1 :])
    return before, form, after


FIRST_MOMENT = moment("2016-01-01")
LAST_MOMENT = moment("2026-01-01")
FIRST_BIRTH = moment("1940-01-01")
LAST_BIRTH = moment("2006-01-01")
"""The latest birthdate: fixed, not today, so that values are the same every day."""
