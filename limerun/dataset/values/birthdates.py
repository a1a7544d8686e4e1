"""Generate dates of birth and identity numbers that match."""

from typing import Any

import numpy as np
import pyarrow as pa

from limerun.dataset.design.distinct_limits import birth_span
from limerun.dataset.design.layout import Column
from limerun.dataset.design.option_limits import DAY
from limerun.dataset.values.block import Block
from limerun.dataset.values.word_choices import are_women, first_of_kind
from limerun.dataset.words.identity_formats import (
    FIRST_DAY_OF_1990,
    IDENTITIES,
    Identity,
)
from limerun.dataset.words.identity_numbers import Persons, write_numbers
from limerun.dataset.words.randomness import Numbers, below, threshold

_PERSON = ""
"""Used instead of a column's name if the table has no column of this kind."""


def birth_days(block: Block, column: Column | None = None) -> Numbers:
    """Return dates of birth, in days since 1970.

    Args:
        block: The rows.
        column: The column. For the table's first column of birthdates, and for None,
            the dates match the row's identity number.
    """
    first = first_of_kind(block, "birthdate")
    if column is not None and column.name != first:
        options: Any = column.options
        return _drawn(block, column.name, options["from"] // DAY, options["to"] // DAY)
    return block.once("birth days", lambda: _birth_days(block, first or _PERSON))


def _birth_days(block: Block, name: str) -> Numbers:
    numbered = _numbered(block)
    if numbered is None:
        return _drawn(block, name, *birth_span(block.table))
    days, _ = _days_and_serials(block, numbered)
    return days


def _drawn(block: Block, name: str, first: int, last: int) -> Numbers:
    use = "" if name else "birth"
    return below(block.words(name, use), last - first + 1) + first


def _numbered(block: Block) -> Column | None:
    """Return the column of unique identity numbers that include the birthdate, if any.

    The date of birth is taken from this number, which could not be unique otherwise.
    """
    if not IDENTITIES[block.vocabulary.name].has_birthdate:
        return None
    name = first_of_kind(block, "nationalid")
    column = None if name is None else block.table.columns[name]
    return column if column is not None and column.unique else None


def _days_and_serials(block: Block, column: Column) -> tuple[Numbers, Numbers]:
    """Return a day and a serial number for each row; the combinations all differ."""

    def make() -> tuple[Numbers, Numbers]:
        identity = IDENTITIES[block.vocabulary.name]
        first, last = birth_span(block.table)
        count = identity.count(first, last)
        places = block.permuted(column.name, count).astype(np.int64)
        early_days = identity.early_days(first, last)
        early = early_days * identity.serials
        is_early = places < early
        size = np.where(is_early, identity.serials, identity.later_serials)
        day, serial = np.divmod(np.where(is_early, places, places - early), size)
        return day + first + np.where(is_early, 0, early_days), serial

    return block.once(f"serials {column.name}", make)


def nationalid(block: Block, column: Column) -> pa.Array:
    """Generate identity numbers that match the row's date of birth and gender."""
    country = block.vocabulary.name
    days = birth_days(block)
    rate: Any = column.options["foreign_rate"]
    foreign = np.zeros(len(block), np.bool_)
    if rate:
        foreign = block.words(column.name, "foreign") < threshold(rate)
    persons = Persons(
        days=days,
        men=~are_women(block),
        foreign=foreign,
        serials=_serials(block, column, IDENTITIES[country], days),
    )
    return write_numbers(country, persons, column.length)


def _serials(
    block: Block, column: Column, identity: Identity, days: Numbers
) -> Numbers:
    if column.unique and column is _numbered(block):
        return _days_and_serials(block, column)[1]
    if column.unique and not identity.has_birthdate:
        return block.permuted(column.name, identity.serials).astype(np.int64)
    words = block.words(column.name)
    if identity.serials == identity.later_serials:
        return below(words, identity.serials)
    counts = np.where(
        days < FIRST_DAY_OF_1990, identity.serials, identity.later_serials
    )
    return below(words, counts.astype(np.uint64))
