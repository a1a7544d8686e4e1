"""Generate data of companies: names, registration numbers, web pages, addresses."""

import pyarrow as pa
import pyarrow.compute as pc

from limerun.dataset.design.distinct_limits import HOUSES, LINK_AROUND
from limerun.dataset.design.layout import Column
from limerun.dataset.values.block import Block
from limerun.dataset.values.word_choices import (
    first_of_kind,
    truncate,
    word_combinations,
)
from limerun.dataset.words.number_templates import numbered
from limerun.dataset.words.randomness import Numbers, below
from limerun.dataset.words.weighted_lists import Pool
from limerun.writers.text_joins import join, words_at

_HOUSES = Pool(str(number) for number in range(1, HOUSES + 1))


def company(block: Block, column: Column) -> pa.Array:
    """Generate company names from an owner, a trade or second owner, and a suffix."""
    words = block.vocabulary
    pools = (words.last_names, words.middles, words.suffixes)
    places = _parts(block, column.name)
    parts = zip(places, pools, strict=True)
    return join(*(words_at(place, pool.array) for place, pool in parts))


def owner(block: Block, name: str, *, folded: bool) -> pa.Array:
    """Return the owners' last names in the company names of a column.

    Args:
        block: The rows.
        name: The column's name.
        folded: True to reduce the names to the characters of addresses.
    """
    pool = block.vocabulary.last_names
    return words_at(_parts(block, name)[0], pool.folded if folded else pool.array)


def _parts(block: Block, name: str) -> tuple[pa.Array, ...]:
    words = block.vocabulary
    uses = {
        "owner": words.last_names,
        "middle": words.middles,
        "suffix": words.suffixes,
    }
    return word_combinations(block, name, uses)


def link(block: Block, column: Column) -> pa.Array:
    """Generate web addresses from the row's company, in a reserved domain."""
    name = first_of_kind(block, "company") or column.name
    digits = len(str(block.table.value_rows))
    return join(
        "https://www.",
        truncate(owner(block, name, folded=True), column, LINK_AROUND + digits),
        pc.cast(pa.array(block.rows + 1), pa.string()),
        ".example",
    )


def registrationno(block: Block, column: Column) -> pa.Array:
    """Generate registration numbers with a valid check digit."""
    numbering = block.vocabulary.locale.registrationno
    return numbered(numbering, _drawn(block, column, numbering.count), column.length)


def postalcode(block: Block, column: Column) -> pa.Array:
    """Generate postal codes."""
    numbering = block.vocabulary.locale.postalcode
    return numbered(numbering, _drawn(block, column, numbering.count), column.length)


def _drawn(block: Block, column: Column, count: int) -> Numbers:
    if column.distinct:
        return block.permuted(column.name, count).astype("int64")
    return below(block.words(column.name), count)


def street(block: Block, column: Column) -> pa.Array:
    """Generate streets with a house number."""
    streets = block.vocabulary.streets
    uses = {"": streets, "number": _HOUSES}
    street, number = word_combinations(block, column.name, uses)
    name, house = words_at(street, streets.array), words_at(number, _HOUSES.array)
    if block.vocabulary.locale.number_first:
        return join(house, " ", name)
    return join(name, " ", house)
