"""Parse and format sizes, times and counts.

`parse_size`, `parse_duration` and `parse_count` read the text that the matching
`format_` function writes, unless the number is negative (or a count is not whole).
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
_MAX_DIGITS = 16

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
    """A value is not a size, time or count; `advice` explains how to write one."""

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
    """Return a number without a unit for an example; "200" if it has many digits."""
    text = f"{number:f}"
    return text if len(text) <= 12 else "200"


def _within(number: Decimal, value: object) -> Decimal:
    if number > _LARGEST:
        raise NotReadableError(value, "too large; limerun counts up to 2^63 - 1")
    return number


def parse_size(value: object) -> int:
    """Return bytes: "200 MB" is 200 x 10^6, "200 MiB" is 200 x 2^20.

    A number without a unit is an error (except 0): a user who writes 200 probably means
    megabytes.

    Raises:
        NotReadableError: This is not a size; the message explains how to write one.
    """
    number, unit = _parts(value, 'not a size; write it like "200 MB"')
    if not unit and number:
        advice = f'a size needs a unit; write it like "{_bare(number)} MB"'
        raise NotReadableError(value, advice)
    if unit.lower() not in SIZE_UNITS:
        advice = f'"{unit}" is not a unit of size; write MB, MiB, GB or GiB'
        raise NotReadableError(value, advice)
    return round(_within(number * SIZE_UNITS[unit.lower()], value))


def parse_duration(value: object) -> float:
    """Return seconds: "90 s", "10 min", "2 h", "5 ms", "1h30m".

    A number without a unit is an error, except 0.

    Raises:
        NotReadableError: This is not a time; the message explains how to write one.
    """
    compound = _COMPOUND.fullmatch(value) if isinstance(value, str) else None
    if compound is not None and sum(map(bool, compound.groups())) > 1:
        parts = compound.groupdict(default="0").items()
        seconds = sum(Decimal(count) * DURATION_UNITS[unit] for unit, count in parts)
        return float(_within(Decimal(seconds), value))
    number, unit = _parts(value, 'not a time; write it like "90 s"')
    if not unit and number:
        advice = f'a time needs a unit; write it like "{_bare(number)} s"'
        raise NotReadableError(value, advice)
    if unit not in DURATION_UNITS:
        advice = f'"{unit}" is not a unit of time; write ms, s, min, h or d'
        raise NotReadableError(value, advice)
    return float(_within(number * DURATION_UNITS[unit], value))


def parse_count(value: object) -> int:
    """Return a whole number: 100_000, "100k", "1.5M", "1,234,567".

    Raises:
        NotReadableError: This is not a whole number of rows.
    """
    number, unit = _parts(value, "not a number of rows; write 100_000, 100k or 1.5M")
    if unit not in COUNT_UNITS:
        advice = f'"{unit}" is not a multiple; write k (thousand) or M (million)'
        raise NotReadableError(value, advice)
    count = _within(number * COUNT_UNITS[unit], value)
    if count != int(count):
        raise NotReadableError(value, "not a whole number of rows")
    return int(count)


def format_size(size_bytes: float, more: int = 0) -> str:
    """Return bytes as text in MB (10^6 bytes, as in the guide's 200 MB).

    Args:
        size_bytes: The size.
        more: Number of digits in addition to the usual ones.
    """
    if abs(size_bytes) >= 10**10:
        return f"{size_bytes / 10**9:.{1 + more}f} GB"
    return f"{size_bytes / 10**6:.{1 + more}f} MB"


def format_bounds(low_bytes: float, high_bytes: float | None) -> str:
    """Return the lower and the upper bound of a size as text; None: no upper bound."""
    if high_bytes is None:
        return f"at least {format_size(low_bytes)}; the upper bound is unknown"
    return f"between {format_size(low_bytes)} and {format_size(high_bytes)}"


def format_duration(seconds: float, more: int = 0) -> str:
    """Return seconds as text, in the largest unit that keeps it readable.

    Args:
        seconds: The time.
        more: Number of digits in addition to the usual ones.
    """
    if seconds < 0.9995:
        return f"{seconds * 1e3:.{more}f} ms"
    if seconds < 99.95:
        return f"{seconds:.{1 + more}f} s"
    if seconds < 5400:
        return f"{seconds / 60:.{1 + more}f} min"
    return f"{seconds / 3600:.{1 + more}f} h"


def format_count(count: float, more: int = 0) -> str:
    """Return a number as text: 1,234,567 with separators, 0.0123 with few digits.

    Args:
        count: The number.
        more: Number of digits in addition to the usual ones.
    """
    if count == int(count):
        return f"{int(count):,}"
    return f"{count:,.{3 + more}g}" if abs(count) < 1 else f"{count:,.{1 + more}f}"


def format_apart(show: Callable[[float, int], str], value: float, other: float) -> str:
    """Return a value as text, with enough digits to differ from the other value."""
    for more in range(_MAX_DIGITS):
        text = show(value, more)
        if value == other or text != show(other, more):
            return text
    return show(value, 0)
