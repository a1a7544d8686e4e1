"""The pairs of a hasandbelongstomany, made by arithmetic: none comes twice."""

from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types

from limerun.dataset.block import Block
from limerun.dataset.fanout import FanOut
from limerun.dataset.layout import Column
from limerun.dataset.randomness import Numbers, Words, below, random_words
from limerun.dataset.ranks import Ranks
from limerun.dataset.relations import permutation


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
    order = permutation(block, near_column, "order", table.rows)
    fan = block.keep(near_column, lambda: FanOut(parents, table.rows, children))
    ranks, nth = fan(order(block.rows).astype(np.int64))
    near = permutation(block, near_column, "rank", parents)(ranks.astype(np.uint64))
    hands = children.most
    key = recipe.key(table.name, near_column.name, "first hand")
    hand = (nth + below(random_words(key, near), hands)) % hands
    dealt = _dealt(block, far_column, others - to_itself, hands, hand)
    at = permutation(block, far_column, "rank", others - to_itself)
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
        return block.recipe.keep(name, lambda: Ranks(count, skew))(words, within)

    if not size:
        return hand
    if not longer:
        return drawn(size) * hands + hand
    return np.where(hand < longer, drawn(size + 1), drawn(size)) * hands + hand
