"""Profile the columns of a table over all rows, and find the links between tables.

The counts are exact; DuckDB spills to disk what does not fit in memory.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from limerun.exports.duckdb_engine import one_row, parts_in_sql
from limerun.exports.tables import ColumnType, Export, ExportColumn, ExportTable
from limerun.storage import name_in_sql

LOW_CARDINALITY = 100
"""A column with at most this many distinct values may be a list of options."""
_REPEATED = 5
"""Number of rows that each option must have on average."""
_MOST_ORPHANS = 0.2
"""The largest share of orphans in a link whose name fits; real links may have some."""
_LEAST_TEXTS = 20
"""Least number of distinct texts, all of them keys elsewhere, that make a link.
"""

_DECLARED, _UNNAMED = -1, 9
"""The rank of a link that the database declares, and of a link without a fitting
name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProfile:
    """The content of a column; lengths are in characters, or bytes if it is binary."""

    type: ColumnType
    rows: int
    nulls: int
    distinct: int
    """Distinct values without null."""
    min_length: int
    max_length: int
    total_length: int
    frequencies: tuple[tuple[int, int], ...]
    """Pairs: how often a value occurs, and how many values occur that often; most
    first."""

    @property
    def values(self) -> int:
        """The number of rows that are not null."""
        return self.rows - self.nulls

    @property
    def unique(self) -> bool:
        """True if there are values, and no value occurs twice."""
        return self.distinct == self.values > 0

    @property
    def low_cardinality(self) -> bool:
        """True if there are few values, and each occurs often."""
        few = 0 < self.distinct <= LOW_CARDINALITY
        return few and self.distinct * _REPEATED <= self.values


@dataclass(frozen=True, slots=True, kw_only=True)
class TableProfile:
    """The content of a table."""

    rows: int
    columns: Mapping[str, ColumnProfile]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A column whose values are keys of another table's unique column."""

    child_table: str
    child_column: str
    parent_table: str
    parent_column: str
    orphans: int
    """Rows of the child that are not null and have no parent."""


def profile_table(export: Export, name: str) -> TableProfile:
    """Profile a table over all its rows."""
    table = export.tables[name]
    relation = parts_in_sql(table.parts)
    lengths = ", ".join(_length_figures(column) for column in table.columns)
    row = one_row(export.connection, f"SELECT {lengths} FROM {relation}")
    columns = {}
    for at, column in enumerate(table.columns):
        values, shortest, longest, total = row[4 * at : 4 * at + 4]
        frequencies = _frequencies(export, relation, column) if values else ()
        columns[column.name] = ColumnProfile(
            type=column.type,
            rows=table.rows,
            nulls=table.rows - values,
            distinct=sum(count for _, count in frequencies),
            min_length=shortest or 0,
            max_length=longest or 0,
            total_length=total or 0,
            frequencies=frequencies,
        )
    return TableProfile(rows=table.rows, columns=columns)


def _length_figures(column: ExportColumn) -> str:
    name = name_in_sql(column.name)
    length = (
        f"octet_length({name})"
        if column.type == "binary"
        else f"length(CAST({name} AS VARCHAR))"
    )
    return f"count({name}), min({length}), max({length}), sum({length})::BIGINT"


def _frequencies(
    export: Export, relation: str, column: ExportColumn
) -> tuple[tuple[int, int], ...]:
    name = name_in_sql(column.name)
    found = export.connection.execute(
        f"SELECT occurs, count(*) FROM (SELECT count(*) AS occurs FROM {relation} "
        f"WHERE {name} IS NOT NULL GROUP BY {name}) GROUP BY occurs "
        "ORDER BY occurs DESC"
    )
    return tuple((occurs, count) for occurs, count in found.fetchall())


def find_links(
    export: Export, profiles: Mapping[str, TableProfile]
) -> tuple[Link, ...]:
    """Return the columns that contain another table's keys, each with its best parent.

    Links are those that a database declares, and those that names and values suggest. A
    number is a link only if its name fits (`company_id`, `company`, `idcompany`,
    `parent_id`), since the ids of all tables look alike. A text is also a link if all
    its many values are keys of the other table.
    """
    links = []
    for table, profile in profiles.items():
        for name, column in profile.columns.items():
            if column.type in ("integer", "text") and column.distinct:
                declared = _declared_parents(export, profiles, table, name)
                tried = declared or sorted(
                    _possible_parents(profiles, table, name, column),
                    key=lambda parent: parent[0],
                )
                link = _first_that_fits(export, table, name, column, tried)
                links += [link] if link is not None else []
    return tuple(links)


