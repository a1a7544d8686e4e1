"""Generate a block of rows of one table; each column is generated on first use.

A value depends only on the seed, the table, the column and the row. So rows can be
generated in any order, and in blocks of any size.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limerun.dataset.design.layout import Column, Schema, Table
from limerun.dataset.words.randomness import (
    Permutation,
    Words,
    below,
    column_key,
    random_words,
    threshold,
)
from limerun.dataset.words.vocabulary import Vocabulary
from limerun.dataset.words.zipf import ZipfRanks
from limerun.storage import REAL_TYPES, TEXT_TYPES

BLOCK_ROWS = 32_768
"""Rows per block, enough for the fixed cost of a block to be negligible."""
_BLOCK_CHARACTERS = 8_000_000
"""Maximum size of a block: two or three copies of a part (four blocks) are in
memory."""

Cached = TypeVar("Cached")
Mask = np.ndarray[Any, np.dtype[np.bool_]]


def fitting_rows(columns: Iterable[Column], block_rows: int = BLOCK_ROWS) -> int:
    """Return the size of a block: fewer rows if texts are long."""
    lengths = (column.options.get("length") for column in columns)
    longest = sum(length for length in lengths if isinstance(length, int))
    return max(min(block_rows, _BLOCK_CHARACTERS // max(longest, 1)), 1)


class Recipe:
    """The data that all blocks share: the schema, the vocabulary, and a cache.

    Args:
        schema: The schema.
        makers: The function that generates the values of each kind.
    """

    def __init__(self, schema: Schema, makers: "Makers") -> None:
        self.schema = schema
        self.makers = makers
        self.vocabulary = Vocabulary(schema.locale)
        self._cache: dict[tuple[str, ...], Any] = {}

    def cached(self, name: tuple[str, ...], make: Callable[[], Cached]) -> Cached:
        """Return a cached object; create it the first time."""
        if name not in self._cache:
            self._cache[name] = make()
        cached: Cached = self._cache[name]
        return cached

    def key(self, table: str, column: str, use: str = "") -> int:
        """Return the random key of a column."""
        return self.cached(
            ("key", table, column, use),
            lambda: column_key(self.schema.seed, table, column, use),
        )


class Block:
    """Some rows of a table."""

    def __init__(self, recipe: Recipe, table: Table, rows: Words) -> None:
        self.recipe = recipe
        self.table = table
        self.rows = rows
        self._made: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the locale."""
        return self.recipe.vocabulary

    def rows_of(self, column: str) -> Words:
        """Return the row numbers from which a column's values are generated.

        These are the rows of the block. With a cardinality, all rows that share a value
        have the same number.
        """
        found = self.table.columns.get(column)
        if found is None or found.options.get("cardinality") is None:
            return self.rows
        return self.once(f"shared values {column}", lambda: _shared_values(self, found))

    def words(self, column: str, use: str = "") -> Words:
        """Return 64 random bits per row, for one use in one column."""
        key = self.recipe.key(self.table.name, column, use)
        return random_words(key, self.rows_of(column))

    def permuted(
        self, column: str, size: int, use: str = "permute", *, wraps: bool = False
    ) -> Words:
        """Return a different number below a size for each row.

        Rows that share a value have the same number. With `wraps`, numbers repeat after
        `size` rows, for columns whose values differ for another reason.
        """
        key = self.recipe.key(self.table.name, column, use)
        name = ("permutation", self.table.name, column, use, str(size))
        permutation = self.recipe.cached(name, lambda: Permutation(key, size))
        rows = self.rows_of(column)
        return permutation(rows % np.uint64(size) if wraps else rows)

    def cached(self, column: Column, make: Callable[[], Cached]) -> Cached:
        """Return an object that all blocks of a column share; create it if missing."""
        return self.recipe.cached(("column", self.table.name, column.name), make)

    def once(self, name: str, make: Callable[[], Cached]) -> Cached:
        """Return an object that only this block uses; create it the first time."""
        if name not in self._made:
            self._made[name] = make()
        made: Cached = self._made[name]
        return made

    def values(self, name: str) -> pa.Array:
        """Return the final values of a column, in their own Arrow type."""
        return self.once(f"values {name}", lambda: self._finished(name))

    def nulls(self, column: Column) -> Mask:
        """Return a mask of the rows that are null because of the null rate."""
        if column.null_rate >= 1:
            return np.ones(len(self), np.bool_)
        if not column.null_rate:
            return np.zeros(len(self), np.bool_)
        key = self.recipe.key(self.table.name, column.name, "null")
        mask: Mask = random_words(key, self.rows) < threshold(column.null_rate)
        return mask

    def _finished(self, name: str) -> pa.Array:
        column = self.table.columns[name]
        made = self.recipe.makers[column.kind](self, column)
        return fitted(masked(made, self.nulls(column)), column)


def _shared_values(block: Block, column: Column) -> Words:
    """Return the number of each row's value, below the cardinality.

    Rows are shuffled. The first ones get one value each, so that all values occur; the
    others draw one. With a skew, the first values are more frequent.
    """
    count: Any = column.options["cardinality"]
    skew: Any = column.options["skew"]
    recipe, table = block.recipe, block.table
    drawn_by = random_words(recipe.key(table.name, column.name, "value"), block.rows)
    if skew:
        name = ("ranks", table.name, column.name)
        ranks = recipe.cached(name, lambda: ZipfRanks(count, skew))
        key = recipe.key(table.name, column.name, "within value")
        drawn = ranks(drawn_by, random_words(key, block.rows))
    else:
        drawn = below(drawn_by, count)
    size = max(table.rows, 1)
    key = recipe.key(table.name, column.name, "first of value")
    order = recipe.cached(
        ("permutation", table.name, column.name, "first of value"),
        lambda: Permutation(key, size),
    )
    inside = block.rows < np.uint64(size)
    places = order(np.where(inside, block.rows, np.uint64(0)))
    taken = inside & (places < np.uint64(count))
    return np.where(taken, places, drawn.astype(np.uint64))


Makers = Mapping[str, Callable[[Block, Column], pa.Array]]


def masked(array: pa.Array, nulls: Mask) -> pa.Array:
    """Return an array with nulls where the mask is true."""
    if not nulls.any():
        return array
    if isinstance(array, pa.DictionaryArray):
        indices = masked(array.indices, nulls)
        return pa.DictionaryArray.from_arrays(indices, array.dictionary)
    return pc.if_else(pa.array(nulls), pa.scalar(None, array.type), array)


def fitted(array: pa.Array, column: Column) -> pa.Array:
    """Convert an array to the type of its property, and truncate text to its length."""
    if column.type in REAL_TYPES and not pa.types.is_floating(array.type):
        return pc.cast(array, pa.float64())
    if column.type not in TEXT_TYPES:
        return array
    if isinstance(array, pa.DictionaryArray):
        shorter = fitted(array.dictionary, column)
        return pa.DictionaryArray.from_arrays(array.indices, shorter)
    if not pa.types.is_string(array.type):
        return pc.cast(array, pa.string())
    # Unique values fit: the schema rejects those that could be too long.
    if column.length is None or column.unique:
        return array
    return pc.utf8_slice_codeunits(array, 0, column.length)
