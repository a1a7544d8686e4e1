"""Choose words for each row, for a column or for the row's person."""

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limerun.dataset.design.distinct_limits import POOLS
from limerun.dataset.design.layout import Column
from limerun.dataset.values.block import Block
from limerun.dataset.words.randomness import below
from limerun.dataset.words.weighted_lists import Names, Pool
from limerun.writers.text_joins import words_at

_PERSON = ""
"""Used instead of a column's name if the table has no column of this kind."""


def word_indices(block: Block, name: str, pool: Pool, use: str = "") -> pa.Array:
    """Return the index of a word in a pool for each row, for one use in one column.

    The words of a distinct column all differ.
    """
    column = block.table.columns.get(name)

    def make() -> pa.Array:
        if column is not None and column.distinct:
            places = block.permuted(name, len(pool), use)
            return pa.array(places.astype(np.int32))
        words, shares = block.words(name, use), pool.shares
        drawn = below(words, len(pool)) if shares is None else shares(words)
        return pa.array(drawn.astype(np.int32))

    return block.once(f"chosen {name} {use}", make)


def word_combinations(
    block: Block, name: str, uses: Mapping[str, Pool]
) -> tuple[pa.Array, ...]:
    """Return the indices of several words for each row, one for each use in one column.

    The combinations in a distinct column all differ.
    """
    column = block.table.columns.get(name)
    if column is None or not column.distinct:
        return tuple(word_indices(block, name, pool, use) for use, pool in uses.items())

    def make() -> tuple[pa.Array, ...]:
        size = math.prod(len(pool) for pool in uses.values())
        left = block.permuted(name, size, wraps=column.kind == "link")
        places = []
        for pool in uses.values():
            left, place = np.divmod(left, np.uint64(len(pool)))
            places.append(pa.array(place.astype(np.int32)))
        return tuple(places)

    return block.once(f"chosen apart {name}", make)


def choose_words(block: Block, name: str, pool: Pool, use: str = "") -> pa.Array:
    """Return a word of a pool for each row, as a dictionary array."""
    return words_at(word_indices(block, name, pool, use), pool.array)


def word(block: Block, column: Column) -> pa.Array:
    """Generate words of the list for the column's kind."""
    return choose_words(block, column.name, pool_for(block, column.name, column.kind))


def truncate(words: pa.Array, column: Column, around: int) -> pa.Array:
    """Truncate words so that they fit a column together with other characters.

    Args:
        words: The words.
        column: The column.
        around: Number of other characters in each value.
    """
    if column.length is None:
        return words
    room = column.length - around
    if isinstance(words, pa.DictionaryArray):
        shorter = pc.utf8_slice_codeunits(words.dictionary, 0, room)
        return words_at(words.indices, shorter)
    return pc.utf8_slice_codeunits(words, 0, room)


def first_of_kind(block: Block, kind: str) -> str | None:
    """Return the name of the table's first column of a kind, or None."""
    columns = block.table.columns.values()
    return next((column.name for column in columns if column.kind == kind), None)


def pool_for(block: Block, name: str, kind: str) -> Pool:
    """Return the pool of words for a column, large enough if its values must differ.

    Args:
        block: The rows.
        name: The column's name; it need not be a column of the table.
        kind: One of `distinct_limits.POOLS`.
    """
    column = block.table.columns.get(name)
    if column is None or not column.distinct:
        pool: Pool = getattr(block.vocabulary, POOLS[kind])
        return pool
    cardinality = column.options["cardinality"]
    wanted = block.table.value_rows if cardinality is None else int(str(cardinality))
    return block.vocabulary.longer(POOLS[kind], wanted)


def first_names_of(block: Block, alone: str = _PERSON) -> tuple[pa.Array, Names]:
    """Return the index of each row's first name, and the pool of first names.

    Args:
        block: The rows.
        alone: The column to use if the table has no column of first names.
    """
    places, pool = _names_of(block, "firstname", alone)
    assert isinstance(pool, Names)
    return places, pool


def last_names_of(block: Block, alone: str = _PERSON) -> tuple[pa.Array, Pool]:
    """Return the index of each row's last name, and the pool; see first_names_of."""
    return _names_of(block, "lastname", alone)


def _names_of(block: Block, kind: str, alone: str) -> tuple[pa.Array, Pool]:
    name = first_of_kind(block, kind)
    if name is None:
        pool = pool_for(block, alone, kind)
        return word_indices(block, alone, pool, kind), pool
    pool = pool_for(block, name, kind)
    return word_indices(block, name, pool), pool


def are_women(block: Block) -> npt.NDArray[np.bool_]:
    """Return whether each row's person is a woman, judging by the first name."""
    places, pool = first_names_of(block)
    women: npt.NDArray[np.bool_] = places.to_numpy() < pool.women
    return women


def words_of_kind(block: Block, column: Column) -> pa.Array:
    """Generate words of the column's kind, one per row."""
    return choose_words(block, column.name, pool_for(block, column.name, column.kind))
