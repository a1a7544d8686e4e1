"""Ask DuckDB for one row."""

from typing import Any

from limerun.exports.layout import Export


def ask(export: Export, query: str) -> tuple[Any, ...]:
    """Return the only row that a query gives."""
    # To its end: a result that was not is in the way of what comes next.
    [row] = export.connection.execute(query).fetchall()
    return tuple(row)
