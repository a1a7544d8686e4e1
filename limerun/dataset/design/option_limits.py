"""Whether a column's options go together. Pure."""

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
    """Refuse options that contradict each other, or have no effect.

    Raises:
        DatasetError: They do.
    """
    options: Mapping[str, Any] = column.options
    if options.get("format") is not None and column.type not in TEXT_TYPES:
        raise DatasetError(f"{where}: format makes text, but the type is {column.type}")
    check = _CHECKS.get(column.kind)
    if check is not None:
        check(where, column, choices)
    if column.null_rate and column.kind in ("null", "user"):
        raise DatasetError(
            f"{where}: null_rate has no effect on kind {column.kind}, which is null "
            "by itself"
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
            f"{where}: weekdays has no effect on a {column.type}, which has no day"
        )
    if options.get("hours") is not None and column.type != "time":
        raise DatasetError(
            f"{where}: hours has no effect on a {column.type}, which has no time of day"
        )
    if column.unique and (options["after"] or column.type in _PERIODS):
        raise DatasetError(
            f"{where}: only dates and times between from and to can be unique"
        )
    if options["after"] is None and days_between(column) < 1:
        day = "weekday" if options["weekdays"] else "whole day"
        raise DatasetError(f"{where}: there is no {day} between from and to")


def is_by_day(column: Column) -> bool:
    """Return whether the days of times are drawn apart from their time of day."""
    options: Mapping[str, Any] = column.options
    plain = (options["distribution"] or "uniform") == "uniform"
    return column.type != "time" or bool(
        options["weekdays"] or options.get("hours") or not plain
    )


def day_span(column: Column) -> tuple[int, int]:
    """Return the first and the last day that a column can take, since 1970.

    Times whose days are drawn take whole days between the ends.
    """
    first, last = (int(str(column.options[end])) for end in ("from", "to"))
    if column.type == "time" and is_by_day(column):
        return -(-first // DAY), (last + 1) // DAY - 1
    return first // DAY, last // DAY


def days_between(column: Column) -> int:
    """Return how many days a column can take, both ends counted."""
    first, last = day_span(column)
    if not column.options["weekdays"]:
        return last - first + 1
    return weekdays_before(last + 1) - weekdays_before(first)


def weekdays_before(day: int) -> int:
    """Return how many weekdays there are from the first Monday on to a day.

    Args:
        day: Since 1970; itself not counted. The first Monday is three days before.
    """
    weeks, rest = divmod(day + 3, 7)
    return weeks * 5 + min(rest, 5)


def units(options: Mapping[str, Any]) -> tuple[int, int]:
    """Return the bounds of a decimal in units of its last decimal."""
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
            raise DatasetError(f"{where}: value: {value!r} {error}") from None
    elif not isinstance(value, _python_types(column.type)) or (
        isinstance(value, bool) and column.type != "yesno"
    ):
        raise DatasetError(f"{where}: value: {value!r} does not fit type {column.type}")


def _python_types(type: str) -> tuple[type[Any], ...]:
    if type in REAL_TYPES:
        return (int, float)
    if type in INTEGER_TYPES - {"yesno"}:
        return (int,)
    return (bool,) if type == "yesno" else (str,)


def natural_type(type: str, options: Mapping[str, Any]) -> str:
    """Return the property type of a source's own column."""
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
