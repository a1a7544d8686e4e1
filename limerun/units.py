"""Sizes, times and counts, read and written.

What `format_size`, `format_duration` and `format_count` write of a number that is
not negative, their `parse_` twin reads back, to the digits that were written; a
count must be whole for that.
"""

import re
from collections.abc import Callable
from decimal import Decimal

_GROUPED = r"\d{1,3}(?:,\d{3})+"
_PLAIN = r"\d[\d_]*(?:\.\d+)?|\.\d+"
_PATTERN = re.compile(
    rf"\s*(?P<number>{_GROUPED}|{_PLAIN})\s*(?P<unit>[A-Za-zµ]*)\s*", re.ASCII
)
_COMPOUND = re.compile(
    r"\s*(?:(?P<d>\d+) ?d)? ?(?:(?P<h>\d+) ?h)? ?(?:(?P<min>\d+) ?m(?:in)?)?"
    r" ?(?:(?P<s>\d+) ?s)?\s*",
    re.ASCII,
)
_LARGEST = 2**63 - 1
_MOST_DIGITS = 16

SIZE_UNITS = {
    "": 1,
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "tb": 10**12,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
    "tib": 2**40,
}
DURATION_UNITS: dict[str, int | Decimal] = {
    "": 1,
    "us": Decimal("1e-6"),
    "µs": Decimal("1e-6"),
    "ms": Decimal("1e-3"),
    "s": 1,
    "min": 60,
    "h": 3600,
    "d": 86400,
}
COUNT_UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9}


class NotReadableError(ValueError):
    """A text is no size, time or count; `advice` says how to write one."""

    def __init__(self, value: object, advice: str) -> None:
        shown = f'"{value}"' if isinstance(value, str) else str(value)
        super().__init__(f"{shown}: {advice}")
        self.advice = advice


def _parts(value: object, advice: str) -> tuple[Decimal, str]:
    """Return the exact number and its unit; never infinite, never negative."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise NotReadableError(value, advice)
    if isinstance(value, str):
        match = _PATTERN.fullmatch(value)
        if match is None:
            raise NotReadableError(value, advice)
        digits = match["number"].replace("_", "").replace(",", "")
        number, unit = Decimal(digits), match["unit"]
    else:
        number, unit = Decimal(str(value)), ""
        if not number.is_finite() or number < 0:
            raise NotReadableError(value, advice)
    return number, unit


def _bare(number: Decimal) -> str:
    """Return a number as people write it; one of many digits as an example's."""
    text = f"{number:f}"
    return text if len(text) <= 12 else "200"


def _within(number: Decimal, value: object) -> Decimal:
    if number > _LARGEST:
        raise NotReadableError(value, "larger than limerun can count")
    return number


def parse_size(value: object) -> int:
    """Return bytes: "200 MB" is 10^6 times 200, "200 MiB" is 2^20 times 200.

    A number without a unit is refused, but for 0: 200 would be read as megabytes by
    those who write it.

    Raises:
        NotReadableError: The text is no size; the message says how to write one.
    """
    number, unit = _parts(value, 'no size; write it like "200 MB"')
    if not unit and number:
        advice = f'a size needs a unit; write it like "{_bare(number)} MB"'
        raise NotReadableError(value, advice)
    if unit.lower() not in SIZE_UNITS:
        advice = f'"{unit}" is no unit of size; write MB, MiB, GB or GiB'
        raise NotReadableError(value, advice)
    return round(_within(number * SIZE_UNITS[unit.lower()], value))


def parse_duration(value: object) -> float:
    """Return seconds: "90 s", "10 min", "2 h", "5 ms", "1h30m".

    A number without a unit is refused, but for 0.

    Raises:
        NotReadableError: The text is no time; the message says how to write one.
    """
    compound = _COMPOUND.fullmatch(value) if isinstance(value, str) else None
    if compound is not None and sum(map(bool, compound.groups())) > 1:
        parts = compound.groupdict(default="0").items()
        seconds = sum(Decimal(count) * DURATION_UNITS[unit] for unit, count in parts)
        return float(_within(Decimal(seconds), value))
    number, unit = _parts(value, 'no time; write it like "90 s"')
    if not unit and number:
        advice = f'a time needs a unit; write it like "{_bare(number)} s"'
        raise NotReadableError(value, advice)
    if unit not in DURATION_UNITS:
        advice = f'"{unit}" is no unit of time; write ms, s, min, h or d'
        raise NotReadableError(value, advice)
    return float(_within(number * DURATION_UNITS[unit], value))


def parse_count(value: object) -> int:
    """Return a whole number: 100_000, "100k", "1.5M", "1,234,567".

    Raises:
        NotReadableError: The text is no whole number of rows.
    """
    number, unit = _parts(value, "no number of rows; write 100_000, 100k or 1.5M")
    if unit not in COUNT_UNITS:
        advice = f'"{unit}" is no multiple; write k (thousand) or M (million)'
        raise NotReadableError(value, advice)
    count = _within(number * COUNT_UNITS[unit], value)
    if count != int(count):
        raise NotReadableError(value, "no whole number of rows")
    return int(count)


def format_size(size_bytes: float, more: int = 0) -> str:
    """Return bytes as text in MB (10^6 bytes, as in the guide's 200 MB).

    Args:
        size_bytes: The size.
        more: Digits beyond those that are usual.
    """
    if abs(size_bytes) >= 10**10:
        return f"{size_bytes / 10**9:.{1 + more}f} GB"
    return f"{size_bytes / 10**6:.{1 + more}f} MB"


def format_bounds(low_bytes: float, high_bytes: float | None) -> str:
    """Return between which sizes something is; None: its most is not known."""
    if high_bytes is None:
        return f"at least {format_size(low_bytes)}, and its most is not known"
    return f"between {format_size(low_bytes)} and {format_size(high_bytes)}"


def format_duration(seconds: float, more: int = 0) -> str:
    """Return seconds as text, in the largest unit that keeps it readable.

    Args:
        seconds: The time.
        more: Digits beyond those that are usual.
    """
    if seconds < 0.9995:
        return f"{seconds * 1e3:.{more}f} ms"
    if seconds < 99.95:
        return f"{seconds:.{1 + more}f} s"
    if seconds < 5400:
        return f"{seconds / 60:.{1 + more}f} min"
    return f"{seconds / 3600:.{1 + more}f} h"


def format_count(count: float, more: int = 0) -> str:
    """Return a number with thousands apart: 1,234,567; small fractions kept.

    Args:
        count: The number.
        more: Digits beyond those that are usual.
    """
    if count == int(count):
        return f"{int(count):,}"
    return f"{count:,.{3 + more}g}" if abs(count) < 1 else f"{count:,.{1 + more}f}"


def format_apart(show: Callable[[float, int], str], value: float, other: float) -> str:
    """Return a value as text with enough digits to see that it is not the other."""
    for more in range(_MOST_DIGITS):
        text = show(value, more)
        if value == other or text != show(other, more):
            return text
    return show(value, 0)
