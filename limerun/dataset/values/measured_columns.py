"""Generate columns like measured ones: same frequencies, lengths and child counts."""

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
    """Generate values with the measured frequencies, lengths and sizes."""
    shape = measured(column)
    if column.related is not None:
        parents, nulls = parents_of(block, column)
        return masked(pa.array(parents + 1), nulls)
    if shape.parent is not None:
        return _keys(block, column)
    if column.type in TIME_TYPES:
        return masked(moments(block, column), _nulls(block, column))
    numbers, nulls = numbers_of(block, column)
    values = values_of(block, column)
    if shape.options or column.type in TEXT_TYPES:
        texts = values.texts(numbers)
        return masked(_as_type(texts, column), nulls)
    whole = values.whole(numbers)
    if column.type == "yesno":
        return masked(pa.array(whole > 0), nulls)
    if column.type in REAL_TYPES:
        return masked(pa.array(whole / float(10**shape.decimals)), nulls)
    return masked(pa.array(whole), nulls)


def _nulls(block: Block, column: Column) -> Mask:
    if measured(column).after is not None:  # the null rate applies instead
        return np.zeros(len(block), np.bool_)
    return numbers_of(block, column)[1]


def _as_type(texts: pa.Array, column: Column) -> pa.Array:
    """Convert options, which the shape has as texts, to the property's type."""
    if column.type in REAL_TYPES:
        return pc.cast(pc.cast(texts, pa.string()), pa.float64())
    if column.type in ("integer", "user", "file"):
        return pc.cast(pc.cast(texts, pa.string()), pa.int64())
    return texts


def _keys(block: Block, column: Column) -> pa.Array:
    """Return links to a column of another table that is not its id."""
    numbers, nulls = numbers_of(block, column)
    where: Any = measured(column).parent
    table = block.recipe.schema.tables[where[0]]
    parent = table.columns.get(where[1])
    nulls = nulls | (table.rows == 0)
    if parent is None:  # the id
        return masked(pa.array(numbers + 1), nulls)
    if has_own_values(parent):
        owner = Block(block.recipe, table, block.rows[:0])
        return masked(_named(owner, parent, numbers), nulls)
    rows = Block(block.recipe, table, numbers.astype(np.uint64))
    return masked(rows.values(where[1]), nulls)


def _named(owner: Block, parent: Column, numbers: Numbers) -> pa.Array:
    """Return the column's values for these value numbers."""
    values = values_of(owner, parent)
    if parent.type in TEXT_TYPES:
        return values.texts(numbers)
    return pa.array(values.whole(numbers))
