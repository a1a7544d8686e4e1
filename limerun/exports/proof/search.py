"""Search a copy for the values and words of its source."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from limerun.exports.duckdb_engine import RowAppender, parts_in_sql
from limerun.exports.proof.boilerplate import LONGEST_NGRAM
from limerun.exports.proof.cells import ColumnCells, read_cells
from limerun.exports.proof.decoding import text_variants
from limerun.exports.proof.scope import TEXTS
from limerun.exports.proof.tokens import Tokens, count_numbers, no_numbers
from limerun.exports.proof.word_hashes import (
    Hashes,
    Spans,
    TokenizedTexts,
    tokenize_texts,
)
from limerun.exports.reading.private_folder import private_folder
from limerun.exports.reading.sqlite_files import connect_read_only
from limerun.exports.reading.value_types import typed
from limerun.exports.tables import Export, ExportColumn, ExportTable
from limerun.exports.text_folding import Offsets

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NUMBERS = ("integer", "decimal")
_SCHEMA_TABLE, _SCHEMA_COLUMN = "sqlite_schema", "sql"
"""SQLite's name for its schema; no other table can have this name."""
# Quoted names come first in the pattern, so that a quote in a name starts no text.
_SCHEMA_TEXTS = re.compile(
    r'"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|(\'(?:[^\']|\'\')*\')|(--[^\n]*)|(/\*.*?\*/)',
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyColumn:
    """A column of the copy."""

    number: int
    """The index of the column among all columns of the copy."""
    table: ExportTable
    column: ExportColumn
    distinct: int

    @property
    def name(self) -> str:
        """The column as table.column."""
        return f"{self.table.name}.{self.column.name}"


class Search:
    """Collects matches between a copy and the tokens of its source, in DuckDB."""

    TABLE = "limerun_hits"

    def __init__(self, connection: "DuckDBPyConnection", tokens: Tokens) -> None:
        """Start a search for these tokens."""
        self._connection = connection
        self._bloom_filter = tokens.bloom_filter
        self._wanted = tokens.wanted
        self.numbers: dict[int, Offsets] = {}
        """For each column, the count of numbers found, by length and first digit."""
        self._appender = RowAppender(
            connection,
            self.TABLE,
            "hash UBIGINT, found_in USMALLINT, row BIGINT, row_count BIGINT, whole BOOLEAN, "
            "first UTINYINT, length UTINYINT, cell UBIGINT",
        )

    def search_column(self, column: CopyColumn) -> None:
        """Search every value of a column."""
        if not self._has_room(column):
            return
        self.numbers[column.number] = no_numbers()
        for cells in read_cells(
            self._connection, column.table, column.column, column.distinct
        ):
            for texts, indices in text_variants(
                cells.texts, column.column.type, with_names=True
            ):
                for spans in tokenize_texts(texts):
                    searched = _SearchedTexts(
                        column=column, texts=spans, cells=cells, indices=indices
                    )
                    self._search_texts(searched)

    def finish(self) -> None:
        """Write all matches to DuckDB."""
        self._appender.flush()

    def _has_room(self, column: CopyColumn) -> bool:
        """Return whether a column's type can hold any token."""
        if column.column.type in TEXTS:
            return True
        if column.column.type not in _NUMBERS:
            return False  # dates and booleans cannot contain other values
        shortest = int(np.argmax(self._wanted[1, 1]))
        if not shortest:
            return False
        number = f"abs({typed(column.column)})"
        [[largest]] = self._connection.execute(
            f"SELECT max({number}) FROM {parts_in_sql(column.table.parts)}"
        ).fetchall()
        return largest is not None and largest >= 10 ** (shortest - 1)

    def _search_texts(self, searched: "_SearchedTexts") -> None:
        texts = searched.texts
        whole = texts.whole_texts()
        cell_hashes = np.zeros(len(texts.words_per_cell), np.uint64)
        cell_hashes[texts.cells_of(whole)] = whole.hashes
        self._record_hits(searched, whole, cell_hashes, whole=True)
        for spans in self._inner_ngrams(texts):
            self._record_hits(searched, spans, cell_hashes, whole=False)

    def _inner_ngrams(self, texts: TokenizedTexts) -> Iterator[Spans]:
        """Yield the n-grams that may be tokens and are shorter than their text."""
        most = int(texts.words_per_cell.max(initial=0))
        for words in range(1, min(most, LONGEST_NGRAM + 1)):
            if self._wanted[words].any():
                yield texts.ngrams(words, self._wanted[words])
        yield texts.letter_runs()

    def _record_hits(
        self,
        searched: "_SearchedTexts",
        spans: Spans,
        cell_hashes: Hashes,
        *,
        whole: bool,
    ) -> None:
        if self._wanted[:, 1].any():
            self.numbers[searched.column.number] += count_numbers(spans)
        passed = np.flatnonzero(self._bloom_filter.may_hold(spans.hashes))
        if not len(passed):
            return
        found = spans.select(passed)
        at = found.cells if searched.indices is None else searched.indices[found.cells]
        self._appender.add(
            found.hashes,
            np.full(len(passed), searched.column.number, np.uint16),
            searched.cells.rows[at],
            searched.cells.counts[at],
            np.full(len(passed), whole),
            found.first,
            np.minimum(found.lengths, 255).astype(np.uint8),
            cell_hashes[searched.texts.cells_of(found)],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _SearchedTexts:
    """Some texts to search, and the cells that they came from."""

    column: CopyColumn
    texts: TokenizedTexts
    cells: ColumnCells
    indices: NDArray[np.intp] | None


@contextmanager
def schema_column(copy: Export, number: int) -> Iterator[list[CopyColumn]]:
    """Yield the texts and comments in a SQLite copy's schemas as one column, if any.

    Defaults, checks, partial indexes, views and triggers are copied from the source as
    they are written, and may contain values of its rows.
    """
    origins = sorted(
        {table.origin for table in copy.tables.values() if table.format == "sqlite"}
    )
    texts = [text for origin in origins for text in _schema_texts(Path(origin))]
    if not texts:
        yield []
        return
    with private_folder(Path(gettempdir()), "limerun-schema-") as folder:
        part = folder / "schema.parquet"
        pq.write_table(pa.table({_SCHEMA_COLUMN: texts}), part)
        column = ExportColumn(name=_SCHEMA_COLUMN, type="text")
        table = ExportTable(
            name=_SCHEMA_TABLE,
            rows=len(texts),
            columns=(column,),
            origin=origins[0],
            format="sqlite",
            parts=(part,),
        )
        yield [
            CopyColumn(
                number=number, table=table, column=column, distinct=len(set(texts))
            )
        ]


def _schema_texts(path: Path) -> Iterator[str]:
    """Yield the texts and comments of a database's schema."""
    with closing(connect_read_only(path)) as connection:
        statements = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"
        ).fetchall()
    for (statement,) in statements:
        for match in _SCHEMA_TEXTS.finditer(statement):
            text, *comments = match.groups()
            if text is not None:
                yield text[1:-1].replace("''", "'")
            yield from (comment for comment in comments if comment is not None)
