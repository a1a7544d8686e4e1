"""What the options of a kind may be: one reader for each sort of value. Pure.

A reader returns the value as the generator wants it, or raises ValueError with
what it should have been.
"""

import string
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

Reader = Callable[[Any], Any]

_LARGEST = 2**62
FAN_OUTS = ("even", "uniform", "zipf")
"""How unequal parents are: as like as can be, any number as often, few with many."""


def whole(least: int = -_LARGEST, most: int = _LARGEST) -> Reader:
    """Read a whole number within bounds."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("must be a whole number")
        if not least <= value <= most:
            raise ValueError(f"must be between {least:,} and {most:,}")
        return value

    return read


def number(value: Any) -> int | float:
    """Read a number that is no more than fifteen digits long."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")
    if not abs(value) < 10**15:
        raise ValueError("must be below 10^15")
    return value


def share(value: Any) -> float:
    """Read a probability."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number from 0 to 1")
    if not 0 <= value <= 1:
        raise ValueError("must be from 0 to 1")
    return float(value)


def skew(value: Any) -> float:
    """Read the exponent of a Zipf distribution."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number from 0 to 3")
    if not 0 <= value <= 3:
        raise ValueError("must be from 0 (all alike) to 3")
    return float(value)


def flag(value: Any) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def text(value: Any) -> str:
    """Read a text."""
    if not isinstance(value, str):
        raise ValueError("must be a text")
    return value


def one_of(*words: str) -> Reader:
    """Read one word out of a few."""

    def read(value: Any) -> str:
        if value not in words:
            raise ValueError(f"must be {_either(words)}")
        return str(value)

    return read


def _either(words: Sequence[str]) -> str:
    return " or ".join((", ".join(words[:-1]), words[-1])) if words[1:] else words[0]


def texts(value: Any) -> tuple[str, ...]:
    """Read a list of texts, all different."""
    if not isinstance(value, list | tuple) or not value:
        raise ValueError("must be a list with at least one value")
    found = tuple(str(each) for each in value)
    if len(set(found)) < len(found):
        raise ValueError("must not hold the same value twice")
    return found


def weights(value: Any) -> tuple[int, ...]:
    """Read a list of weights; fractions are kept to a millionth."""
    if not isinstance(value, list | tuple) or not value:
        raise ValueError("must be a list of weights")
    for each in value:
        if number(each) < 0 or number(each) > 10**9:
            raise ValueError("must hold weights from 0 to 10^9")
    found = tuple(round(each * 1_000_000) for each in value)
    if not sum(found):
        raise ValueError("must hold a weight above 0")
    return found


class Children(NamedTuple):
    """How many children a parent has."""

    least: int
    most: int
    distribution: str = "uniform"


def children(value: Any) -> Children:
    """Read how many children a parent has, at least and at most, and how unequally."""
    advice = "must be a mapping such as {min: 0, max: 20, distribution: zipf}"
    if not isinstance(value, dict) or not {"min", "max"} <= set(value):
        raise ValueError(advice)
    if not set(value) <= {"min", "max", "distribution"}:
        raise ValueError(advice)
    least, most = (whole(0, 2**31 - 1)(value[key]) for key in ("min", "max"))
    if most < max(least, 1):
        raise ValueError("must have a max of at least 1 and at least its min")
    said = value.get("distribution")
    if said is None:
        return Children(least, most)
    if said not in FAN_OUTS:
        raise ValueError(f"must have a distribution of {_either(FAN_OUTS)}")
    if least == most:
        raise ValueError("has a distribution without effect, as min is max")
    return Children(least, most, said)


def moment(value: Any) -> int:
    """Read a date or time as seconds since 1970, in UTC."""
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
    """Read from which hour to which a time is."""
    if isinstance(value, list | tuple) and len(value) == 2:
        first, last = value
        if isinstance(first, int) and isinstance(last, int) and 0 <= first < last <= 24:
            return first, last
    raise ValueError("must be two hours of a day, the earlier first, such as [8, 17]")


def template(value: Any) -> tuple[str, str, str]:
    """Read a `{}`-format with one whole number in it: before, its form, after."""
    advice = 'must hold one number, such as "K-{:07d}"'
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
    try:
        format(1, form)
    except (ValueError, OverflowError):
        raise ValueError(advice) from None
    if len(form) > 3 and int("".join(filter(str.isdigit, form)) or 0) > 200:
        raise ValueError("must not be wider than 200 characters")
    at = parts.index(fields[0])
    before = "".join(part[0] for part in parts[: at + 1])
    after = "".join(part[0] for part in parts[at + 1 :])
    return before, form, after
