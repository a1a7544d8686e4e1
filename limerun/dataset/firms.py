"""Firms: their names, numbers and pages; and where things lie."""

import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # as above

from limerun.dataset.block import Block
from limerun.dataset.layout import Column
from limerun.dataset.randomness import below
from limerun.dataset.templates import numbered
from limerun.dataset.wording import choose, chosen, join, of_kind, words_at


def company(block: Block, column: Column) -> pa.Array:
    """Make names of firms, after their owners and their trade or a second owner."""
    words = block.vocabulary
    return join(
        _owner(block, column.name, words.last_names.array),
        choose(block, column.name, words.middles, "middle"),
        choose(block, column.name, words.suffixes, "suffix"),
    )


def link(block: Block, column: Column) -> pa.Array:
    """Make pages after the row's firm, in a domain that is reserved for examples."""
    name = of_kind(block, "company") or column.name
    return join(
        "https://www.",
        _owner(block, name, block.vocabulary.last_names.folded),
        pc.cast(pa.array(block.rows + 1), pa.string()),
        ".example",
    )


def _owner(block: Block, name: str, spelt: pa.Array) -> pa.Array:
    return words_at(chosen(block, name, block.vocabulary.last_names, "owner"), spelt)


def registrationno(block: Block, column: Column) -> pa.Array:
    """Make organisation numbers with a right check digit."""
    numbering = block.vocabulary.locale.registrationno
    if column.unique:
        numbers = block.permuted(column.name, numbering.count).astype("int64")
    else:
        numbers = below(block.words(column.name), numbering.count)
    return numbered(numbering, numbers)


def street(block: Block, column: Column) -> pa.Array:
    """Make street addresses with a house number."""
    name = choose(block, column.name, block.vocabulary.streets)
    number = below(block.words(column.name, "number"), 99) + 1
    house = pc.cast(pa.array(number), pa.string())
    if block.vocabulary.locale.number_first:
        return join(house, " ", name)
    return join(name, " ", house)


def postalcode(block: Block, column: Column) -> pa.Array:
    """Make postal codes."""
    numbering = block.vocabulary.locale.postalcode
    return numbered(numbering, below(block.words(column.name), numbering.count))


def city(block: Block, column: Column) -> pa.Array:
    """Make cities."""
    return choose(block, column.name, block.vocabulary.cities)


def country(block: Block, column: Column) -> pa.Array:
    """Make countries."""
    return choose(block, column.name, block.vocabulary.countries)
