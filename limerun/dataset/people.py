"""People: names, addresses and numbers of one row that agree with each other."""

import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # as above

from limerun.dataset.block import Block
from limerun.dataset.layout import Column
from limerun.dataset.locales import Numbering
from limerun.dataset.randomness import Numbers, below
from limerun.dataset.templates import numbered
from limerun.dataset.vocabulary import Pool
from limerun.dataset.wording import choose, chosen, join, of_kind, words_at

_DOMAINS = Pool(("@example.com", "@example.org", "@example.net"))
"""Reserved for examples: no mail sent there reaches anyone."""
_LISTED = 100_000
"""Phone numbers that are written out beforehand, if there are so few."""


def firstname(block: Block, column: Column) -> pa.Array:
    """Make first names."""
    return choose(block, column.name, block.vocabulary.first_names)


def lastname(block: Block, column: Column) -> pa.Array:
    """Make last names."""
    return choose(block, column.name, block.vocabulary.last_names)


def fullname(block: Block, column: Column) -> pa.Array:
    """Make names out of the row's first and last names."""
    first, last = _names(block, column)
    words = block.vocabulary
    return join(
        words_at(first, words.first_names.array),
        " ",
        words_at(last, words.last_names.array),
    )


def email(block: Block, column: Column) -> pa.Array:
    """Make addresses out of the row's names; the row's number keeps them apart."""
    first, last = _names(block, column)
    words = block.vocabulary
    return join(
        words_at(first, words.first_names.folded),
        ".",
        words_at(last, words.last_names.folded),
        ".",
        pc.cast(pa.array(block.rows + 1), pa.string()),
        choose(block, column.name, _DOMAINS, "domain"),
    )


def _names(block: Block, column: Column) -> tuple[pa.Array, pa.Array]:
    """Return which first and last name a row has, in its own columns or unseen."""
    first = of_kind(block, "firstname") or f"{column.name} first"
    last = of_kind(block, "lastname") or f"{column.name} last"
    return (
        chosen(block, first, block.vocabulary.first_names),
        chosen(block, last, block.vocabulary.last_names),
    )


def position(block: Block, column: Column) -> pa.Array:
    """Make positions."""
    return choose(block, column.name, block.vocabulary.positions)


def phone(block: Block, column: Column) -> pa.Array:
    """Make telephone numbers."""
    locale = block.vocabulary.locale
    if column.unique:
        numbering = locale.unique_phone
        numbers = block.permuted(column.name, numbering.count).astype("int64")
        return numbered(numbering, numbers)
    total = sum(numbering.count for numbering in locale.phones)
    numbers = below(block.words(column.name), total)
    if total > _LISTED:
        return _ranged(locale.phones, numbers)
    listed = block.recipe.keep(("phones",), lambda: _listed(locale.phones, total))
    return words_at(pa.array(numbers.astype("int32")), listed)


def _listed(ranges: tuple[Numbering, ...], total: int) -> pa.Array:
    import numpy as np

    return _ranged(ranges, np.arange(total))


def _ranged(ranges: tuple[Numbering, ...], numbers: Numbers) -> pa.Array:
    """Return numbers that run on from one range into the next."""
    parts, which, start = [], numbers * 0, 0
    for numbering in ranges:
        parts.append(numbered(numbering, (numbers - start) % numbering.count))
        start += numbering.count
        which += numbers >= start
    return parts[0] if len(parts) == 1 else pc.choose(pa.array(which), *parts)
