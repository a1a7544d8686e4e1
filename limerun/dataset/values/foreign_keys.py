"""Generate links to other rows, and pairs, by computation, without lists of parents."""

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
    """Generate the ids of related rows."""
    parents, nulls = parents_of(block, column)
    return masked(pa.array(parents + 1), nulls)


def user(block: Block, column: Column) -> pa.Array:
    """Generate user 1 for the first row, and null for all others."""
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
    parents, nulls = parents_of(block, column)
    assert column.related is not None
    table = block.recipe.schema.tables[column.related]
    related = block.once(
        f"block {first}",
        lambda: Block(block.recipe, table, parents.astype(np.uint64)),
    )
    return masked(follow(related, path[1:]), nulls)


def parents_of(block: Block, column: Column) -> tuple[Numbers, Mask]:
    """Return the related row of each row, and a mask of rows that have none."""

    def make() -> tuple[Numbers, Mask]:
        parents, nulls = _parents(block, column)
        return parents, nulls | block.nulls(column)

    return block.once(f"parents {column.name}", make)


def _parents(block: Block, column: Column) -> tuple[Numbers, Mask]:
    related = column.related
    nulls = np.zeros(len(block), np.bool_)
    if related is None:  # all null
        return np.zeros(len(block), np.int64), ~nulls
    if related == block.table.name:
        return _earlier_rows(block, column)
    if column.kind == "like":
        return numbers_of(block, column)
    count = block.recipe.schema.tables[related].rows
    children: Any = column.options["children"]
    if children is not None:
        return _parents_within_bounds(block, column, count, children), nulls
    skew: Any = column.options["skew"]
    words = block.words(column.name)
    if not skew:
        return below(words, count), nulls
    ranks = block.cached(column, lambda: ZipfRanks(count, skew))
    drawn = ranks(words, block.words(column.name, "within"))
    # Shuffled, so that which parents get many children does not depend on their id.
    shuffled = _permutation(block, column, "rank", count)
    return shuffled(drawn.astype(np.uint64)).astype(np.int64), nulls


def _earlier_rows(block: Block, column: Column) -> tuple[Numbers, Mask]:
    """Return an earlier row of the same table for each row, so that there is no cycle."""
    first = block.rows == 0
    existing = np.uint64(max(block.table.rows, 1))
    earlier = np.minimum(np.maximum(block.rows, np.uint64(1)), existing)
    nulls = first if column.null_rate else np.zeros_like(first)
    return below(block.words(column.name), earlier), nulls


def _parents_within_bounds(
    block: Block, column: Column, count: int, children: Children
) -> Numbers:
    """Return parents such that each one's number of children is within the bounds."""
    rows = np.uint64(block.table.rows)
    inside = block.rows < rows
    if not inside.any():
        return below(block.words(column.name), count)
    order = _permutation(block, column, "order", int(rows))
    places = order(np.where(inside, block.rows, np.uint64(0)))
    name = ("fan-out", block.table.name, column.name)
    fan = block.recipe.cached(name, lambda: FanOut(count, int(rows), children))
    ranks, _ = fan(places.astype(np.int64))
    parents = _permutation(block, column, "rank", count)(ranks.astype(np.uint64))
    if inside.all():
        return parents.astype(np.int64)
    beyond = below(block.words(column.name), count)
    return np.where(inside, parents.astype(np.int64), beyond)


def _permutation(block: Block, column: Column, use: str, size: int) -> Permutation:
    """Return a permutation for one use in one column."""
    key = block.recipe.key(block.table.name, column.name, use)
    name = ("permutation", block.table.name, column.name, use)
    return block.recipe.cached(name, lambda: Permutation(key, size))


class FanOut:
    """Finds the parent of each child from the child's place in a sequence.

    In the sequence, all children of a parent are adjacent, and parents with few
    children come first. Within a group of parents with about the same number of
    children they are distributed evenly. So the parent can be computed from the place
    in a few steps.

    Args:
        parents: Number of parents.
        children: Total number of children, within what the bounds allow.
        bounds: Number of children that a parent may have.
    """

    def __init__(self, parents: int, children: int, bounds: Children) -> None:
        shared = share_children(parents, children, bounds)
        groups = [group for group in shared if group.children]
        self._children = np.array([each.children for each in groups], np.int64)
        self._parents = np.array([each.parents for each in groups], np.int64)
        self._ends = np.cumsum(self._children)
        self._starts = self._ends - self._children
        without = parents - int(self._parents.sum())
        self._first = without + np.cumsum(self._parents) - self._parents

    def __call__(self, places: Numbers) -> tuple[Numbers, Numbers]:
        """Return for each child its parent's rank, and its index among its siblings."""
        group = np.searchsorted(self._ends, places, side="right")
        within = places - self._starts[group]
        children, parents = self._children[group], self._parents[group]
        rank = _scaled(within, parents, children)
        before = -_scaled(-rank, children, parents)  # rounded up
        return self._first[group] + rank, within - before


def _scaled(numbers: Numbers, numerators: Numbers, denominators: Numbers) -> Numbers:
    """Return numbers times fractions, rounded down; all are below 2**31."""
    result: Numbers = numbers * numerators // denominators
    return result


def pair(block: Block, column: Column) -> pa.Array:
    """Generate the ids at one end of each pair."""
    near, far = block.once("pairs", lambda: _pairs(block))
    return pa.array((near if column.name == column.options["near"] else far) + 1)


def _pairs(block: Block) -> tuple[Numbers, Numbers]:
    """Return the rows at the near end and at the far end.

    At the near end, pairs are distributed like children. The rows of the far end are
    divided into as many buckets as a near row may have pairs. Each pair of a near row
    draws from another bucket, so no pair occurs twice.
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
    fan = block.cached(near_column, lambda: FanOut(parents, table.rows, children))
    ranks, nth = fan(order(block.rows).astype(np.int64))
    near = _permutation(block, near_column, "rank", parents)(ranks.astype(np.uint64))
    buckets = children.most
    key = recipe.key(table.name, near_column.name, "first hand")
    bucket = (nth + below(random_words(key, near), buckets)) % buckets
    drawn = _drawn_from(block, far_column, others - to_itself, buckets, bucket)
    shuffled = _permutation(block, far_column, "rank", others - to_itself)
    far = shuffled(drawn.astype(np.uint64)).astype(np.int64)
    near_rows = near.astype(np.int64)
    if to_itself:
        far += far >= near_rows
    return near_rows, far


def _drawn_from(
    block: Block, column: Column, others: int, buckets: int, bucket: Numbers
) -> Numbers:
    """Draw a row of the other end from each pair's bucket, according to Zipf's law."""
    skew: Any = column.options["skew"]
    size, longer = divmod(others, buckets)
    words, within = block.words(column.name), block.words(column.name, "within")
    sizes: Words = (size + (bucket < longer)).astype(np.uint64)
    if not skew:
        return below(words, sizes) * buckets + bucket

    def drawn(count: int) -> Numbers:
        name = ("ranks", block.table.name, column.name, str(count))
        return block.recipe.cached(name, lambda: ZipfRanks(count, skew))(words, within)

    if not size:
        return bucket
    if not longer:
        return drawn(size) * buckets + bucket
    ranks = np.where(bucket < longer, drawn(size + 1), drawn(size))
    return ranks * buckets + bucket
