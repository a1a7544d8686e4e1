"""Values as real exports spoil them: other formats, broken addresses, wrong types. Pure."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from limerun.dataset.layout import SourceColumn
from limerun.storage import TIME_TYPES

PLACEHOLDER = "#N/A"
"""What a spreadsheet writes for a value that it could not work out."""
TOO_LONG = 5_000
"""Characters; more than any string property holds."""
_FIRST_DAY = date(1899, 12, 30)
"""Day 0 of a spreadsheet."""
_MOST_DIGITS = 18

Way = Callable[[Any], str | int]


def malformed(
    value: object, column: SourceColumn, drawn: int, *, mixed: bool
) -> str | int:
    """Return what stands in place of a value that should be otherwise.

    Args:
        value: The right one.
        column: The column that it is in.
        drawn: Random bits, which choose the way it is wrong.
        mixed: A number may stand in place of a text, and the other way round.
    """
    if value is None:
        return PLACEHOLDER
    ways = _ways(column, mixed=mixed)
    made = ways[drawn % len(ways)](value)
    return PLACEHOLDER if made == value else made


def _ways(column: SourceColumn, *, mixed: bool) -> tuple[Way, ...]:
    if column.type in TIME_TYPES:
        return _OF_TIME
    if column.type == "yesno":
        return _OF_YESNO
    if not column.is_text:
        return (*_OF_NUMBER, str) if mixed else _OF_NUMBER
    if column.kind == "email":
        return _OF_EMAIL
    return (*_OF_TEXT, _digits) if mixed else _OF_TEXT


def _spreadsheet_day(moment: date) -> str:
    day = moment.date() if isinstance(moment, datetime) else moment
    return str((day - _FIRST_DAY).days)


def _english(number: Any) -> str:
    return f"{Decimal(str(number)):,.2f}"


def _continental(number: Any) -> str:
    return _english(number).translate(str.maketrans(",.", " ,"))


def _mistaken(text: str) -> str:
    """Return UTF-8 that was read as Latin-1; text without accents, with blanks."""
    read = text.encode().decode("latin-1")
    return f" {text} " if read == text else read


def _too_long(text: str) -> str:
    return (f"{text} " * (TOO_LONG // (len(text) + 1) + 1))[:TOO_LONG]


def _digits(text: str) -> int:
    """Return a text's digits as a number: leading zeros and dashes are lost."""
    digits = "".join(each for each in text if each.isascii() and each.isdigit())
    return int(digits[:_MOST_DIGITS] or 0)


_OF_TIME: tuple[Way, ...] = (
    lambda moment: f"{moment:%d/%m/%Y}",
    lambda moment: f"{moment:%d.%m.%y}",
    lambda moment: f"{moment:%Y%m%d}",
    _spreadsheet_day,
    lambda _: "0000-00-00",
)
_OF_NUMBER: tuple[Way, ...] = (
    _continental,
    lambda number: f"{number} kr",
    lambda number: f"SEK {_english(number)}",
    lambda _: PLACEHOLDER,
)
_OF_YESNO: tuple[Way, ...] = (
    lambda yes: "J" if yes else "N",
    lambda yes: "X" if yes else "-",
    lambda _: PLACEHOLDER,
)
_OF_EMAIL: tuple[Way, ...] = (
    lambda email: email.replace("@", "(at)"),
    lambda email: email.replace("@", "@@"),
    lambda email: email.replace("@", " @ "),
    lambda email: email.partition("@")[0],
    lambda email: f"{email};{email}",
)
_OF_TEXT: tuple[Way, ...] = (
    _mistaken,
    _too_long,
    lambda text: f"\t{text}\u00a0",
    lambda _: PLACEHOLDER,
)
