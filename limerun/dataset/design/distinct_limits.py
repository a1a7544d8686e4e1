"""Check that a column has enough possible values, and that they fit its length.

The vocabulary is loaded only for columns of words that are unique or have a cardinality.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from limerun.dataset.design.layout import Column, Table
from limerun.dataset.design.option_limits import (
    DAY,
    HOUR,
    days_between,
    is_by_day,
    units,
)
from limerun.dataset.design.option_types import FIRST_BIRTH, LAST_BIRTH
from limerun.dataset.design.text_templates import Pattern, makes_unique
from limerun.dataset.words.identity_formats import BIRTHDATE_RANGE, IDENTITIES
from limerun.dataset.words.locales import LOCALES, Numbering
from limerun.errors import DatasetError

if TYPE_CHECKING:
    from limerun.dataset.words.vocabulary import Vocabulary

POOLS = {
    "firstname": "first_names",
    "lastname": "last_names",
    "city": "cities",
    "country": "countries",
    "position": "positions",
    "subject": "subjects",
}
"""Kinds whose values are words from one list, with the name of that list."""
HOUSES = 99
_ROW_DIGITS = 10
"""The maximum number of digits in a row's number."""
MAIL_DOMAIN = len("@example.com")
LINK_AROUND = len("https://www..example")
MAIL_AROUND = len("info@.example")


def least_length(kind: str, locale: str) -> int:
    """Return the length that a property needs for the values of a kind."""
    country = LOCALES[locale]
    if kind == "nationalid":
        return IDENTITIES[locale].lengths[-1]
    if kind in ("registrationno", "postalcode"):
        numbering: Numbering = getattr(country, kind)
        return len(numbering.form(0))
    if kind == "phone":
        ranges = (*country.phones, country.unique_phone)
        return max(len(numbering.form(0)) for numbering in ranges)
    if kind == "email":
        return max(len("a.b.") + MAIL_DOMAIN, MAIL_AROUND + 1) + _ROW_DIGITS
    return LINK_AROUND + 1 + _ROW_DIGITS if kind == "link" else 1


def check_distinct(where: str, column: Column, table: Table, locale: str) -> None:
    """Reject a unique column whose values would repeat, or be truncated.

    Args:
        where: The column, for messages.
        column: The column.
        table: Its table.
        locale: The locale of words and numbers.

    Raises:
        DatasetError: There are too few different values, or they are too long.
    """
    cardinality: Any = column.options.get("cardinality")
    if not column.distinct:
        return
    count = table.value_rows if cardinality is None else cardinality
    if column.kind == "template":
        _check_template(where, column, table)
        return
    if column.kind == "nationalid":
        _check_identity(where, column, table)
    capacity = _capacity(column, table, count, locale)
    if capacity is not None and count > capacity:
        wanted = (
            f"{count:,} rows need different values; use kind sequence, or remove unique"
        )
        if cardinality is not None:
            wanted = f"cardinality is {cardinality:,}; use a smaller one"
        raise DatasetError(
            f"{where}: kind {column.kind} has {capacity:,} different values in {locale}, "
            f"but {wanted}"
        )
    if column.length is not None and count:
        longest = _longest(column, count, locale)
        if longest > column.length:
            raise DatasetError(
                f"{where}: the values have up to {longest} characters, but the "
                f"property's length is {column.length}; make it longer"
            )


def check_birthdates(where: str, column: Column, table: Table, locale: str) -> None:
    """Reject dates of birth that an identity number of the table cannot contain.

    Raises:
        DatasetError: The range of birthdates is too wide.
    """
    if column.kind != "nationalid":
        return
    first, last = birth_span(table)
    earliest, latest = BIRTHDATE_RANGE
    if IDENTITIES[locale].has_birthdate and (first < earliest or last > latest):
        raise DatasetError(
            f"{where}: an identity number contains a date of birth from 1900 to 2039; "
            "change the birthdate's `from` or `to`"
        )


def _check_identity(where: str, column: Column, table: Table) -> None:
    kinds = ((name, each.kind) for name, each in table.columns.items())
    first = next(name for name, kind in kinds if kind == column.kind)
    if first != column.name:
        raise DatasetError(
            f"{where}: only the first identity number of a row can be unique, "
            f"which is {first}; remove unique"
        )


