"""Generate the values of measured columns: numbers, times and texts.

The measured frequencies map a row to the number of a value. That number selects a cell
of the histogram, and a value in it. All arithmetic is in integers.
"""

from typing import Any

import numpy as np
import pyarrow as pa

from limerun.dataset.design.layout import Column, Table
from limerun.dataset.values.block import Block, Mask, Recipe
from limerun.dataset.values.unique_text import TEXT_STYLES, WantedTexts, unique_texts
from limerun.dataset.values.value_frequencies import HistogramCells, ValueFrequencies
from limerun.dataset.words.randomness import (
    Numbers,
    Permutation,
    Words,
    below,
    random_words,
)
from limerun.records.shape import Histogram, ShapeColumn

DAY = 86_400
_POOL_VALUES = 4_096
_POOL_CHARACTERS = 2_000_000
_ONE_CELL = Histogram(bounds=(0, 1), counts=(1,))


class MeasuredValues:
    """Generates the values of one measured column.

    Args:
        recipe: The schema and vocabulary.
        table: The column's table.
        column: The column.
    """

    def __init__(self, recipe: Recipe, table: Table, column: Column) -> None:
        shape = measured(column)
        self._shape = shape
        self._key = recipe.key(table.name, column.name)
        self._order = Permutation(
            recipe.key(table.name, column.name, "order"), max(table.value_rows, 1)
        )
        self._spread = ValueFrequencies(
            shape.groups,
            shape.nulls + shape.orphans,
            max(table.value_rows, 1),
            _fixed_values(recipe, column),
        )
        self.values = self._spread.values
        self._shuffle = Permutation(
            recipe.key(table.name, column.name, "values"), max(self.values, 1)
        )
        histogram = shape.histogram or _ONE_CELL
        self._cells = HistogramCells(histogram.counts, self.values, shape.cells)
        self._bounds = np.array(histogram.bounds, np.int64)
        widths = np.diff(self._bounds)
        self._crowded = column.unique and bool((self._cells.sizes > widths).any())
        self._wide = any(
            len(TEXT_STYLES[_form(shape)].counted_in) ** min(int(start), 16) < size
            for start, size in zip(
                self._bounds, self._cells.sizes.tolist(), strict=False
            )
        )
        self._pool = self._make_pool() if _fits_pool(self.values, shape) else None

    def numbers_of(self, rows: Words) -> tuple[Numbers, Mask]:
        """Return the number of each row's value, and a mask of rows without a value."""
        drawn, nulls = self._spread(self._order(rows))
        if self._shape.cells or self._shape.options:
            return drawn, nulls
        return self._shuffle(drawn.astype(np.uint64)).astype(np.int64), nulls

    def whole(self, numbers: Numbers) -> Numbers:
        """Return values as whole numbers, in the unit of the histogram."""
        cells, nth = self._cells(numbers)
        starts, widths = self._bounds[cells], np.diff(self._bounds)[cells]
        if self._crowded:
            crowded: Numbers = numbers + self._bounds[0]
            return crowded
        sizes = np.maximum(self._cells.sizes[cells], 1)
        steps = widths // sizes
        words = random_words(self._key, numbers.astype(np.uint64))
        spread = nth * steps + below(words, np.maximum(steps, 1).astype(np.uint64))
        within: Numbers = np.where(steps > 0, spread, nth % np.maximum(widths, 1))
        return starts + within

    def texts(self, numbers: Numbers) -> pa.Array:
        """Return values as texts."""
        if self._pool is not None:
            indices = pa.array(numbers.astype(np.int32))
            return pa.DictionaryArray.from_arrays(indices, self._pool)
        return self._written(numbers)

    def _make_pool(self) -> pa.Array:
        if self._shape.options:
            return pa.array(self._shape.options, pa.string())
        return self._written(np.arange(max(self.values, 1), dtype=np.int64))

    def _written(self, numbers: Numbers) -> pa.Array:
        cells, nth = self._cells(numbers)
        starts, widths = self._bounds[cells], np.diff(self._bounds)[cells]
        sizes = np.maximum(self._cells.sizes[cells], 1)
        wanted = WantedTexts(
            values=numbers,
            lengths=starts + nth * widths // sizes,
            codes=nth,
            counts=sizes,
            wide=self._wide,
        )
        return unique_texts(_form(self._shape), self._key, wanted)


def _fits_pool(values: int, shape: ShapeColumn) -> bool:
    longest = 0 if shape.histogram is None else shape.histogram.bounds[-1]
    few = values <= _POOL_VALUES and values * longest <= _POOL_CHARACTERS
    return bool(shape.options) or (few and shape.unit is None and _is_text(shape))


def _is_text(shape: ShapeColumn) -> bool:
    return shape.type in ("text", "json", "binary")


def _form(shape: ShapeColumn) -> str:
    if shape.type == "json":
        return "json"
    return shape.form or "any"


def measured(column: Column) -> ShapeColumn:
    """Return the measured column in the shape."""
    like: Any = column.options["like"]
    assert isinstance(like, ShapeColumn)
    return like


def values_of(block: Block, column: Column) -> MeasuredValues:
    """Return the cached generator of a column's values."""
    return _values_at(block.recipe, block.table, column)


def _values_at(recipe: Recipe, table: Table, column: Column) -> MeasuredValues:
    name = ("column", table.name, column.name)
    return recipe.cached(name, lambda: MeasuredValues(recipe, table, column))


def _fixed_values(recipe: Recipe, column: Column) -> int | None:
    """Return the number of different values, or None if the rows decide it."""
    shape, tables = measured(column), recipe.schema.tables
    if column.related is not None:
        return tables[column.related].rows
    if shape.parent is not None:
        table = tables[shape.parent[0]]
        parent = table.columns.get(shape.parent[1])
        if parent is not None and has_own_values(parent):
            return _values_at(recipe, table, parent).values
        return table.rows
    return len(shape.groups) if shape.cells or shape.options else None


def has_own_values(column: Column) -> bool:
    """Return whether a column is measured, and not a link to another column."""
    return column.kind == "like" and measured(column).parent is None


def numbers_of(block: Block, column: Column) -> tuple[Numbers, Mask]:
    """Return the number of each row's value, and a mask of rows without a value."""
    return block.once(
        f"numbers {column.name}",
        lambda: values_of(block, column).numbers_of(block.rows),
    )


def seconds_of_like(block: Block, column: Column) -> Numbers:
    """Return seconds since 1970, or since the column named in `after`.

    Null rows have a value too, because another column may be measured from this one.
    """
    shape = measured(column)
    if shape.after is None:
        whole = values_of(block, column).whole(numbers_of(block, column)[0])
    else:
        whole = _later(block, column, shape)
    return whole * DAY if shape.unit == "day" else whole


def _later(block: Block, column: Column, shape: ShapeColumn) -> Numbers:
    """Return by how much each row's time is later than the time in `after`."""
    histogram = shape.histogram or _ONE_CELL
    ends = np.cumsum(np.array(histogram.counts, np.int64))
    bounds = np.array(histogram.bounds, np.int64)
    place = below(block.words(column.name, "cell"), int(ends[-1]))
    cell = np.searchsorted(ends, place, side="right")
    widths = np.diff(bounds)[cell].astype(np.uint64)
    within = below(block.words(column.name, "within"), widths)
    # The first cell may start below 0, because the bounds are multiples of a step.
    later: Numbers = np.maximum(bounds[cell] + within, 0)
    return later
