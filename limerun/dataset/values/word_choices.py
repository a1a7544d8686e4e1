"""Choose the words of each row: a column's, or its person's, on which columns agree."""

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
"""Stands for a column where the table has none of this kind."""


def chosen(block: Block, name: str, pool: Pool, use: str = "") -> pa.Array:
    """Return which word of a pool each row has, for one use in one column.

    No word comes twice where the column's values are to be different.
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


def chosen_apart(
    block: Block, name: str, uses: Mapping[str, Pool]
) -> tuple[pa.Array, ...]:
    """Return which words each row has, one for each use in one column.

    They do not come together twice where the column's values are to be different.
    """
    column = block.table.columns.get(name)
    if column is None or not column.distinct:
        return tuple(chosen(block, name, pool, use) for use, pool in uses.items())

    def make() -> tuple[pa.Array, ...]:
        size = math.prod(len(pool) for pool in uses.values())
        left = block.permuted(name, size, wraps=column.kind == "link")
        places = []
        for pool in uses.values():
            left, place = np.divmod(left, np.uint64(len(pool)))
            places.append(pa.array(place.astype(np.int32)))
        return tuple(places)

    return block.once(f"chosen apart {name}", make)


def choose(block: Block, name: str, pool: Pool, use: str = "") -> pa.Array:
    """Return a word of a pool for each row, as a dictionary column."""
    return words_at(chosen(block, name, pool, use), pool.array)


def cut(words: pa.Array, column: Column, around: int) -> pa.Array:
    """Return words cut so that they fit a column, if there is so much around them."""
    if column.length is None:
        return words
    room = column.length - around
    if isinstance(words, pa.DictionaryArray):
        shorter = pc.utf8_slice_codeunits(words.dictionary, 0, room)
        return words_at(words.indices, shorter)
    return pc.utf8_slice_codeunits(words, 0, room)


def of_kind(block: Block, kind: str) -> str | None:
    """Return the name of the table's first column of a kind, if it has one."""
    columns = block.table.columns.values()
    return next((column.name for column in columns if column.kind == kind), None)


def pool_for(block: Block, name: str, kind: str) -> Pool:
    """Return the words of a column: as many as it needs different ones.

    Args:
        block: Its rows.
        name: The column's; one that the table does not have needs no more than usual.
        kind: One of `distinct_limits.POOLS`.
    """
    column = block.table.columns.get(name)
    if column is None or not column.distinct:
        pool: Pool = getattr(block.vocabulary, POOLS[kind])
        return pool
    cardinality = column.options["cardinality"]
    wanted = block.table.reach if cardinality is None else int(str(cardinality))
    return block.vocabulary.longer(POOLS[kind], wanted)


def first_names_of(block: Block, alone: str = _PERSON) -> tuple[pa.Array, Names]:
    """Return which first name each row has, and of which words.

    Args:
        block: The rows.
        alone: A column with a name of its own, if the table has no first names.
    """
    places, pool = _names_of(block, "firstname", alone)
    assert isinstance(pool, Names)
    return places, pool


def last_names_of(block: Block, alone: str = _PERSON) -> tuple[pa.Array, Pool]:
    """Return which last name each row has, and of which words; see the first names."""
    return _names_of(block, "lastname", alone)


def _names_of(block: Block, kind: str, alone: str) -> tuple[pa.Array, Pool]:
    name = of_kind(block, kind)
    if name is None:
        pool = pool_for(block, alone, kind)
        return chosen(block, alone, pool, kind), pool
    pool = pool_for(block, name, kind)
    return chosen(block, name, pool), pool


def are_women(block: Block) -> npt.NDArray[np.bool_]:
    """Return whether the person of each row is a woman, according to the first name."""
    places, pool = first_names_of(block)
    women: npt.NDArray[np.bool_] = places.to_numpy() < pool.women
    return women


def words_of_kind(block: Block, column: Column) -> pa.Array:
    """Make one of the words of the column's kind in each row."""
    return choose(block, column.name, pool_for(block, column.name, column.kind))
