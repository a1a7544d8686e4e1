"""Sizes, times and counts, read and written. Whatever is written can be read back."""

import re

_NUMBER = r"\s*(?P<number>\d[\d_]*(?:\.\d+)?|\.\d+)\s*(?P<unit>[A-Za-zµ]*)\s*"
_PATTERN = re.compile(_NUMBER)

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
DURATION_UNITS = {
    "": 1.0,
    "us": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "min": 60.0,
    "h": 3600.0,
    "d": 86400.0,
}
COUNT_UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9}


def _parts(value: object, what: str, example: str) -> tuple[float, str]:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{value!r} is no {what}; write it like {example}")
    match = _PATTERN.fullmatch(str(value))
    if match is None:
        raise ValueError(f"{str(value)!r} is no {what}; write it like {example}")
    return float(match["number"].replace("_", "")), match["unit"]


def parse_size(value: object) -> int:
    """Return bytes: "200 MB" is 10^6 times 200, "200 MiB" is 2^20 times 200.

    Raises:
        ValueError: The text is no size; the message says how to write one.
    """
    number, unit = _parts(value, "size", '"200 MB"')
    if unit.lower() not in SIZE_UNITS:
        raise ValueError(f"{unit!r} is no unit of size; write MB, MiB, GB or GiB")
    return round(number * SIZE_UNITS[unit.lower()])


def parse_duration(value: object) -> float:
    """Return seconds: "90 s", "10 min", "2 h", "5 ms"; a bare number is seconds.

    Raises:
        ValueError: The text is no time; the message says how to write one.
    """
    number, unit = _parts(value, "time", '"90 s"')
    if unit not in DURATION_UNITS:
        raise ValueError(f"{unit!r} is no unit of time; write ms, s, min, h or d")
    return number * DURATION_UNITS[unit]


def parse_count(value: object) -> int:
    """Return a whole number: 100_000, "100k", "1.5M".

    Raises:
        ValueError: The text is no whole number of rows.
    """
    number, unit = _parts(value, "number of rows", "100_000, 100k or 1.5M")
    if unit not in COUNT_UNITS:
        raise ValueError(f"{unit!r} is no multiple; write k (thousand) or M (million)")
    count = number * COUNT_UNITS[unit]
    if abs(count - round(count)) > 1e-6:
        raise ValueError(f"{value!r} is no whole number of rows")
    return round(count)


def format_size(size_bytes: float) -> str:
    """Return bytes as text in MB (10^6 bytes, as in the guide's 200 MB)."""
    if abs(size_bytes) >= 10**10:
        return f"{size_bytes / 10**9:.1f} GB"
    return f"{size_bytes / 10**6:.1f} MB"


def format_duration(seconds: float) -> str:
    """Return seconds as text, in the largest unit that keeps it readable."""
    if seconds < 0.9995:
        return f"{seconds * 1e3:.0f} ms"
    if seconds < 99.95:
        return f"{seconds:.1f} s"
    if seconds < 5400:
        return f"{seconds / 60:.1f} min"
    return f"{seconds / 3600:.1f} h"


def format_count(count: float) -> str:
    """Return a number with thousands apart: 1,234,567; small fractions kept."""
    if count == int(count):
        return f"{int(count):,}"
    return f"{count:,.3g}" if abs(count) < 1 else f"{count:,.1f}"
