"""Look through a copy for the values and words of its source."""

import re
import sqlite3
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
from limerun.exports.proof.cells import ColumnCells, read_cells
from limerun.exports.proof.decoding import text_variants
from limerun.exports.proof.forms import LONGEST_RUN
from limerun.exports.proof.scope import TEXTS
from limerun.exports.proof.tokens import Tokens, count_numbers, no_numbers
from limerun.exports.proof.word_hashes import Cut, CutTexts, Hashes, cut_texts
from limerun.exports.reading.private_folder import private_folder
from limerun.exports.reading.value_types import typed
from limerun.exports.tables import Export, ExportColumn, ExportTable
from limerun.exports.text_folding import Places

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NUMBERS = ("integer", "decimal")
_SCHEMA_TABLE, _SCHEMA_COLUMN = "sqlite_schema", "sql"
"""As SQLite itself calls it, so that no other table has that name."""
# A name in quotes comes first, so that a quote in it opens no text.
_SAID = re.compile(
    r'"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|(\'(?:[^\']|\'\')*\')|(--[^\n]*)|(/\*.*?\*/)',
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyColumn:
    """A column of the copy."""

    number: int
    """Within the copy."""
    table: ExportTable
    column: ExportColumn
    distinct: int

    @property
    def name(self) -> str:
        """table.column, as it is shown."""
        return f"{self.table.name}.{self.column.name}"


class Search:
    """Collects what a copy may hold of its source, in DuckDB."""

    TABLE = "limerun_hits"

    def __init__(self, connection: "DuckDBPyConnection", tokens: Tokens) -> None:
        """Look for these values and words."""
        self._connection = connection
        self._bloom_filter = tokens.bloom_filter
        self._wanted = tokens.wanted
        self.numbers: dict[int, Places] = {}
        """How many numbers were looked at, by column, and by their length and first digit."""
        self._appender = RowAppender(
            connection,
            self.TABLE,
            "hash UBIGINT, found_in USMALLINT, row BIGINT, held BIGINT, whole BOOLEAN, "
            "first UTINYINT, length UTINYINT, cell UBIGINT",
        )

    def look_through(self, column: CopyColumn) -> None:
        """Look through every value of a column."""
        if not self._has_room(column):
            return
        self.numbers[column.number] = no_numbers()
        for cells in read_cells(
            self._connection, column.table, column.column, column.distinct
        ):
            for texts, places in text_variants(
                cells.texts, column.column.type, with_names=True
            ):
                for cut in cut_texts(texts):
                    looked = _SearchedTexts(
                        column=column, texts=cut, cells=cells, places=places
                    )
                    self._look_at(looked)

    def finish(self) -> None:
        """Have everything in DuckDB."""
        self._appender.flush()

    def _has_room(self, column: CopyColumn) -> bool:
        """Say whether a column can hold anything that is looked for."""
        if column.column.type in TEXTS:
            return True
        if column.column.type not in _NUMBERS:
            return False  # a date or a truth value has no room for anything else
        shortest = int(np.argmax(self._wanted[1, 1]))
        if not shortest:
            return False
        number = f"abs({typed(column.column)})"
        [[largest]] = self._connection.execute(
            f"SELECT max({number}) FROM {parts_in_sql(column.table.parts)}"
        ).fetchall()
        return largest is not None and largest >= 10 ** (shortest - 1)

    def _look_at(self, looked: "_SearchedTexts") -> None:
        texts = looked.texts
        wholes = texts.wholes()
        cell_hashes = np.zeros(len(texts.words_per_cell), np.uint64)
        cell_hashes[texts.cells_of(wholes)] = wholes.hashes
        self._keep(looked, wholes, cell_hashes, whole=True)
        for cut in self._insides(texts):
            self._keep(looked, cut, cell_hashes, whole=False)

    def _insides(self, texts: CutTexts) -> Iterator[Cut]:
        """Yield the runs of words that may be looked for, shorter than their text."""
        most = int(texts.words_per_cell.max(initial=0))
        for words in range(1, min(most, LONGEST_RUN + 1)):
            if self._wanted[words].any():
                yield texts.runs(words, self._wanted[words])
        yield texts.letter_runs()

    def _keep(
        self, looked: "_SearchedTexts", cut: Cut, cell_hashes: Hashes, *, whole: bool
    ) -> None:
        if self._wanted[:, 1].any():
            self.numbers[looked.column.number] += count_numbers(cut)
        passed = np.flatnonzero(self._bloom_filter.may_hold(cut.hashes))
        if not len(passed):
            return
        found = cut.taken(passed)
        at = found.cells if looked.places is None else looked.places[found.cells]
        self._appender.add(
            found.hashes,
            np.full(len(passed), looked.column.number, np.uint16),
            looked.cells.rows[at],
            looked.cells.counts[at],
            np.full(len(passed), whole),
            found.first,
            np.minimum(found.lengths, 255).astype(np.uint8),
            cell_hashes[looked.texts.cells_of(found)],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _SearchedTexts:
    """Some texts that are looked through, and where they are from."""

    column: CopyColumn
    texts: CutTexts
    cells: ColumnCells
    places: NDArray[np.intp] | None


@contextmanager
def schema_column(copy: Export, number: int) -> Iterator[list[CopyColumn]]:
    """Yield what the schemas of a copy say as one column; none, if that is nothing.

    Args:
        copy: The copy; only of SQLite files is there a schema that says something.
        number: That of the column, within the copy.
    """
    origins = sorted(
        {table.origin for table in copy.tables.values() if table.format == "sqlite"}
    )
    said = [text for origin in origins for text in _said_in(Path(origin))]
    if not said:
        yield []
        return
    with private_folder(Path(gettempdir()), "limerun-schema-") as folder:
        part = folder / "schema.parquet"
        pq.write_table(pa.table({_SCHEMA_COLUMN: said}), part)
        column = ExportColumn(name=_SCHEMA_COLUMN, type="text")
        table = ExportTable(
            name=_SCHEMA_TABLE,
            rows=len(said),
            columns=(column,),
            origin=origins[0],
            format="sqlite",
            parts=(part,),
        )
        yield [
            CopyColumn(
                number=number, table=table, column=column, distinct=len(set(said))
            )
        ]


def _said_in(path: Path) -> Iterator[str]:
    """Yield the texts and comments of a file's schema."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as of:
        statements = of.execute(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"
        ).fetchall()
    for (statement,) in statements:
        for match in _SAID.finditer(statement):
            text, *comments = match.groups()
            if text is not None:
                yield text[1:-1].replace("''", "'")
            yield from (comment for comment in comments if comment is not None)
