"""The values of a column that is made like a measured one: numbers, moments, texts.

A row has a value's number, by how often values come; the number leads to a cell of
the histogram, and there to the value. Integer arithmetic alone.
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
_AT_HAND = 4_096
_AT_HAND_CHARACTERS = 2_000_000
_ONE_CELL = Histogram(bounds=(0, 1), counts=(1,))


class MeasuredValues:
    """All that a column keeps at hand.

    Args:
        recipe: What everything is made by.
        table: The column's table.
        column: It.
    """

    def __init__(self, recipe: Recipe, table: Table, column: Column) -> None:
        of = measured(column)
        self._of = of
        self._key = recipe.key(table.name, column.name)
        self._order = Permutation(
            recipe.key(table.name, column.name, "order"), max(table.reach, 1)
        )
        self._spread = ValueFrequencies(
            of.groups,
            of.nulls + of.orphans,
            max(table.reach, 1),
            _fixed_values(recipe, column),
        )
        self.values = self._spread.values
        self._shuffle = Permutation(
            recipe.key(table.name, column.name, "values"), max(self.values, 1)
        )
        histogram = of.histogram or _ONE_CELL
        self._cells = HistogramCells(histogram.counts, self.values, of.cells)
        self._bounds = np.array(histogram.bounds, np.int64)
        widths = np.diff(self._bounds)
        self._crowded = column.unique and bool((self._cells.sizes > widths).any())
        self._wide = any(
            len(TEXT_STYLES[_form(of)].counted_in) ** min(int(start), 16) < size
            for start, size in zip(
                self._bounds, self._cells.sizes.tolist(), strict=False
            )
        )
        self._pool = self._make_pool() if _fits_at_hand(self.values, of) else None

    def numbers_of(self, rows: Words) -> tuple[Numbers, Mask]:
        """Return the number of each row's value, and which rows have none."""
        drawn, nowhere = self._spread(self._order(rows))
        if self._of.cells or self._of.options:
            return drawn, nowhere
        return self._shuffle(drawn.astype(np.uint64)).astype(np.int64), nowhere

    def whole(self, numbers: Numbers) -> Numbers:
        """Return values as whole numbers, in the histogram's unit."""
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
        if self._of.options:
            return pa.array(self._of.options, pa.string())
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
        return unique_texts(_form(self._of), self._key, wanted)


def _fits_at_hand(values: int, of: ShapeColumn) -> bool:
    longest = 0 if of.histogram is None else of.histogram.bounds[-1]
    few = values <= _AT_HAND and values * longest <= _AT_HAND_CHARACTERS
    return bool(of.options) or (few and of.unit is None and _is_text(of))


def _is_text(of: ShapeColumn) -> bool:
    return of.type in ("text", "json", "binary")


def _form(of: ShapeColumn) -> str:
    if of.type == "json":
        return "json"
    return of.form or "any"


def measured(column: Column) -> ShapeColumn:
    """Return what a column is to be like."""
    like: Any = column.options["like"]
    assert isinstance(like, ShapeColumn)
    return like


def values_of(block: Block, column: Column) -> MeasuredValues:
    """Return what a column keeps at hand."""
    return _values_at(block.recipe, block.table, column)


def _values_at(recipe: Recipe, table: Table, column: Column) -> MeasuredValues:
    name = ("column", table.name, column.name)
    return recipe.keep(name, lambda: MeasuredValues(recipe, table, column))


def _fixed_values(recipe: Recipe, column: Column) -> int | None:
    """Return how many values there are, where the rows do not decide it."""
    of, tables = measured(column), recipe.schema.tables
    if column.related is not None:
        return tables[column.related].rows
    if of.parent is not None:
        table = tables[of.parent[0]]
        parent = table.columns.get(of.parent[1])
        if parent is not None and has_own_values(parent):
            return _values_at(recipe, table, parent).values
        return table.rows
    return len(of.groups) if of.cells or of.options else None


def has_own_values(column: Column) -> bool:
    """Return whether a column is made like a measured one, and leads nowhere else."""
    return column.kind == "like" and measured(column).parent is None


def numbers_of(block: Block, column: Column) -> tuple[Numbers, Mask]:
    """Return the number of each row's value, and which rows have none."""
    return block.once(
        f"numbers {column.name}",
        lambda: values_of(block, column).numbers_of(block.rows),
    )


def seconds_of_like(block: Block, column: Column) -> Numbers:
    """Return seconds since 1970, or since the column that this one comes after.

    Rows without a value have one too: others may come after it.
    """
    of = measured(column)
    if of.after is None:
        whole = values_of(block, column).whole(numbers_of(block, column)[0])
    else:
        whole = _later(block, column, of)
    return whole * DAY if of.unit == "day" else whole


def _later(block: Block, column: Column, of: ShapeColumn) -> Numbers:
    """Return how much later each row's moment is, drawn for each row by itself."""
    histogram = of.histogram or _ONE_CELL
    ends = np.cumsum(np.array(histogram.counts, np.int64))
    bounds = np.array(histogram.bounds, np.int64)
    place = below(block.words(column.name, "cell"), int(ends[-1]))
    cell = np.searchsorted(ends, place, side="right")
    widths = np.diff(bounds)[cell].astype(np.uint64)
    within = below(block.words(column.name, "within"), widths)
    # The first cell may begin before the earlier moment: its bound lies on a lattice.
    later: Numbers = np.maximum(bounds[cell] + within, 0)
    return later
