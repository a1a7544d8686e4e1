"""Links to other rows, made by arithmetic: no parent is held, each one exists."""

from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types

from limerun.dataset.block import Block, Mask, masked
from limerun.dataset.fanout import FanOut
from limerun.dataset.layout import Column
from limerun.dataset.like_values import numbers_of
from limerun.dataset.options import Children
from limerun.dataset.randomness import (
    Numbers,
    Permutation,
    below,
)
from limerun.dataset.ranks import Ranks
from limerun.storage import ID_COLUMN


def belongsto(block: Block, column: Column) -> pa.Array:
    """Make the ids of related rows."""
    parents, nowhere = parents_of(block, column)
    return masked(pa.array(parents + 1), nowhere)


def user(block: Block, column: Column) -> pa.Array:
    """Make the first row the first user's; nobody else logs in."""
    first = np.where(block.rows == 0, 1, 0)
    return masked(pa.array(first), first == 0)


def follow(block: Block, path: tuple[str, ...]) -> pa.Array:
    """Return the values at the end of a path of belongsto properties."""
    first = path[0]
    if len(path) == 1:
        if first in (ID_COLUMN, "_id"):
            return pa.array(block.rows.astype(np.int64) + 1)
        return block.values(first)
    column = block.table.columns[first]
    parents, nowhere = parents_of(block, column)
    assert column.related is not None
    table = block.recipe.schema.tables[column.related]
    related = block.once(
        f"block {first}",
        lambda: Block(block.recipe, table, parents.astype(np.uint64)),
    )
    return masked(follow(related, path[1:]), nowhere)


def parents_of(block: Block, column: Column) -> tuple[Numbers, Mask]:
    """Return the row that each row belongs to, and the rows that belong to none."""

    def make() -> tuple[Numbers, Mask]:
        parents, nowhere = _parents(block, column)
        return parents, nowhere | block.nulls(column)

    return block.once(f"parents {column.name}", make)


def _parents(block: Block, column: Column) -> tuple[Numbers, Mask]:
    related = column.related
    nowhere = np.zeros(len(block), np.bool_)
    if related is None:  # always null
        return np.zeros(len(block), np.int64), ~nowhere
    if related == block.table.name:
        return _above(block, column)
    if column.kind == "like":
        return numbers_of(block, column)
    count = block.recipe.schema.tables[related].rows
    children: Any = column.options["children"]
    if children is not None:
        return _shared_out(block, column, count, children), nowhere
    skew: Any = column.options["skew"]
    words = block.words(column.name)
    if not skew:
        return below(words, count), nowhere
    ranks = block.keep(column, lambda: Ranks(count, skew))
    drawn = ranks(words, block.words(column.name, "within"))
    # Without this the heavy parents would be the low ids.
    moved = permutation(block, column, "rank", count)
    return moved(drawn.astype(np.uint64)).astype(np.int64), nowhere


def _above(block: Block, column: Column) -> tuple[Numbers, Mask]:
    """Return an earlier row of the same table, so that no row is above itself."""
    first = block.rows == 0
    held = np.uint64(max(block.table.rows, 1))
    earlier = np.minimum(np.maximum(block.rows, np.uint64(1)), held)
    nowhere = first if column.null_rate else np.zeros_like(first)
    return below(block.words(column.name), earlier), nowhere


def _shared_out(
    block: Block, column: Column, count: int, children: Children
) -> Numbers:
    """Return parents that each have at least and at most so many children."""
    rows = np.uint64(block.table.rows)
    inside = block.rows < rows
    if not inside.any():
        return below(block.words(column.name), count)
    order = permutation(block, column, "order", int(rows))
    places = order(np.where(inside, block.rows, np.uint64(0)))
    name = ("fan-out", block.table.name, column.name)
    fan = block.recipe.keep(name, lambda: FanOut(count, int(rows), children))
    ranks, _ = fan(places.astype(np.int64))
    parents = permutation(block, column, "rank", count)(ranks.astype(np.uint64))
    if inside.all():
        return parents.astype(np.int64)
    beyond = below(block.words(column.name), count)
    return np.where(inside, parents.astype(np.int64), beyond)


def permutation(block: Block, column: Column, use: str, size: int) -> Permutation:
    """Return a column's own permutation for one use."""
    key = block.recipe.key(block.table.name, column.name, use)
    name = ("permutation", block.table.name, column.name, use)
    return block.recipe.keep(name, lambda: Permutation(key, size))
