"""Anything that is made in parts: a file of rows, or a table of the database.

A part is a fixed number of rows, whatever the size of blocks and the number of
processes; so what is made of parts has the same bytes for any of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, Protocol

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types

from limerun.dataset.ahead import ahead
from limerun.dataset.block import BLOCK_ROWS, Recipe
from limerun.dataset.formats import Format, encoding_of
from limerun.dataset.formats.encoding import Encoding, Part
from limerun.dataset.formats.rows_to_copy import CopyRows
from limerun.dataset.pages import LeafPages
from limerun.dataset.randomness import Words
from limerun.dataset.source_rows import SourceRows
from limerun.dataset.table_rows import rows_of

PARTS_BLOCKS = 4
"""Blocks of the usual size that make a part: 131,072 rows unless texts are long."""

PartFormat = Format | Literal["pages", "copy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What is to be made: enough for any process that has the schema."""

    name: str
    """Of the source or the limetype."""
    kind: Literal["source", "table", "stored"]
    format: PartFormat


class Rows(Protocol):
    """Whatever makes the columns of any rows."""

    def at_once(self, block_rows: int = BLOCK_ROWS) -> int:
        """Return how many rows may be made together."""

    def columns(self, rows: Words) -> Mapping[str, pa.Array]:
        """Return each column's values in these rows."""


class Maker:
    """Makes the parts of one piece, in any order."""

    def __init__(
        self, recipe: Recipe, piece: Piece, block_rows: int = BLOCK_ROWS
    ) -> None:
        rows, self.names, self.rows = _rows_of(recipe, piece)
        self._made = rows
        self.encoding = _encoding(piece.format, self.names)
        self.part_rows = PARTS_BLOCKS * rows.at_once()
        self._block_rows = rows.at_once(block_rows)
        parts = -(-self.rows // self.part_rows)
        # A file without rows has columns too, and in Parquet their types.
        self.count = parts if piece.kind == "stored" else max(parts, 1)

    def done(self, parts: int) -> int:
        """Return how many rows the first parts have."""
        return min(parts * self.part_rows, self.rows)

    def sample(self) -> None:
        """Make one row, so that the words are there that any row is made of."""
        self._made.columns(np.arange(min(self.rows, 1), dtype=np.uint64))

    def part(self, number: int) -> Part:
        """Return a part by its number, from 0."""
        return self.encoding.part(self._blocks(number), first=number == 0)

    def parts(self, first: int = 0) -> Iterator[Part]:
        """Yield the parts from one on, their rows made ahead in a second thread."""
        numbers = range(first, self.count)
        blocks = ahead(block for number in numbers for block in self._blocks(number))
        for number in numbers:
            mine = islice(blocks, len(self._starts(number)))
            yield self.encoding.part(mine, first=number == 0)

    def _starts(self, number: int) -> range:
        start = number * self.part_rows
        return range(start, max(self.done(number + 1), start + 1), self._block_rows)

    def _blocks(self, number: int) -> Iterator[Mapping[str, pa.Array]]:
        last = self.done(number + 1)
        for start in self._starts(number):
            end = min(start + self._block_rows, last)
            yield self._made.columns(np.arange(start, end, dtype=np.uint64))


def _rows_of(recipe: Recipe, piece: Piece) -> tuple[Rows, Sequence[str], int]:
    """Return what makes the rows, the columns' names, and how many rows there are."""
    if piece.kind == "source":
        source = recipe.schema.sources[piece.name]
        names = [column.name for column in source.columns]
        return SourceRows(recipe, source), names, source.rows
    table = recipe.schema.stored[piece.name]
    rows = rows_of(recipe, table, stored=piece.kind == "stored")
    return rows, rows.names, table.rows


def _encoding(format: PartFormat, columns: Sequence[str]) -> Encoding:
    if format == "pages":
        return LeafPages(columns)
    if format == "copy":
        return CopyRows(columns)
    return encoding_of(format, columns)