def _check_template(where: str, column: Column, table: Table) -> None:
    pattern: Any = column.options["template"]
    if not any(
        makes_unique(pattern, at, digits=_is_digits(piece.column, piece.form, table))
        for at, piece in enumerate(pattern)
        if piece.column and _is_unique_part(pattern, at, table)
    ):
        raise DatasetError(
            f"{where}: the template can make the same text twice; end it with the "
            'row\'s number, as in "{lastname}-{row}", or remove unique'
        )


def _is_unique_part(pattern: Pattern, at: int, table: Table) -> bool:
    """Return whether a column of a template is unique, and not changed by a filter."""
    piece = pattern[at]
    column = table.columns.get(piece.column)
    if piece.filters and not _is_digits(piece.column, piece.form, table):
        return False
    if column is None:
        return True
    return column.unique and not column.null_rate and not piece.form.startswith(".")


def _is_digits(name: str, form: str, table: Table) -> bool:
    """Return whether a column is written in digits only, with one form per number."""
    column = table.columns.get(name)
    if form.strip("0123456789d"):
        return False
    if column is None:
        return True
    if column.kind == "sequence":
        return column.options["format"] is None
    return column.kind == "integer" and int(str(column.options["min"])) >= 0


def _capacity(column: Column, table: Table, count: int, locale: str) -> int | None:
    """Return how many different values a column can have; None means unlimited."""
    options: Mapping[str, Any] = column.options
    country = LOCALES[locale]
    if column.kind == "registrationno":
        return country.registrationno.count
    if column.kind == "postalcode":
        return country.postalcode.count
    if column.kind == "phone":
        return country.unique_phone.count
    if column.kind == "nationalid":
        return IDENTITIES[locale].count(*birth_span(table))
    if column.kind == "integer":
        return int(options["max"] - options["min"] + 1)
    if column.kind == "decimal":
        least, most = units(options)
        return most - least + 1
    if column.kind in ("date", "time"):
        return _moments(column)
    return _words(column, count, locale)


def _moments(column: Column) -> int:
    options: Mapping[str, Any] = column.options
    if column.type != "time":
        return days_between(column)
    if not is_by_day(column):
        return int(options["to"] - options["from"] + 1)
    first, last = options.get("hours") or (0, 24)
    return days_between(column) * (last - first) * HOUR


def birth_span(table: Table) -> tuple[int, int]:
    """Return the first and last possible date of birth, in days since 1970."""
    for column in table.columns.values():
        if column.kind == "birthdate":
            options: Mapping[str, Any] = column.options
            return options["from"] // DAY, options["to"] // DAY
    return FIRST_BIRTH // DAY, LAST_BIRTH // DAY


def _words(column: Column, count: int, locale: str) -> int | None:
    if column.kind in POOLS:
        return len(_vocabulary(locale).longer(POOLS[column.kind], count))
    if column.kind == "street":
        return len(_vocabulary(locale).streets) * HOUSES
    if column.kind == "company":
        words = _vocabulary(locale)
        return len(words.last_names) * len(words.middles) * len(words.suffixes)
    return None


def _longest(column: Column, count: int, locale: str) -> int:
    """Return the length of the longest value."""
    if column.kind == "sequence":
        return len(sequence_text(column, count - 1))
    if column.kind in POOLS:
        return _widest(_vocabulary(locale).longer(POOLS[column.kind], count).values)
    if column.kind == "street":
        return _widest(_vocabulary(locale).streets.values) + len(f" {HOUSES}")
    if column.kind == "company":
        words = _vocabulary(locale)
        pools = (words.last_names, words.middles, words.suffixes)
        return sum(_widest(pool.values) for pool in pools)
    return 0


def _widest(words: tuple[str, ...]) -> int:
    return max(map(len, words))


@lru_cache(maxsize=1)
def _vocabulary(locale: str) -> "Vocabulary":
    from limerun.dataset.words.vocabulary import Vocabulary

    return Vocabulary(locale)


def sequence_text(column: Column, row: int) -> str:
    """Return the text of a sequence in one row."""
    options: Mapping[str, Any] = column.options
    before, form, after = options["format"] or ("", "", "")
    return f"{before}{options['start'] + row:{form}}{after}"
