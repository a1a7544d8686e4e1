"""Turn a schema into SQL statements for SQLite. Pure."""

from collections.abc import Iterator

from limerun.dataset.design.layout import Column, Schema
from limerun.storage import ID_COLUMN, SYSTEM_COLUMNS, column_type, name_in_sql

SYSTEM_TYPES = ("TEXT", "INTEGER", "TEXT", "INTEGER")


def create_tables(schema: Schema) -> Iterator[str]:
    """Yield the statements that create the tables."""
    for table in schema.tables.values():
        columns = [f"{name_in_sql(ID_COLUMN)} INTEGER PRIMARY KEY"]
        for name, column in table.columns.items():
            columns.append(f"{name_in_sql(name)} {column_type(column.type)}")
        for name, type in zip(SYSTEM_COLUMNS, SYSTEM_TYPES, strict=True):
            columns.append(f"{name_in_sql(name)} {type}")
        yield f"CREATE TABLE {name_in_sql(table.name)} ({', '.join(columns)})"
    for name, table in schema.pairs.items():
        ends = table.columns
        pair = ", ".join(f"{name_in_sql(end)} INTEGER" for end in ends)
        yield f"CREATE TABLE {name_in_sql(name)} ({pair})"


def create_indexes(schema: Schema) -> Iterator[tuple[str, str]]:
    """Yield each index's name and the statement that creates it."""
    for table in schema.tables.values():
        for column in table.columns.values():
            if not is_indexed(column):
                continue
            name = f"{table.name}__{column.name}"
            on = f"{name_in_sql(table.name)} ({name_in_sql(column.name)})"
            yield name, f"CREATE INDEX {name_in_sql(name)} ON {on}"
    for name, table in schema.pairs.items():
        for end in table.columns:
            index = f"{name}__{end}"
            on = f"{name_in_sql(name)} ({name_in_sql(end)})"
            yield index, f"CREATE INDEX {name_in_sql(index)} ON {on}"


def is_indexed(column: Column) -> bool:
    """Return whether a column gets an index, as links and unique columns do.

    The index is not a UNIQUE index: the DSL has no constraint, so the task may insert
    a value twice.
    """
    return column.unique or column.type == "belongsto"
