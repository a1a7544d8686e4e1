"""Whether a column's options go together, and how many values it can have. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from limerun.dataset.layout import Column
from limerun.dataset.locales import LOCALES
from limerun.dataset.naming import unknown
from limerun.dataset.options import moment
from limerun.errors import DatasetError
from limerun.storage import INTEGER_TYPES, REAL_TYPES, TEXT_TYPES, TIME_TYPES


def check_options(where: str, column: Column, choices: tuple[str, ...]) -> None:
    """Refuse options that contradict each other.

    Raises:
        DatasetError: They do.
    """
    options: Mapping[str, Any] = column.options
    for least, most in (("min", "max"), ("from", "to")):
        if least in options and options[least] > options[most]:
            raise DatasetError(f"{where}: {least} is more than {most}; swap them")
    if column.kind == "choice":
        _check_weights(where, options)
    if column.kind == "decimal":
        _check_decimal(where, options)
    if options.get("format") is not None and column.type not in TEXT_TYPES:
        raise DatasetError(f"{where}: format makes text, but the type is {column.type}")
    if column.kind == "constant":
        _check_constant(where, column, choices)


def _check_weights(where: str, options: Mapping[str, Any]) -> None:
    weights = options["weights"]
    if weights is not None and len(weights) != len(options["options"]):
        raise DatasetError(
            f"{where}: {len(weights)} weights for {len(options['options'])} options"
        )


def _check_decimal(where: str, options: Mapping[str, Any]) -> None:
    if options["distribution"] == "lognormal" and options["min"] < 0:
        raise DatasetError(
            f"{where}: a lognormal distribution needs a min of at least 0; "
            "write distribution: uniform"
        )
    largest = max(abs(options["min"]), abs(options["max"]))
    if largest * 10 ** options["decimals"] >= 2**53:
        raise DatasetError(
            f"{where}: {largest} with {options['decimals']} decimals is more "
            "than a decimal holds; take fewer decimals"
        )
    least, most = units(options)
    if least > most:
        raise DatasetError(
            f"{where}: no number with {options['decimals']} decimals lies between "
            f"{options['min']} and {options['max']}; take more decimals"
        )


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


def check_reach(where: str, column: Column, reach: int, locale: str) -> None:
    """Refuse a unique column that has fewer values than rows.

    Args:
        where: The column, for the message.
        column: It.
        reach: The rows that need a value, in the database and in sources.
        locale: Whose numbers are used.

    Raises:
        DatasetError: The values would repeat, or be cut to the same text.
    """
    if not column.unique:
        return
    capacity = _capacity(column, locale)
    if capacity is not None and reach > capacity:
        raise DatasetError(
            f"{where}: {column.kind} has {capacity:,} different values in {locale}, "
            f"but {reach:,} rows need one each; make it a sequence, or not unique"
        )
    if column.kind == "sequence" and column.length is not None and reach:
        longest = len(sequence_text(column, reach - 1))
        if longest > column.length:
            raise DatasetError(
                f"{where}: the numbers become {longest} characters long, but the "
                f"property holds {column.length}"
            )


def _capacity(column: Column, locale: str) -> int | None:
    if column.kind == "registrationno":
        return LOCALES[locale].registrationno.count
    if column.kind == "phone":
        return LOCALES[locale].unique_phone.count
    if column.kind == "integer":
        return int(column.options["max"] - column.options["min"] + 1)  # type: ignore[operator]  # both whole
    return None


def sequence_text(column: Column, row: int) -> str:
    """Return the text of one number of a sequence."""
    options: Mapping[str, Any] = column.options
    before, form, after = options["format"] or ("", "", "")
    return f"{before}{options['start'] + row:{form}}{after}"
