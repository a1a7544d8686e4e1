"""Make everything that a schema asks for: the database, then the sources."""

from pathlib import Path
from typing import Any

from limerun.dataset.block import Recipe
from limerun.dataset.database import write_database
from limerun.dataset.files import write_source
from limerun.dataset.layout import Schema
from limerun.dataset.makers import MAKERS
from limerun.dataset.row_index import write_index
from limerun.progress import Progress


def generate(
    schema: Schema, database: Path | None, folder: Path, progress: Progress
) -> dict[str, Any]:
    """Make the files of a dataset, and return what its manifest says of them.

    Args:
        schema: What to make.
        database: Where; None: no database.
        folder: Where the sources go.
        progress: Hears of each block of rows.
    """
    recipe = Recipe(schema, MAKERS)
    if database is not None:
        write_database(recipe, database, progress)
    for name, source in schema.sources.items():
        path = folder / f"{name}.{source.format}"
        write_source(recipe, source, path, progress)
        if source.indexed:
            write_index(path)
    return {
        "seed": schema.seed,
        "locale": schema.locale,
        "rows": {name: table.rows for name, table in schema.tables.items()},
        "sources": {
            name: {
                "file": f"{name}.{source.format}",
                "rows": source.rows,
                "format": source.format,
                "duplicates": source.duplicates,
                "missing": source.missing,
                "malformed": source.malformed,
                "index": f"{name}.{source.format}.index" if source.indexed else None,
            }
            for name, source in schema.sources.items()
        },
    }
