"""Compare the database before and after a run to find the objects that changed."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from math import isfinite
from pathlib import Path

from limerun.records import Json, ObjectsChanged
from limerun.storage import name_in_sql

_Value = str | int | float
_Object = dict[str, _Value]

EXAMPLES = 3
"""How many objects to show for each kind of change, lowest ids first."""

_CHANGES = {
    "created": "SELECT a.id FROM {now}.{t} a LEFT JOIN old.{t} b USING (id) "
    "WHERE b.id IS NULL",
    "updated": "SELECT a.id FROM {now}.{t} a JOIN old.{t} b USING (id) "
    "WHERE ({a}) IS NOT ({b})",
    "deleted": "SELECT b.id FROM old.{t} b LEFT JOIN {now}.{t} a USING (id) "
    "WHERE a.id IS NULL",
}


def recover(database: Path) -> None:
    """Roll back the transaction that a killed worker left in a SQLite file, if any.

    Until then the file cannot be read without its journal.
    """
    if database.exists():
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        database.with_name(f"{database.name}-journal").unlink(missing_ok=True)


def changes_between(
    before: Path, after: Path, limetypes: Iterable[str]
) -> tuple[ObjectsChanged, ...]:
    """Return the changes in each limetype that has any."""
    with closing(sqlite3.connect(f"{after.as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("ATTACH ? AS old", (f"{before.as_uri()}?mode=ro",))
        # A task may have written bytes that are not UTF-8 into a text column.
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        found = [_changes_of(connection, limetype) for limetype in limetypes]
    return tuple(
        change for change in found if change.created + change.updated + change.deleted
    )


def _changes_of(connection: sqlite3.Connection, limetype: str) -> ObjectsChanged:
    table = name_in_sql(limetype)
    before, after = (_columns(connection, name, table) for name in ("old", "main"))
    columns = [name_in_sql(name) for name in before if name in after]
    if not after:  # the task dropped the table
        connection.execute(f"CREATE TEMP TABLE {table} (id INTEGER PRIMARY KEY)")
    counts: dict[str, int] = {}
    examples: list[dict[str, Json]] = []
    for change, pattern in _CHANGES.items():
        statement = pattern.format(
            t=table,
            a=", ".join(["1", *(f"a.{column}" for column in columns)]),
            b=", ".join(["1", *(f"b.{column}" for column in columns)]),
            now="main" if after else "temp",
        )
        count = connection.execute(f"SELECT count(*) FROM ({statement})").fetchone()
        counts[change] = count[0]
        first = connection.execute(f"{statement} ORDER BY 1 LIMIT {EXAMPLES}")
        for (number,) in first.fetchall():
            was = _object(connection, f"old.{table}", number)
            now = _object(connection, f"main.{table}", number) if after else None
            examples.append({"change": change, "id": number, **_different(was, now)})
    return ObjectsChanged(
        limetype=limetype,
        created=counts["created"],
        updated=counts["updated"],
        deleted=counts["deleted"],
        examples=tuple(examples),
    )


def _columns(connection: sqlite3.Connection, schema: str, table: str) -> list[str]:
    """Return a table's columns without the id; empty if the table does not exist."""
    found = connection.execute(f"PRAGMA {schema}.table_info({table})")
    return [name for _, name, *_ in found if name != "id"]


def _different(was: _Object | None, now: _Object | None) -> dict[str, Json]:
    """Return the object before and after; if both exist, only the differences.

    Properties without a value are left out, so a property may be in only one of them.
    """
    same = was.items() & now.items() if was and now else set()
    return {
        name: None
        if values is None
        else dict(item for item in values.items() if item not in same)
        for name, values in (("before", was), ("after", now))
    }


def _object(connection: sqlite3.Connection, table: str, number: int) -> _Object | None:
    """Return an object's properties; system columns and nulls are left out."""
    found = connection.execute(f"SELECT * FROM {table} WHERE id = ?", (number,))
    row = found.fetchone()
    if row is None:
        return None
    names = [column[0] for column in found.description]
    return {
        name: _json(value)
        for name, value in zip(names, row, strict=True)
        if name != "id" and not name.startswith("_") and value is not None
    }


def _json(value: object) -> _Value:
    """Return a value that JSON can represent: bytes and infinite numbers as text."""
    if isinstance(value, bytes):
        return f"<{len(value):,} bytes>"
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    return value  # type: ignore[return-value]  # SQLite has no other types
