"""Generate personal data: names, genders and e-mail addresses that match."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limerun.dataset.design.distinct_limits import MAIL_AROUND, MAIL_DOMAIN
from limerun.dataset.design.layout import Column
from limerun.dataset.values.block import Block
from limerun.dataset.values.companies import owner
from limerun.dataset.values.word_choices import (
    are_women,
    first_names_of,
    first_of_kind,
    last_names_of,
    truncate,
)
from limerun.dataset.words.locales import Numbering
from limerun.dataset.words.number_templates import numbered
from limerun.dataset.words.randomness import Numbers, below
from limerun.dataset.words.weighted_lists import Pool
from limerun.writers.text_joins import join, words_at

_DOMAINS = Pool(("@example.com", "@example.org", "@example.net"))
"""Domains reserved for examples: e-mail sent there reaches nobody."""
_LISTED = 100_000
"""If there are at most this many phone numbers, all are generated in advance."""
_PERSONAL = ("firstname", "lastname", "fullname", "gender", "birthdate", "nationalid")


def fullname(block: Block, column: Column) -> pa.Array:
    """Generate full names from the row's first and last names."""
    # Without such columns, the first column of full names is the row's person; further
    # columns are other people.
    alone = "" if first_of_kind(block, "fullname") == column.name else column.name
    first, first_names = first_names_of(block, alone)
    last, last_names = last_names_of(block, alone)
    return join(
        words_at(first, first_names.array), " ", words_at(last, last_names.array)
    )


def gender(block: Block, column: Column) -> pa.Array:
    """Generate genders that match the first names."""
    options: Any = column.options
    women = are_women(block)
    words = pa.array([options["male"], options["female"]], pa.string())
    return words_at(pa.array(women.astype(np.int32)), words)


def email(block: Block, column: Column) -> pa.Array:
    """Generate addresses from the row's names; the row's number makes them unique.

    A row with a company but no person gets an info@ address.
    """
    row = pc.cast(pa.array(block.rows + 1), pa.string())
    digits = len(str(block.table.value_rows))
    company = first_of_kind(block, "company")
    if company is not None and not any(
        first_of_kind(block, kind) for kind in _PERSONAL
    ):
        name = truncate(
            owner(block, company, folded=True), column, MAIL_AROUND + digits
        )
        return join("info@", name, row, ".example")
    first, first_names = first_names_of(block)
    last, last_names = last_names_of(block)
    domain = words_at(_domains(block, column), _DOMAINS.array)
    first, last = (
        words_at(first, first_names.folded),
        words_at(last, last_names.folded),
    )
    around = MAIL_DOMAIN + digits + 1
    if (
        column.length is not None
        and around + _longest_name(first, last) > column.length
    ):
        local = truncate(join(first, ".", last), column, around)
        return join(local, ".", row, domain)
    return join(first, ".", last, ".", row, domain)


def _domains(block: Block, column: Column) -> pa.Array:
    """Return the index of a domain for each row."""
    drawn = below(block.words(column.name, "domain"), len(_DOMAINS))
    return pa.array(drawn.astype(np.int32))


def _longest_name(first: pa.DictionaryArray, last: pa.DictionaryArray) -> int:
    """Return the length of the longest first and last name, with a dot in between."""
    longest = (pc.max(pc.utf8_length(part.dictionary)) for part in (first, last))
    return 1 + sum(int(each.as_py()) for each in longest)


def phone(block: Block, column: Column) -> pa.Array:
    """Generate telephone numbers."""
    locale, room = block.vocabulary.locale, column.length
    if column.distinct:
        numbering = locale.unique_phone
        numbers = block.permuted(column.name, numbering.count).astype(np.int64)
        return numbered(numbering, numbers, room)
    total = sum(numbering.count for numbering in locale.phones)
    numbers = below(block.words(column.name), total)
    if total > _LISTED:
        return _ranged(locale.phones, numbers, room)
    listed = block.recipe.cached(
        ("phones", str(room)), lambda: _ranged(locale.phones, np.arange(total), room)
    )
    return words_at(pa.array(numbers.astype(np.int32)), listed)


def _ranged(
    ranges: tuple[Numbering, ...], numbers: Numbers, room: int | None
) -> pa.Array:
    """Format numbers that count through several ranges."""
    parts, which, start = [], numbers * 0, 0
    for numbering in ranges:
        parts.append(numbered(numbering, (numbers - start) % numbering.count, room))
        start += numbering.count
        which += numbers >= start
    return parts[0] if len(parts) == 1 else pc.choose(pa.array(which), *parts)
