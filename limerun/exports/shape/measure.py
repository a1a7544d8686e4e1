"""Measure the shape of an export, table by table."""

from collections.abc import Collection, Iterator, Mapping

from limerun.errors import ExportError
from limerun.exports.column_profile import Link, TableProfile, find_links, profile_table
from limerun.exports.duckdb_engine import one_row, parts_in_sql
from limerun.exports.shape.column_measure import (
    ColumnMeasure,
    measure_of,
    moment_in_sql,
)
from limerun.exports.shape.columns import (
    Subject,
    shape_after,
    shape_column,
    shape_link,
)
from limerun.exports.tables import Export, ExportColumn
from limerun.progress import Progress
from limerun.records.shape import Shape, ShapeColumn, ShapeTable, Unit

_LEAST_ROWS = 20
"""Number of rows in which one date must come after the other to count as a rule."""


def measure_shape(
    export: Export, *, allowed: Collection[str], progress: Progress
) -> Shape:
    """Return the shape of an export; values of the allowed columns may be named.

    Raises:
        ExportError: An allowed column does not exist, or is not a list of options.
    """
    _check_allowed(export, allowed)
    profiles = {}
    for name in export.tables:
        progress.phase("measure", f"{name}: counts")
        profiles[name] = profile_table(export, name)
    progress.phase("measure", "links between tables")
    links = find_links(export, profiles)
    tables = {}
    for name, profile in profiles.items():
        progress.phase("measure", f"{name}: distributions")
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
                f"--allow {name}: the export has no such column; write it as table.column"
            )


def _key(name: str, profile: TableProfile, links: tuple[Link, ...]) -> str | None:
    """Return the integer column that other tables link to, or that is called id."""
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
            what = (
                "keys of another table"
                if link
                else "dates that depend on another column"
            )
            raise ExportError(
                f"--allow {subject.where}: the column has {what}, not options"
            )
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
) -> dict[str, tuple[str, ColumnMeasure]]:
    relation = parts_in_sql(export.tables[name].parts)
    units = {}
    for column in export.tables[name].columns:
        if column.type in ("date", "time") and profile.columns[column.name].distinct:
            unit = measure_of(export, relation, column).unit
            assert unit is not None
            units[column.name] = unit
    return find_order(export, name, units)


def find_order(
    export: Export, table: str, units: Mapping[str, Unit]
) -> dict[str, tuple[str, ColumnMeasure]]:
    """Return the date columns that always follow another, and their distance from it.

    The rule must hold in every row, although the ranges of both columns overlap, and
    the later one must really be later in some rows. The nearest earlier column is
    taken.
    """
    columns = {each.name: each for each in export.tables[table].columns}
    pairs = [(a, b) for b in units for a in units if a != b]
    if not pairs:
        return {}
    relation = parts_in_sql(export.tables[table].parts)
    figures = ", ".join(
        _order_figures(columns[earlier], columns[later], units[later])
        for earlier, later in pairs
    )
    row = one_row(export.connection, f"SELECT {figures} FROM {relation}")
    found: dict[str, tuple[float, str]] = {}
    for at, (earlier, later) in enumerate(pairs):
        least, distance, rows, overlaps = row[4 * at : 4 * at + 4]
        rule = least is not None and least >= 0 and rows >= _LEAST_ROWS and overlaps
        if rule and distance > 0:
            found[later] = min(
                found.get(later, (distance, earlier)), (distance, earlier)
            )
    return {
        later: (
            earlier,
            ColumnMeasure(
                sql=_distance(columns[earlier], columns[later], units[later]),
                unit=units[later],
            ),
        )
        for later, (_, earlier) in found.items()
    }


def _distance(earlier: ExportColumn, later: ExportColumn, unit: Unit) -> str:
    return f"({moment_in_sql(later, unit)} - {moment_in_sql(earlier, unit)})"


def _order_figures(earlier: ExportColumn, later: ExportColumn, unit: Unit) -> str:
    distance = _distance(earlier, later, unit)
    ends, begins = moment_in_sql(earlier, unit), moment_in_sql(later, unit)
    return (
        f"min({distance}), avg({distance}), count({distance}), "
        f"max({ends}) > min({begins})"
    )
