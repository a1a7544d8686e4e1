"""Make a column like one that was measured: the same counts, lengths and fan-out."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limerun.dataset.design.layout import Column
from limerun.dataset.values.block import Block, Mask, masked
from limerun.dataset.values.dates import moments
from limerun.dataset.values.foreign_keys import parents_of
from limerun.dataset.values.measured_values import (
    has_own_values,
    measured,
    numbers_of,
    values_of,
)
from limerun.dataset.words.randomness import Numbers
from limerun.storage import REAL_TYPES, TEXT_TYPES, TIME_TYPES


def like(block: Block, column: Column) -> pa.Array:
    """Make values as often, as long and as large as those that were measured."""
    of = measured(column)
    if column.related is not None:
        parents, nowhere = parents_of(block, column)
        return masked(pa.array(parents + 1), nowhere)
    if of.parent is not None:
        return _keys(block, column)
    if column.type in TIME_TYPES:
        return masked(moments(block, column), _nowhere(block, column))
    numbers, nowhere = numbers_of(block, column)
    values = values_of(block, column)
    if of.options or column.type in TEXT_TYPES:
        texts = values.texts(numbers)
        return masked(_as_type(texts, column), nowhere)
    whole = values.whole(numbers)
    if column.type == "yesno":
        return masked(pa.array(whole > 0), nowhere)
    if column.type in REAL_TYPES:
        return masked(pa.array(whole / float(10**of.decimals)), nowhere)
    return masked(pa.array(whole), nowhere)


def _nowhere(block: Block, column: Column) -> Mask:
    if measured(column).after is not None:  # null by the column's own rate
        return np.zeros(len(block), np.bool_)
    return numbers_of(block, column)[1]


def _as_type(texts: pa.Array, column: Column) -> pa.Array:
    """Return options, which the user named as texts, in the property's type."""
    if column.type in REAL_TYPES:
        return pc.cast(pc.cast(texts, pa.string()), pa.float64())
    if column.type in ("integer", "user", "file"):
        return pc.cast(pc.cast(texts, pa.string()), pa.int64())
    return texts


def _keys(block: Block, column: Column) -> pa.Array:
    """Return values of another table's column, of which each has its children."""
    numbers, nowhere = numbers_of(block, column)
    where: Any = measured(column).parent
    table = block.recipe.schema.tables[where[0]]
    parent = table.columns.get(where[1])
    nowhere = nowhere | (table.rows == 0)
    if parent is None:  # the id that every table has
        return masked(pa.array(numbers + 1), nowhere)
    if has_own_values(parent):
        owner = Block(block.recipe, table, block.rows[:0])
        return masked(_named(owner, parent, numbers), nowhere)
    rows = Block(block.recipe, table, numbers.astype(np.uint64))
    return masked(rows.values(where[1]), nowhere)


def _named(owner: Block, parent: Column, numbers: Numbers) -> pa.Array:
    """Return a column's values by their numbers."""
    values = values_of(owner, parent)
    if parent.type in TEXT_TYPES:
        return values.texts(numbers)
    return pa.array(values.whole(numbers))
