"""The names of a row's person, which all of its columns agree on."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types

from limerun.dataset.block import Block
from limerun.dataset.capacities import POOLS
from limerun.dataset.pools import Names, Pool
from limerun.dataset.wording import chosen, of_kind

_PERSON = ""
"""Stands for a column where the table has none of this kind."""


def pool_for(block: Block, name: str, kind: str) -> Pool:
    """Return the words of a column: as many as it needs different ones.

    Args:
        block: Its rows.
        name: The column's; one that the table does not have needs no more than usual.
        kind: One of `capacities.POOLS`.
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
    """Return whether the person of each row is a woman, as her first name tells."""
    places, pool = first_names_of(block)
    women: npt.NDArray[np.bool_] = places.to_numpy() < pool.women
    return women
