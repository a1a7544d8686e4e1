"""Split a dataset into parts, which any process can generate.

A part is a fixed number of rows, and depends only on the seed, the table and the rows.
A dataset is therefore the same for any size of blocks and any executor.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import numpy as np
import pyarrow as pa

from limerun.dataset.design.layout import Schema
from limerun.dataset.output.encodings import (
    ArrowEncoding,
    CopyEncoding,
    CsvEncoding,
    EncodedPart,
    Encoding,
    JsonArrayEncoding,
    JsonLinesEncoding,
)
from limerun.dataset.output.prefetch import prefetch
from limerun.dataset.values.block import BLOCK_ROWS, Recipe
from limerun.dataset.values.source_rows import SourceRows
from limerun.dataset.values.table_rows import TableRows, rows_of

PARTS_BLOCKS = 4
"""Blocks per part: 131,072 rows, or fewer if texts are long."""

PieceFormat = Literal["csv", "jsonl", "json", "parquet", "sqlite", "copy"]
ENCODINGS: Mapping[PieceFormat, type[Encoding]] = {
    "csv": CsvEncoding,
    "jsonl": JsonLinesEncoding,
    "json": JsonArrayEncoding,
    "parquet": ArrowEncoding,
    "sqlite": ArrowEncoding,
    "copy": CopyEncoding,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputPiece:
    """One file or table to generate; with the schema, all that a process needs."""

    name: str
    """The name of the source or table."""
    kind: Literal["source", "table", "stored"]
    format: PieceFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetFiles:
    """The files of a dataset."""

    database: str | None
    """The name of the SQLite file with all limetypes, or None."""
    pieces: Mapping[str, OutputPiece]
    """The other files, by name."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all files."""
        return (*(() if self.database is None else (self.database,)), *self.pieces)

    def all_pieces(self, schema: Schema) -> list[OutputPiece]:
        """Return the tables of the database and the other files."""
        stored = () if self.database is None else schema.stored
        tables = [
            OutputPiece(name=name, kind="stored", format="sqlite") for name in stored
        ]
        return [*tables, *self.pieces.values()]

    def rows(self, schema: Schema) -> int:
        """Return the total number of rows."""
        return sum(count_rows(schema, piece) for piece in self.all_pieces(schema))


def count_rows(schema: Schema, piece: OutputPiece) -> int:
    """Return the number of rows of a piece."""
    if piece.kind == "source":
        return schema.sources[piece.name].rows
    return schema.stored[piece.name].rows


class PartMaker:
    """Generates the parts of one piece, in any order."""

    def __init__(
        self, recipe: Recipe, piece: OutputPiece, block_rows: int = BLOCK_ROWS
    ) -> None:
        rows, columns = _rows_of(recipe, piece)
        self._made = rows
        self.encoding = _encoding(recipe, piece, columns)
        self.rows = count_rows(recipe.schema, piece)
        self.part_rows = PARTS_BLOCKS * rows.at_once()
        self._block_rows = rows.at_once(block_rows)
        parts = -(-self.rows // self.part_rows)
        # A file without rows still has columns, and in Parquet their types.
        self.count = parts if piece.kind == "stored" else max(parts, 1)

    def done(self, parts: int) -> int:
        """Return the number of rows in the first parts."""
        return min(parts * self.part_rows, self.rows)

    def sample(self) -> None:
        """Generate one row, to load the lists of words that it needs."""
        self._made.columns(np.arange(min(self.rows, 1), dtype=np.uint64))

    def part(self, number: int) -> EncodedPart:
        """Generate a part by its number, counted from 0."""
        return self.encoding.part(self._blocks(number), first=number == 0)

    def parts(self, first: int = 0) -> Iterator[EncodedPart]:
        """Yield all parts, starting with part `first`.

        One thread generates the next rows, and another encodes the next part.
        """
        return prefetch(self._parts(range(first, self.count)))

    def _parts(self, numbers: range) -> Iterator[EncodedPart]:
        blocks = prefetch(block for number in numbers for block in self._blocks(number))
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


def _rows_of(
    recipe: Recipe, piece: OutputPiece
) -> tuple[TableRows | SourceRows, Sequence[str]]:
    """Return the generator of a piece's rows, and the names of the columns."""
    if piece.kind == "source":
        source = recipe.schema.sources[piece.name]
        return SourceRows(recipe, source), [column.name for column in source.columns]
    table = recipe.schema.stored[piece.name]
    rows = rows_of(recipe, table, stored=piece.kind == "stored")
    return rows, rows.names


def _encoding(recipe: Recipe, piece: OutputPiece, columns: Sequence[str]) -> Encoding:
    if piece.format == "csv" and piece.kind == "source":
        return CsvEncoding(columns, recipe.schema.sources[piece.name].delimiter)
    return ENCODINGS[piece.format](columns)
