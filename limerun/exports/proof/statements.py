"""Turn what a SQLite copy's schema says beside names into a table to be looked through.

Defaults, checks, partial indexes, views and triggers come from the source as they are
written there, and may name what its rows hold: in texts, and in comments.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import gettempdir

import pyarrow as pa
import pyarrow.parquet as pq

from limerun.exports.proof.search import CopyColumn
from limerun.exports.reading.private_folder import private_folder
from limerun.exports.tables import Export, ExportColumn, ExportTable

TABLE, _COLUMN = "sqlite_schema", "sql"
"""As SQLite itself calls it, so that no other table has that name."""
# A name in quotes comes first, so that a quote in it opens no text.
_SAID = re.compile(
    r'"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|(\'(?:[^\']|\'\')*\')|(--[^\n]*)|(/\*.*?\*/)',
    re.DOTALL,
)


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
        pq.write_table(pa.table({_COLUMN: said}), part)
        column = ExportColumn(name=_COLUMN, type="text")
        table = ExportTable(
            name=TABLE,
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
