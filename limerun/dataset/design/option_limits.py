"""Check that a column's options fit together. Pure."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from limerun.dataset.design.layout import Column
from limerun.dataset.design.mistakes import unknown
from limerun.dataset.design.option_types import moment
from limerun.errors import DatasetError
from limerun.storage import INTEGER_TYPES, REAL_TYPES, TEXT_TYPES, TIME_TYPES

DAY = 86_400
HOUR = 3_600


def check_options(where: str, column: Column, choices: tuple[str, ...]) -> None:
    """Reject options that contradict each other, or have no effect.

    Raises:
        DatasetError: An option cannot be used like this.
    """
    options: Mapping[str, Any] = column.options
    if options.get("format") is not None and column.type not in TEXT_TYPES:
        raise DatasetError(
            f"{where}: format makes text, but the property's type is {column.type}; "
            "remove format"
        )
    check = _CHECKS.get(column.kind)
    if check is not None:
        check(where, column, choices)
    if column.null_rate and column.kind in ("null", "user"):
        raise DatasetError(
            f"{where}: null_rate has no effect on kind {column.kind}, whose values are "
            "null anyway; remove it"
        )


def _check_gender(where: str, column: Column, choices: tuple[str, ...]) -> None:
    options: Mapping[str, Any] = column.options
    for gender in ("female", "male"):
        if choices and options[gender] not in choices:
            raise unknown(f"{where}: {gender}", "option key", options[gender], choices)


_PERIODS = TIME_TYPES - {"date", "time"}


def _check_moments(where: str, column: Column, choices: tuple[str, ...]) -> None:
    options: Mapping[str, Any] = column.options
    if options["weekdays"] and column.type in _PERIODS:
        raise DatasetError(
            f"{where}: weekdays has no effect on type {column.type}, which has no day; "
            "remove it"
        )
    if options.get("hours") is not None and column.type != "time":
        raise DatasetError(
            f"{where}: hours has no effect on type {column.type}, which has no time of "
            "day; remove it"
        )
    if column.unique and (options["after"] or column.type in _PERIODS):
        raise DatasetError(
            f"{where}: only dates and times between from and to can be unique; remove "
            "unique"
        )
    if options["after"] is None and days_between(column) < 1:
        day = "weekday" if options["weekdays"] else "whole day"
        raise DatasetError(
            f"{where}: there is no {day} between from and to; change one of them"
        )


def is_by_day(column: Column) -> bool:
    """Return whether the day and the time of day are drawn separately."""
    options: Mapping[str, Any] = column.options
    plain = (options["distribution"] or "uniform") == "uniform"
    return column.type != "time" or bool(
        options["weekdays"] or options.get("hours") or not plain
    )


def day_span(column: Column) -> tuple[int, int]:
    """Return the first and last possible day of a column, in days since 1970.

    Times whose day is drawn separately use whole days only.
    """
    first, last = (int(str(column.options[end])) for end in ("from", "to"))
    if column.type == "time" and is_by_day(column):
        return -(-first // DAY), (last + 1) // DAY - 1
    return first // DAY, last // DAY


def days_between(column: Column) -> int:
    """Return the number of possible days of a column, both ends included."""
    first, last = day_span(column)
    if not column.options["weekdays"]:
        return last - first + 1
    return weekdays_before(last + 1) - weekdays_before(first)


def weekdays_before(day: int) -> int:
    """Count the weekdays from Monday 29 December 1969 up to a day.

    Args:
        day: In days since 1970; not included in the count.
    """
    weeks, rest = divmod(day + 3, 7)
    return weeks * 5 + min(rest, 5)


def units(options: Mapping[str, Any]) -> tuple[int, int]:
    """Return the bounds of a decimal in units of its last decimal place."""
    least, most = (
        (Decimal(str(options[end])).scaleb(options["decimals"])).to_integral_value(way)
        for end, way in (("min", ROUND_CEILING), ("max", ROUND_FLOOR))
    )
    return int(least), int(most)


def _check_constant(where: str, column: Column, choices: tuple[str, ...]) -> None:
    value = column.options["value"]
    if column.type in ("option", "set") and choices:
        keys = str(value).split(";") if column.type == "set" else [value]
        for key in keys:
            if key not in choices:
                raise unknown(where, "option key", key, choices)
    elif column.type in TIME_TYPES:
        try:
            moment(value)
        except ValueError as error:
            raise DatasetError(f"{where}: value: {value!r}: {error}") from None
    elif not isinstance(value, _python_types(column.type)) or (
        isinstance(value, bool) and column.type != "yesno"
    ):
        raise DatasetError(
            f"{where}: value: {value!r} does not fit the property's type {column.type}"
        )


def _python_types(type: str) -> tuple[type[Any], ...]:
    if type in REAL_TYPES:
        return (int, float)
    if type in INTEGER_TYPES - {"yesno"}:
        return (int,)
    return (bool,) if type == "yesno" else (str,)


def natural_type(type: str, options: Mapping[str, Any]) -> str:
    """Return the property type of a column that is not in the database."""
    if options.get("format") is not None:
        return "string"
    value = options.get("value")
    if isinstance(value, bool):
        return "yesno"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "decimal"
    if isinstance(value, datetime):
        return "time"
    return "date" if isinstance(value, date) else type


_CHECKS: Mapping[str, Callable[[str, Column, tuple[str, ...]], None]] = {
    "constant": _check_constant,
    "date": _check_moments,
    "time": _check_moments,
    "gender": _check_gender,
}
