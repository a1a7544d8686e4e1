"""Read the foreign keys that a database declares."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from limerun.exports.reading.sqlite_files import connect_read_only
from limerun.exports.tables import ExportTable, ForeignKey

Row = tuple[object, str, str, str | None]
"""The key's id, the parent table, the child's column, and the parent's column."""

POSTGRESQL = """
    SELECT k.conname, pn.nspname, p.relname, a.attname, b.attname
    FROM pg_constraint k
    CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY u(own, other, nth)
    JOIN pg_class p ON p.oid = k.confrelid
    JOIN pg_namespace pn ON pn.oid = p.relnamespace
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.own
    JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = u.other
    WHERE k.contype = 'f' AND k.conparentid = 0 AND k.conrelid = %s::regclass
    ORDER BY k.conname, u.nth
"""


def sqlite_keys(path: Path, table: str) -> tuple[ForeignKey, ...]:
    """Return the foreign keys of a table in a SQLite file."""
    with closing(connect_read_only(path)) as connection:
        rows = connection.execute(
            'SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?) '
            "ORDER BY id, seq",
            (table,),
        ).fetchall()

        def primary_key(parent: str) -> list[str]:
            found = connection.execute(
                "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk",
                (parent,),
            )
            return [name for (name,) in found]

        return tuple(_keys(rows, primary_key))


def server_keys(
    rows: Iterable[tuple[str, str, str, str, str]],
) -> tuple[ForeignKey, ...]:
    """Return the foreign keys of a PostgreSQL table from rows of the catalog."""
    named: Iterator[Row] = (
        (key, parent if schema == "public" else f"{schema}.{parent}", own, other)
        for key, schema, parent, own, other in rows
    )
    return tuple(_keys(named, lambda _: []))


def _keys(
    rows: Iterable[Row], primary_key: Callable[[str], list[str]]
) -> Iterator[ForeignKey]:
    parts: dict[object, list[Row]] = {}
    for row in rows:
        parts.setdefault(row[0], []).append(row)
    for key_rows in parts.values():
        parent = key_rows[0][1]
        others = [other for *_, other in key_rows if other is not None]
        yield ForeignKey(
            columns=tuple(own for _, _, own, _ in key_rows),
            parent_table=parent,
            # SQLite omits the parent's columns if they are its primary key.
            parent_columns=tuple(others or primary_key(parent)),
        )


def with_known_keys(tables: Mapping[str, ExportTable]) -> dict[str, ExportTable]:
    """Keep only foreign keys whose tables and columns exist, in these tables' spelling.

    SQLite ignores the case of names, and accepts keys to tables that do not exist.
    """
    return {
        name: replace(
            table,
            foreign_keys=tuple(
                known
                for key in table.foreign_keys
                if (known := _as_named(key, table, tables)) is not None
            ),
        )
        for name, table in tables.items()
    }


def _as_named(
    key: ForeignKey, table: ExportTable, tables: Mapping[str, ExportTable]
) -> ForeignKey | None:
    names = {name.casefold(): name for name in tables}
    parent = tables.get(names.get(key.parent_table.casefold(), ""))
    if parent is None or len(key.columns) != len(key.parent_columns):
        return None
    own, other = (
        {column.name.casefold(): column.name for column in of.columns}
        for of in (table, parent)
    )
    try:
        return ForeignKey(
            columns=tuple(own[name.casefold()] for name in key.columns),
            parent_table=parent.name,
            parent_columns=tuple(other[name.casefold()] for name in key.parent_columns),
        )
    except KeyError:
        return None
