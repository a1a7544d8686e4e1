"""Generate a source's rows, and decide which are known, duplicate or dirty.

All of this is computed from the row's number, so rows can be generated in any order.
"""

from collections.abc import Mapping
from itertools import chain

import numpy as np
import pyarrow as pa

from limerun.dataset.design.layout import Source
from limerun.dataset.values.block import BLOCK_ROWS, Block, Recipe, fitting_rows
from limerun.dataset.values.dirty_rows import DirtyRows
from limerun.dataset.values.foreign_keys import follow
from limerun.dataset.words.randomness import Permutation, Words, below, random_words


class SourceRows:
    """Generates any rows of a source."""

    def __init__(self, recipe: Recipe, source: Source) -> None:
        self._recipe = recipe
        self._source = source
        self._table = recipe.schema.table_of(source)
        self._places = _Places(recipe, source)
        self._stand_for = _Counterparts(recipe, source)
        self._dirt = DirtyRows(recipe, source)

    def at_once(self, block_rows: int = BLOCK_ROWS) -> int:
        """Return the size of a block: fewer rows if texts are long."""
        reached = () if self._table is None else self._recipe.schema.tables.values()
        columns = chain(
            self._source.own.columns.values(),
            *(table.columns.values() for table in reached),
        )
        return fitting_rows(columns, block_rows)

    def columns(self, rows: Words) -> Mapping[str, pa.Array]:
        """Return the values of each column in these rows of the file, in order.

        The type of a column does not depend on the rows. A dirty column, which may
        contain values of another type, is a dense union.
        """
        first, places = self._places.resolved(rows)
        numbers = places - np.uint64(self._source.duplicates)
        own = Block(self._recipe, self._source.own, first)
        there = None
        if self._table is not None:
            there = Block(self._recipe, self._table, self._stand_for(numbers))
        made = {}
        for column in self._source.columns:
            block = own if column.own else there
            assert block is not None
            made[column.name] = follow(block, column.path)
        return self._dirt.on(made, first, numbers)


class _Places:
    """Decides by a shuffle of the row numbers which rows are duplicates or dirty.

    The rows with the first shuffled places are duplicates, the next ones have a missing
    value, the next ones a malformed value, and all others are clean. So each share is
    exact. A duplicate repeats an earlier clean row. There always is an earlier clean
    row, because the first row of a file is clean.
    """

    def __init__(self, recipe: Recipe, source: Source) -> None:
        self._repeats = np.uint64(source.duplicates)
        self._unclean = np.uint64(source.duplicates + source.missing + source.malformed)
        self._rows = source.rows
        if not self._unclean:
            return
        key = recipe.key(source.own.name, "", "places")
        self._order = Permutation(key, max(source.rows, 1))
        self._first = self._order(np.zeros(1, np.uint64))[0]
        self._key = recipe.key(source.own.name, "", "repeats")

    def resolved(self, rows: Words) -> tuple[Words, Words]:
        """Return the row that each row repeats, or the row itself, and its place."""
        if not self._unclean:
            return rows, rows
        rows = rows.copy()
        places = self._of(rows)
        attempt = 0
        pending = np.flatnonzero(places < self._repeats)
        while pending.size:
            attempt += 1
            drawn = random_words(self._key ^ attempt, rows[pending])
            rows[pending] = below(drawn, rows[pending]).astype(np.uint64)
            places[pending] = self._of(rows[pending])
            pending = pending[places[pending] < self._unclean]
        return rows, places

    def _of(self, rows: Words) -> Words:
        """Return the rows' places; the first row is swapped to a clean place."""
        places = self._order(rows)
        if self._first >= self._unclean:
            return places
        last = np.uint64(self._rows - 1)
        places = np.where(places == last, self._first, places)
        return np.where(rows == 0, last, places)


class _Counterparts:
    """Maps each number to a different row of a limetype.

    The first of the shuffled numbers are rows of the database, also shuffled. The
    others are rows beyond the table's end.
    """

    def __init__(self, recipe: Recipe, source: Source) -> None:
        table = recipe.schema.table_of(source)
        self._known = source.known
        self._rows = 0 if table is None else table.rows
        key = recipe.key(source.own.name, "", "order")
        self._order = Permutation(key, max(source.rows - source.duplicates, 1))
        key = recipe.key(source.own.name, "", "rows")
        self._spread = Permutation(key, max(self._rows, 1))

    def __call__(self, numbers: Words) -> Words:
        places = self._order(numbers)
        known = places < np.uint64(self._known)
        if not self._known:
            return places + np.uint64(self._rows)
        existing = self._spread(np.where(known, places, np.uint64(0)))
        beyond = places - np.uint64(self._known) + np.uint64(self._rows)
        return np.where(known, existing, beyond)
