"""Generate the rows of a table, as for a file or as stored in the database."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limerun.dataset.design.layout import Table
from limerun.dataset.design.option_types import FIRST_MOMENT, LAST_MOMENT
from limerun.dataset.values.block import BLOCK_ROWS, Block, Recipe, fitting_rows
from limerun.dataset.words.randomness import Words, below
from limerun.storage import ID_COLUMN, SYSTEM_COLUMNS
from limerun.writers.date_texts import stored_text


class TableRows:
    """Generates any rows of a limetype: ids and properties, times as timestamps."""

    def __init__(self, recipe: Recipe, table: Table) -> None:
        self._recipe = recipe
        self._table = table

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, in order."""
        return (ID_COLUMN, *self._table.columns)

    def at_once(self, block_rows: int = BLOCK_ROWS) -> int:
        """Return the size of a block: fewer rows if texts are long."""
        return fitting_rows(self._table.columns.values(), block_rows)

    def columns(self, rows: Words) -> Mapping[str, pa.Array]:
        """Return the values of each column in these rows."""
        block = Block(self._recipe, self._table, rows)
        ids = pa.array(rows.astype(np.int64) + 1)
        return {
            ID_COLUMN: ids,
            **{name: block.values(name) for name in self._table.columns},
        }


class PairRows(TableRows):
    """Generates any rows of a table of pairs: the ids of both ends."""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, in order."""
        return tuple(self._table.columns)

    def columns(self, rows: Words) -> Mapping[str, pa.Array]:
        """Return the values of each column in these rows."""
        block = Block(self._recipe, self._table, rows)
        return {name: block.values(name) for name in self._table.columns}


class DatabaseRows(TableRows):
    """Generates any rows of a limetype as stored in the database, see `storage`."""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, in order."""
        return (*super().names, *SYSTEM_COLUMNS)

    def columns(self, rows: Words) -> Mapping[str, pa.Array]:
        """Return the values of each column in these rows, which were never updated."""
        block = Block(self._recipe, self._table, rows)
        columns: dict[str, Any] = {ID_COLUMN: pa.array(rows.astype(np.int64) + 1)}
        for name in self._table.columns:
            columns[name] = _stored(block.values(name))
        created, by, changed, changed_by = SYSTEM_COLUMNS
        span = LAST_MOMENT - FIRST_MOMENT
        seconds = below(block.words(created), span) + FIRST_MOMENT
        columns[created] = stored_text(pa.array(seconds).cast(pa.timestamp("s")))
        columns[by] = pa.array(np.ones(len(block), np.int64))
        columns[changed] = pa.nulls(len(block), pa.string())
        columns[changed_by] = pa.nulls(len(block), pa.int64())
        return columns


def _stored(array: pa.Array) -> pa.Array:
    if pa.types.is_temporal(array.type):
        return stored_text(array)
    if pa.types.is_boolean(array.type):
        return pc.cast(array, pa.int64())
    return array


def rows_of(recipe: Recipe, table: Table, *, stored: bool) -> TableRows:
    """Return the generator of a table's rows.

    Args:
        recipe: The schema and vocabulary.
        table: The table of a limetype or of pairs.
        stored: True if rows are as stored in the database, and not as in a file.
    """
    if table.name in recipe.schema.pairs:
        return PairRows(recipe, table)
    return (DatabaseRows if stored else TableRows)(recipe, table)
