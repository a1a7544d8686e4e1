"""Let a column have a few values in many rows: each row stands for one of them."""

from typing import TYPE_CHECKING, Any

import numpy as np

from limerun.dataset.layout import Column
from limerun.dataset.randomness import Permutation, Words, below, random_words
from limerun.dataset.ranks import Ranks

if TYPE_CHECKING:
    from limerun.dataset.block import Block


def stand_ins(block: "Block", column: Column) -> Words:
    """Return the number of the value that each row has, below the cardinality.

    Rows are shuffled; the first ones take a value each, so that all are there, and
    the others draw one. The first values are the common ones, if there is a skew.
    """
    count: Any = column.options["cardinality"]
    skew: Any = column.options["skew"]
    recipe, table = block.recipe, block.table
    drawn_by = random_words(recipe.key(table.name, column.name, "value"), block.rows)
    if skew:
        name = ("ranks", table.name, column.name)
        ranks = recipe.keep(name, lambda: Ranks(count, skew))
        key = recipe.key(table.name, column.name, "within value")
        drawn = ranks(drawn_by, random_words(key, block.rows))
    else:
        drawn = below(drawn_by, count)
    size = max(table.rows, 1)
    key = recipe.key(table.name, column.name, "first of value")
    order = recipe.keep(
        ("permutation", table.name, column.name, "first of value"),
        lambda: Permutation(key, size),
    )
    inside = block.rows < np.uint64(size)
    places = order(np.where(inside, block.rows, np.uint64(0)))
    taken = inside & (places < np.uint64(count))
    return np.where(taken, places, drawn.astype(np.uint64))
