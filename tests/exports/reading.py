"""Helpers that read an export as limerun does."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from limerun.exports.reading.open_export import opened_export
from limerun.exports.tables import Export
from limerun.progress import Progress


@contextmanager
def opened(*places: Path | str) -> Iterator[Export]:
    with opened_export([str(place) for place in places], progress=Progress()) as export:
        yield export


def rows_of(export: Export, table: str) -> list[tuple[Any, ...]]:
    return export.connection.execute(f'SELECT * FROM "{table}"').fetchall()


def read(*places: Path | str) -> list[tuple[Any, ...]]:
    """Return the rows of an export's only table."""
    with opened(*places) as export:
        [table] = export.tables
        return rows_of(export, table)


def types_of(*places: Path | str) -> dict[str, str]:
    """Return the types of the columns of an export's only table."""
    with opened(*places) as export:
        [table] = export.tables.values()
        return {column.name: column.type for column in table.columns}
