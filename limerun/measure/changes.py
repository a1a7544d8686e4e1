"""Tell what a run changed in its database, by comparing it with the one it got."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from limerun.records import Json, ObjectsChanged

EXAMPLES = 3
"""Objects shown of each kind of change, the lowest ids first."""

_CHANGES = {
    "created": "SELECT a.id FROM main.{t} a LEFT JOIN old.{t} b USING (id) "
    "WHERE b.id IS NULL",
    "updated": "SELECT a.id FROM main.{t} a JOIN old.{t} b USING (id) "
    "WHERE ({a}) IS NOT ({b})",
    "deleted": "SELECT b.id FROM old.{t} b LEFT JOIN main.{t} a USING (id) "
    "WHERE a.id IS NULL",
}


def changes_between(
    before: Path, after: Path, limetypes: Iterable[str]
) -> tuple[ObjectsChanged, ...]:
    """Return what differs in each limetype, those without a change left out."""
    with closing(sqlite3.connect(f"{after.as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("ATTACH ? AS old", (f"{before.as_uri()}?mode=ro",))
        connection.row_factory = sqlite3.Row
        found = [_changes_of(connection, limetype) for limetype in limetypes]
    return tuple(
        change for change in found if change.created + change.updated + change.deleted
    )


def _changes_of(connection: sqlite3.Connection, limetype: str) -> ObjectsChanged:
    table = _quoted(limetype)
    columns = [
        _quoted(row["name"])
        for row in connection.execute(f"PRAGMA old.table_info({table})")
        if row["name"] != "id"
    ]
    counts: dict[str, int] = {}
    examples: list[dict[str, Json]] = []
    for change, pattern in _CHANGES.items():
        statement = pattern.format(
            t=table,
            a=", ".join(f"a.{column}" for column in columns),
            b=", ".join(f"b.{column}" for column in columns),
        )
        count = connection.execute(f"SELECT count(*) FROM ({statement})").fetchone()
        counts[change] = count[0]
        first = connection.execute(f"{statement} ORDER BY 1 LIMIT {EXAMPLES}")
        for (number,) in first.fetchall():
            before = _object(connection, "old", table, number)
            after = _object(connection, "main", table, number)
            if before and after:
                same = {name for name in before if before[name] == after[name]}
                before = {k: v for k, v in before.items() if k not in same}
                after = {k: v for k, v in after.items() if k not in same}
            examples.append(
                {"change": change, "id": number, "before": before, "after": after}
            )
    return ObjectsChanged(
        limetype=limetype,
        created=counts["created"],
        updated=counts["updated"],
        deleted=counts["deleted"],
        examples=tuple(examples),
    )


def _object(
    connection: sqlite3.Connection, schema: str, table: str, number: int
) -> dict[str, Json] | None:
    """Return an object's properties; system columns and nulls are left out."""
    row = connection.execute(
        f"SELECT * FROM {schema}.{table} WHERE id = ?", (number,)
    ).fetchone()
    if row is None:
        return None
    return {
        name: row[name]
        for name in row.keys()  # noqa: SIM118 - a Row iterates over values
        if name != "id" and not name.startswith("_") and row[name] is not None
    }


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
