"""Measure the shape of an export, table by table."""

from collections.abc import Collection, Iterator, Mapping

from limerun.errors import ExportError
from limerun.exports.column_profile import Link, TableProfile, find_links, profile_table
from limerun.exports.duckdb_engine import parts_in_sql
from limerun.exports.shape.columns import (
    Subject,
    shape_after,
    shape_column,
    shape_link,
)
from limerun.exports.shape.order import find_order
from limerun.exports.shape.units import Measured, measure_of
from limerun.exports.tables import Export
from limerun.progress import Progress
from limerun.records.shape import Shape, ShapeColumn, ShapeTable


def measure_shape(
    export: Export, *, allowed: Collection[str], progress: Progress
) -> Shape:
    """Return the shape of an export.

    Args:
        export: The tables.
        allowed: Columns whose values may be named, as "table.column".
        progress: Hears of columns that are measured.

    Raises:
        ExportError: An allowed column is not there, or is no list of options.
    """
    _check_allowed(export, allowed)
    profiles = {}
    for name in export.tables:
        progress.phase("measure", f"{name}: what it holds")
        profiles[name] = profile_table(export, name)
    progress.phase("measure", "links between tables")
    links = find_links(export, profiles)
    tables = {}
    for name, profile in profiles.items():
        progress.phase("measure", f"{name}: how it is spread")
        columns = _columns(export, name, profiles, links, allowed)
        tables[name] = ShapeTable(
            rows=profile.rows, columns=dict(columns), key=_key(name, profile, links)
        )
    return Shape(tables=tables)


def _check_allowed(export: Export, allowed: Collection[str]) -> None:
    known = [
        f"{table.name}.{column.name}"
        for table in export.tables.values()
        for column in table.columns
    ]
    for name in allowed:
        if name not in known:
            raise ExportError(
                f"--allow {name}: there is no such column; write it as table.column"
            )


def _key(name: str, profile: TableProfile, links: tuple[Link, ...]) -> str | None:
    """Return the column of whole numbers that others link to, or that is called id."""
    linked = [link.parent_column for link in links if link.parent_table == name]
    for column in (
        *linked,
        *(each for each in profile.columns if each.lower() == "id"),
    ):
        of = profile.columns[column]
        if of.type == "integer" and of.unique and not of.nulls:
            return column
    return None


def _columns(
    export: Export,
    name: str,
    profiles: Mapping[str, TableProfile],
    links: tuple[Link, ...],
    allowed: Collection[str],
) -> Iterator[tuple[str, ShapeColumn]]:
    own = {link.child_column: link for link in links if link.child_table == name}
    order = _order(export, name, profiles[name])
    for column in export.tables[name].columns:
        subject = Subject(
            export=export,
            table=name,
            column=column,
            profile=profiles[name].columns[column.name],
        )
        link, named = own.get(column.name), f"{name}.{column.name}" in allowed
        if named and (link is not None or column.name in order):
            what = "another table's keys" if link else "times after another"
            raise ExportError(f"--allow {subject.where}: it holds {what}, no options")
        if link is not None:
            parents = profiles[link.parent_table].columns[link.parent_column].distinct
            shaped = shape_link(subject, link, parents)
        elif column.name in order:
            shaped = shape_after(subject, *order[column.name])
        else:
            shaped = shape_column(subject, named=named)
        yield column.name, shaped


def _order(
    export: Export, name: str, profile: TableProfile
) -> dict[str, tuple[str, Measured]]:
    relation = parts_in_sql(export.tables[name].parts)
    units = {}
    for column in export.tables[name].columns:
        if column.type in ("date", "time") and profile.columns[column.name].distinct:
            unit = measure_of(export, relation, column).unit
            assert unit is not None
            units[column.name] = unit
    return find_order(export, name, units)
