"""Links to other rows, made by arithmetic: no parent is held, each one exists."""

from decimal import Context, Decimal
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types

from limerun.dataset.block import Block, Mask, masked
from limerun.dataset.layout import Column
from limerun.dataset.randomness import (
    Numbers,
    Permutation,
    Shares,
    Words,
    below,
)
from limerun.storage import ID_COLUMN

_SINGLE_RANKS = 64
_BINS_PER_OCTAVE = 8
_EXACT = Context(prec=30)


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
    key = block.recipe.key(block.table.name, column.name, "rank")
    name = ("permutation", block.table.name, column.name, "rank")
    moved = block.recipe.keep(name, lambda: Permutation(key, count))
    return moved(drawn.astype(np.uint64)).astype(np.int64), nowhere


def _above(block: Block, column: Column) -> tuple[Numbers, Mask]:
    """Return an earlier row of the same table, so that no row is above itself."""
    first = block.rows == 0
    held = np.uint64(max(block.table.rows, 1))
    earlier = np.minimum(np.maximum(block.rows, np.uint64(1)), held)
    nowhere = first if column.null_rate else np.zeros_like(first)
    return below(block.words(column.name), earlier), nowhere


def _shared_out(
    block: Block, column: Column, count: int, children: tuple[int, int]
) -> Numbers:
    """Return parents that each have at least and at most so many children.

    Every parent is given its least first. The rows that are left draw lots, of
    which each parent has as many as it may have more.
    """
    least, most = children
    rows = np.uint64(block.table.rows)
    inside = block.rows < rows
    if not len(block) or not inside.any():
        return below(block.words(column.name), count)
    order = _permute(block, column, "order", int(rows))
    turns = order(np.where(inside, block.rows, np.uint64(0)))
    given = np.uint64(least * count)
    parents = turns % np.uint64(count)
    if most > least:
        lots = _permute(block, column, "lots", (most - least) * count)
        size = np.uint64((most - least) * count)
        lot = lots(np.where(turns < given, np.uint64(0), turns - given) % size)
        parents = np.where(turns < given, parents, lot // np.uint64(most - least))
    beyond = below(block.words(column.name), count)
    return np.where(inside, parents.astype(np.int64), beyond)


def _permute(block: Block, column: Column, use: str, size: int) -> Permutation:
    key = block.recipe.key(block.table.name, column.name, use)
    name = ("permutation", block.table.name, column.name, use)
    return block.recipe.keep(name, lambda: Permutation(key, size))


class Ranks:
    """Ranks by Zipf's law: the weight of rank r is r to the power of minus the skew.

    The first ranks have a weight each; after them, a bin of ranks shares one, which
    is right for its middle. Python's own decimals make them the same everywhere.
    """

    def __init__(self, count: int, skew: float) -> None:
        starts = _bins(count)
        ends = [*starts[1:], count]
        exponent = Decimal(str(-skew))
        weights = []
        for start, end in zip(starts, ends, strict=True):
            middle = Decimal(start + end + 1) / 2
            weight = _EXACT.power(middle, exponent) * (end - start)
            weights.append(int(weight * 10**15) + 1)
        self._shares = Shares(weights)
        self._starts = np.array(starts, np.int64)
        self._sizes = np.array(ends, np.uint64) - np.array(starts, np.uint64)

    def __call__(self, words: Words, within: Words) -> Numbers:
        """Return ranks from 0 on."""
        bins = self._shares(words)
        return self._starts[bins] + below(within, self._sizes[bins])


def _bins(count: int) -> list[int]:
    """Return where bins of ranks start: one each at first, then wider and wider."""
    starts = list(range(min(count, _SINGLE_RANKS)))
    start = _SINGLE_RANKS
    while start < count:
        starts.append(start)
        start += max((1 << (start.bit_length() - 1)) // _BINS_PER_OCTAVE, 1)
    return starts
