"""Find every survivor: gather what must not be found, look, and match."""

from collections.abc import Mapping, Sequence

from limerun.exports.layout import Export
from limerun.exports.proof.atoms import Atoms, Tally
from limerun.exports.proof.kept import KEPT_TABLE, add_kept
from limerun.exports.proof.scope import TEXTS, Column
from limerun.exports.proof.search import CopyColumn, Search
from limerun.exports.proof.survivors import Finds
from limerun.progress import Progress
from limerun.records.proof import Survivor

_WORDS_EACH = 2
"""Words of a text that are not in others, about: room in the sieve."""


def find_survivors(
    source: Export,
    columns: Sequence[Column],
    copied: Sequence[CopyColumn],
    progress: Progress,
) -> tuple[list[Survivor], Mapping[int, Tally]]:
    """Return what of a source was found in a copy, and what the source's columns are.

    Args:
        source: The source; the work is done in its DuckDB.
        columns: The columns of the source.
        copied: The columns of the copy.
        progress: Hears which column is read.
    """
    looked_for = [column for column in columns if column.judged == "set"]
    expected = sum(
        column.figures.distinct * (1 + _WORDS_EACH * (column.column.type in TEXTS))
        for column in looked_for
    )
    atoms = Atoms(source.connection, expected)
    try:
        for column in looked_for:
            atoms.add_column(source, column)
            rows = column.table.rows
            progress.rows_made(f"reading {column.name}", rows, rows)
        atoms.finish()
        add_kept(source, (column for column in columns if column.judged == "kept"))
        search = Search(source.connection, atoms)
        for copy in copied:
            search.look_through(copy)
            rows = copy.table.rows
            progress.rows_made(f"looking through {copy.name}", rows, rows)
        search.finish()
        return Finds(source, atoms, search, columns, copied).survivors(), atoms.tallies
    finally:
        for table in (Atoms.TABLE, Search.TABLE, Finds.TABLE, KEPT_TABLE):
            source.connection.execute(f"DROP TABLE IF EXISTS {table}")
