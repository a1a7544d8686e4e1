"""Some rows of one table, by their numbers: every column made when first asked for.

Whatever is made here depends on the seed, the table, the column and the row, and on
nothing else; so rows may be asked for in any order, and in blocks of any size.
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
"""So many that what each block costs once is little; more rows only take memory."""
_BLOCK_CHARACTERS = 8_000_000
"""Of a part, which is four blocks, two copies are held at a time, or three."""

Kept = TypeVar("Kept")
Mask = np.ndarray[Any, np.dtype[np.bool_]]


def fitting_rows(columns: Iterable[Column], block_rows: int = BLOCK_ROWS) -> int:
    """Return how many rows a block may have: fewer where texts are long."""
    lengths = (column.options.get("length") for column in columns)
    longest = sum(length for length in lengths if isinstance(length, int))
    return max(min(block_rows, _BLOCK_CHARACTERS // max(longest, 1)), 1)


class Recipe:
    """What all blocks share: the schema, the words, and what columns keep at hand.

    Args:
        schema: What is to be made.
        makers: The function that makes the values of each kind.
    """

    def __init__(self, schema: Schema, makers: "Makers") -> None:
        self.schema = schema
        self.makers = makers
        self.vocabulary = Vocabulary(schema.locale)
        self._kept: dict[tuple[str, ...], Any] = {}

    def keep(self, name: tuple[str, ...], make: Callable[[], Kept]) -> Kept:
        """Return what was made under this name; make it the first time."""
        if name not in self._kept:
            self._kept[name] = make()
        kept: Kept = self._kept[name]
        return kept

    def key(self, table: str, column: str, use: str = "") -> int:
        """Return a column's key."""
        return self.keep(
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
        """Return the rows that a column's values are made by.

        Those of the block, unless few values stand in many rows: then the same one
        for all rows of a value.
        """
        of = self.table.columns.get(column)
        if of is None or of.options.get("cardinality") is None:
            return self.rows
        return self.once(f"stand-ins {column}", lambda: _stand_ins(self, of))

    def words(self, column: str, use: str = "") -> Words:
        """Return 64 random bits a row, for one use in one column."""
        key = self.recipe.key(self.table.name, column, use)
        return random_words(key, self.rows_of(column))

    def permuted(
        self, column: str, size: int, use: str = "permute", *, wraps: bool = False
    ) -> Words:
        """Return a number below a size for each row, never the same twice.

        Rows of one value have one number. With `wraps`, more rows than the size begin
        again: for columns whose values something else keeps apart.
        """
        key = self.recipe.key(self.table.name, column, use)
        name = ("permutation", self.table.name, column, use, str(size))
        permutation = self.recipe.keep(name, lambda: Permutation(key, size))
        rows = self.rows_of(column)
        return permutation(rows % np.uint64(size) if wraps else rows)

    def keep(self, column: Column, make: Callable[[], Kept]) -> Kept:
        """Return what a column keeps at hand for all its blocks."""
        return self.recipe.keep(("column", self.table.name, column.name), make)

    def once(self, name: str, make: Callable[[], Kept]) -> Kept:
        """Return what was made under this name; make it the first time."""
        if name not in self._made:
            self._made[name] = make()
        made: Kept = self._made[name]
        return made

    def values(self, name: str) -> pa.Array:
        """Return a column as it is stored, still with its own Arrow type."""
        return self.once(f"values {name}", lambda: self._finished(name))

    def nulls(self, column: Column) -> Mask:
        """Return which rows are null because of the null rate."""
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


def _stand_ins(block: Block, column: Column) -> Words:
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
        ranks = recipe.keep(name, lambda: ZipfRanks(count, skew))
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


Makers = Mapping[str, Callable[[Block, Column], pa.Array]]


def masked(array: pa.Array, nulls: Mask) -> pa.Array:
    """Return an array with nulls put in."""
    if not nulls.any():
        return array
    if isinstance(array, pa.DictionaryArray):
        indices = masked(array.indices, nulls)
        return pa.DictionaryArray.from_arrays(indices, array.dictionary)
    return pc.if_else(pa.array(nulls), pa.scalar(None, array.type), array)


def fitted(array: pa.Array, column: Column) -> pa.Array:
    """Return an array in the type of its property, and text no longer than that."""
    if column.type in REAL_TYPES and not pa.types.is_floating(array.type):
        return pc.cast(array, pa.float64())
    if column.type not in TEXT_TYPES:
        return array
    if isinstance(array, pa.DictionaryArray):
        shorter = fitted(array.dictionary, column)
        return pa.DictionaryArray.from_arrays(array.indices, shorter)
    if not pa.types.is_string(array.type):
        return pc.cast(array, pa.string())
    # A unique value is refused by the schema where it could be too long.
    if column.length is None or column.unique:
        return array
    return pc.utf8_slice_codeunits(array, 0, column.length)
