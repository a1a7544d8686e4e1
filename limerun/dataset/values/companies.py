"""Firms: their names, numbers and pages; and where things lie."""

import pyarrow as pa
import pyarrow.compute as pc

from limerun.dataset.design.distinct_limits import HOUSES, LINK_AROUND
from limerun.dataset.design.layout import Column
from limerun.dataset.values.block import Block
from limerun.dataset.values.word_choices import (
    chosen_apart,
    cut,
    of_kind,
)
from limerun.dataset.words.number_templates import numbered
from limerun.dataset.words.randomness import Numbers, below
from limerun.dataset.words.weighted_lists import Pool
from limerun.writers.text_joins import join, words_at

_HOUSES = Pool(str(number) for number in range(1, HOUSES + 1))


def company(block: Block, column: Column) -> pa.Array:
    """Make names of firms, after their owners and their trade or a second owner."""
    words = block.vocabulary
    pools = (words.last_names, words.middles, words.suffixes)
    places = _parts(block, column.name)
    parts = zip(places, pools, strict=True)
    return join(*(words_at(place, pool.array) for place, pool in parts))


def owner(block: Block, name: str, *, folded: bool) -> pa.Array:
    """Return whom the firms of a column are called after.

    Args:
        block: The rows.
        name: The column's.
        folded: In the letters that an address may have.
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
    return chosen_apart(block, name, uses)


def link(block: Block, column: Column) -> pa.Array:
    """Make pages after the row's firm, in a domain that is reserved for examples."""
    name = of_kind(block, "company") or column.name
    digits = len(str(block.table.reach))
    return join(
        "https://www.",
        cut(owner(block, name, folded=True), column, LINK_AROUND + digits),
        pc.cast(pa.array(block.rows + 1), pa.string()),
        ".example",
    )


def registrationno(block: Block, column: Column) -> pa.Array:
    """Make organisation numbers with a right check digit."""
    numbering = block.vocabulary.locale.registrationno
    return numbered(numbering, _drawn(block, column, numbering.count), column.length)


def postalcode(block: Block, column: Column) -> pa.Array:
    """Make postal codes."""
    numbering = block.vocabulary.locale.postalcode
    return numbered(numbering, _drawn(block, column, numbering.count), column.length)


def _drawn(block: Block, column: Column, count: int) -> Numbers:
    if column.distinct:
        return block.permuted(column.name, count).astype("int64")
    return below(block.words(column.name), count)


def street(block: Block, column: Column) -> pa.Array:
    """Make street addresses with a house number."""
    streets = block.vocabulary.streets
    uses = {"": streets, "number": _HOUSES}
    street, number = chosen_apart(block, column.name, uses)
    name, house = words_at(street, streets.array), words_at(number, _HOUSES.array)
    if block.vocabulary.locale.number_first:
        return join(house, " ", name)
    return join(name, " ", house)