_Parent = tuple[int, str, str]
"""A rank (lower is better), a table and its column."""


def _declared_parents(
    export: Export, profiles: Mapping[str, TableProfile], table: str, name: str
) -> list[_Parent]:
    return [
        (_DECLARED, key.parent_table, key.parent_columns[0])
        for key in export.tables[table].foreign_keys
        if key.columns == (name,)
        and profiles[key.parent_table].columns[key.parent_columns[0]].unique
    ]


def _possible_parents(
    profiles: Mapping[str, TableProfile],
    table: str,
    name: str,
    column: ColumnProfile,
) -> Iterator[_Parent]:
    for parent_table, profile in profiles.items():
        for parent_name, parent in profile.columns.items():
            itself = (parent_table, parent_name) == (table, name)
            if itself or not parent.unique or parent.type != column.type:
                continue
            hint = _hint(table, name, parent_table, parent_name)
            most = parent.distinct * (1 if hint is None else 1 + _MOST_ORPHANS * 2)
            fits_by_values = (
                column.type == "text"
                and column.distinct >= _LEAST_TEXTS
                and parent_table != table
            )
            if column.distinct <= most and (hint is not None or fits_by_values):
                yield _UNNAMED if hint is None else hint, parent_table, parent_name


def _first_that_fits(
    export: Export,
    table: str,
    name: str,
    column: ColumnProfile,
    tried: list[_Parent],
) -> Link | None:
    for hint, parent_table, parent_name in tried:
        orphans = count_orphans(
            export,
            (export.tables[table], (name,)),
            (export.tables[parent_table], (parent_name,)),
        )
        most = 0 if hint == _UNNAMED else column.values * _MOST_ORPHANS
        if hint == _DECLARED or orphans <= most:
            return Link(
                child_table=table,
                child_column=name,
                parent_table=parent_table,
                parent_column=parent_name,
                orphans=orphans,
            )
    return None


def count_orphans(
    export: Export,
    child: tuple[ExportTable, Sequence[str]],
    parent: tuple[ExportTable, Sequence[str]],
) -> int:
    """Return the number of rows of a child table whose key no parent row has.

    Rows with a null in the key do not count.
    """
    # Compared as text, so that a number equals itself whatever its stored type.
    sides = [
        ", ".join(
            f"CAST({name_in_sql(name)} AS VARCHAR) AS key{at}"
            for at, name in enumerate(names)
        )
        for _, names in (child, parent)
    ]
    keys = [f"key{at}" for at in range(len(child[1]))]
    complete = " AND ".join(f"{key} IS NOT NULL" for key in keys)
    [orphans] = one_row(
        export.connection,
        f"SELECT count(*) FROM (SELECT {sides[0]} FROM {parts_in_sql(child[0].parts)}) "
        f"ANTI JOIN (SELECT {sides[1]} FROM {parts_in_sql(parent[0].parts)}) "
        f"USING ({', '.join(keys)}) WHERE {complete}",
    )
    return int(orphans)


_KEYS = ("id", "key", "no", "nr", "num", "number", "code", "ref", "uuid", "guid", "fk")
_ABOVE = ("parent", "manager", "superior", "owner", "main", "group")


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


def _hint(table: str, name: str, parent_table: str, parent_name: str) -> int | None:
    """Return how well a column's name fits a parent (lower is better), or None."""
    child, key = _plain(name), _plain(parent_name)
    names = _name_forms(_plain(parent_table.rpartition(".")[2]))
    if table == parent_table:
        ends = ("", key, *_KEYS)
        above = {start + end for start in _ABOVE for end in ends}
        above |= {
            start + form + end for start in _ABOVE for form in names for end in ends
        }
        return 0 if child in above else None
    good = 0 if key == "id" or any(form + "id" == key for form in names) else 1
    if any(child in (form + key, key + form) for form in names):
        return good
    if any(child in (form, *(form + end for end in _KEYS)) for form in names):
        return 2 + good
    if child == key and key not in (*_KEYS, "name"):
        return 4
    if any(child.endswith((form + key, form, form + "id")) for form in names):
        return 5 + good
    return None


def _name_forms(table: str) -> tuple[str, ...]:
    """Return the forms in which column names use a table's name, with the singular."""
    forms = [table]
    if table.endswith("ies"):
        forms.append(table[:-3] + "y")
    if table.endswith("es"):
        forms.append(table[:-2])
    if table.endswith("s"):
        forms.append(table[:-1])
    return tuple(form for form in forms if len(form) > 1)
