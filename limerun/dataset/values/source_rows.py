"""The rows of a source: which stand for rows of the database, repeat or are unclean.

All of it is arithmetic on the row's number, so rows may be asked for in any order.
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
    """Makes the columns of any rows of a source."""

    def __init__(self, recipe: Recipe, source: Source) -> None:
        self._recipe = recipe
        self._source = source
        self._table = recipe.schema.table_of(source)
        self._places = _Places(recipe, source)
        self._stand_for = _Counterparts(recipe, source)
        self._dirt = DirtyRows(recipe, source)

    def at_once(self, block_rows: int = BLOCK_ROWS) -> int:
        """Return how many rows may be made together: fewer where texts are long."""
        reached = () if self._table is None else self._recipe.schema.tables.values()
        columns = chain(
            self._source.own.columns.values(),
            *(table.columns.values() for table in reached),
        )
        return fitting_rows(columns, block_rows)

    def columns(self, rows: Words) -> Mapping[str, pa.Array]:
        """Return each column's values in these rows of the file, in order.

        A column has the same type whatever the rows; one that may hold values of
        another type, because the source is dirty, is a dense union.
        """
        first, places = self._places.settled(rows)
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
    """What each row is: the rows' numbers, shuffled.

    The first places are repeats, the next ones dirty (first those that miss a
    value, then those with a malformed one), all others clean. So each share is
    exact. A repeat is of an earlier clean row; the first row of a file is clean,
    so there always is one.
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

    def settled(self, rows: Words) -> tuple[Words, Words]:
        """Return the row that each row repeats, or is itself; and that row's place."""
        if not self._unclean:
            return rows, rows
        rows = rows.copy()
        places = self._of(rows)
        turn = 0
        open = np.flatnonzero(places < self._repeats)
        while open.size:
            turn += 1
            drawn = random_words(self._key ^ turn, rows[open])
            rows[open] = below(drawn, rows[open]).astype(np.uint64)
            places[open] = self._of(rows[open])
            open = open[places[open] < self._unclean]
        return rows, places

    def _of(self, rows: Words) -> Words:
        """Return the rows' places: the first row has changed its with the last."""
        places = self._order(rows)
        if self._first >= self._unclean:
            return places
        last = np.uint64(self._rows - 1)
        places = np.where(places == last, self._first, places)
        return np.where(rows == 0, last, places)


class _Counterparts:
    """Which row of a limetype each number stands for, all different.

    The first ones of the shuffled numbers are rows of the database, also shuffled;
    the others come after the table's end.
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
        held = self._spread(np.where(known, places, np.uint64(0)))
        beyond = places - np.uint64(self._known) + np.uint64(self._rows)
        return np.where(known, held, beyond)
