"""Links to other rows and pairs, by arithmetic: no parent is held, each one exists."""

from typing import Any

import numpy as np
import pyarrow as pa

from limerun.dataset.design.child_counts import share_children
from limerun.dataset.design.layout import Column
from limerun.dataset.design.option_types import Children
from limerun.dataset.values.block import Block, Mask, masked
from limerun.dataset.values.measured_values import numbers_of
from limerun.dataset.words.randomness import (
    Numbers,
    Permutation,
    Words,
    below,
    random_words,
)
from limerun.dataset.words.zipf import ZipfRanks
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
    ranks = block.keep(column, lambda: ZipfRanks(count, skew))
    drawn = ranks(words, block.words(column.name, "within"))
    # Without this the heavy parents would be the low ids.
    moved = _permutation(block, column, "rank", count)
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
    """Return parents whose numbers of children are within the column's bounds."""
    rows = np.uint64(block.table.rows)
    inside = block.rows < rows
    if not inside.any():
        return below(block.words(column.name), count)
    order = _permutation(block, column, "order", int(rows))
    places = order(np.where(inside, block.rows, np.uint64(0)))
    name = ("fan-out", block.table.name, column.name)
    fan = block.recipe.keep(name, lambda: FanOut(count, int(rows), children))
    ranks, _ = fan(places.astype(np.int64))
    parents = _permutation(block, column, "rank", count)(ranks.astype(np.uint64))
    if inside.all():
        return parents.astype(np.int64)
    beyond = below(block.words(column.name), count)
    return np.where(inside, parents.astype(np.int64), beyond)


def _permutation(block: Block, column: Column, use: str, size: int) -> Permutation:
    """Return a column's own permutation for one use."""
    key = block.recipe.key(block.table.name, column.name, use)
    name = ("permutation", block.table.name, column.name, use)
    return block.recipe.keep(name, lambda: Permutation(key, size))


class FanOut:
    """Which parent each of the children has, by the child's place on a line.

    Parents lie on the line, those with many children last; a class of them that have
    about as many shares its children out evenly. So a child's place says in a few
    steps whose it is, and how many of the same parent's come before it.

    Args:
        parents: How many there are.
        children: How many there are of them, within what the bounds allow.
        bounds: How many a parent has.
    """

    def __init__(self, parents: int, children: int, bounds: Children) -> None:
        shared = share_children(parents, children, bounds)
        classes = [family for family in shared if family.children]
        self._children = np.array([each.children for each in classes], np.int64)
        self._parents = np.array([each.parents for each in classes], np.int64)
        self._ends = np.cumsum(self._children)
        self._starts = self._ends - self._children
        without = parents - int(self._parents.sum())
        self._first = without + np.cumsum(self._parents) - self._parents

    def __call__(self, places: Numbers) -> tuple[Numbers, Numbers]:
        """Return the rank of each child's parent, and which of its children it is."""
        of = np.searchsorted(self._ends, places, side="right")
        within = places - self._starts[of]
        children, parents = self._children[of], self._parents[of]
        rank = _scaled(within, parents, children)
        before = -_scaled(-rank, children, parents)  # rounded up
        return self._first[of] + rank, within - before


def _scaled(numbers: Numbers, by: Numbers, of: Numbers) -> Numbers:
    """Return numbers times a fraction, rounded down; both are below 2**31."""
    result: Numbers = numbers * by // of
    return result


def pair(block: Block, column: Column) -> pa.Array:
    """Make the ids at one end of each pair."""
    near, far = block.once("pairs", lambda: _pairs(block))
    return pa.array((near if column.name == column.options["near"] else far) + 1)


def _pairs(block: Block) -> tuple[Numbers, Numbers]:
    """Return the rows at the near and at the far end.

    The near ones are shared out as children are. All that are there at the far end
    are dealt into as many hands as a near one has at most; each of its pairs takes
    one out of another hand, so it never has the same twice.
    """
    table, recipe = block.table, block.recipe
    first = next(iter(table.columns.values()))
    near_column = table.columns[str(first.options["near"])]
    far_column = next(c for c in table.columns.values() if c is not near_column)
    parents = recipe.schema.tables[str(near_column.related)].rows
    others = recipe.schema.tables[str(far_column.related)].rows
    to_itself = near_column.related == far_column.related
    children: Any = near_column.options["children"]
    order = _permutation(block, near_column, "order", table.rows)
    fan = block.keep(near_column, lambda: FanOut(parents, table.rows, children))
    ranks, nth = fan(order(block.rows).astype(np.int64))
    near = _permutation(block, near_column, "rank", parents)(ranks.astype(np.uint64))
    hands = children.most
    key = recipe.key(table.name, near_column.name, "first hand")
    hand = (nth + below(random_words(key, near), hands)) % hands
    dealt = _dealt(block, far_column, others - to_itself, hands, hand)
    at = _permutation(block, far_column, "rank", others - to_itself)
    far = at(dealt.astype(np.uint64)).astype(np.int64)
    near_rows = near.astype(np.int64)
    if to_itself:
        far += far >= near_rows
    return near_rows, far


def _dealt(
    block: Block, column: Column, others: int, hands: int, hand: Numbers
) -> Numbers:
    """Return which of the others each pair takes out of its hand, by Zipf's law."""
    skew: Any = column.options["skew"]
    size, longer = divmod(others, hands)
    words, within = block.words(column.name), block.words(column.name, "within")
    sizes: Words = (size + (hand < longer)).astype(np.uint64)
    if not skew:
        return below(words, sizes) * hands + hand

    def drawn(count: int) -> Numbers:
        name = ("ranks", block.table.name, column.name, str(count))
        return block.recipe.keep(name, lambda: ZipfRanks(count, skew))(words, within)

    if not size:
        return hand
    if not longer:
        return drawn(size) * hands + hand
    return np.where(hand < longer, drawn(size + 1), drawn(size)) * hands + hand
