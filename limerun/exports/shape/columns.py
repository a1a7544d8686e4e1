"""The shape of one column: how often its values come, how long or large they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from limerun.errors import ExportError
from limerun.exports.column_profile import ColumnProfile, Link
from limerun.exports.duckdb_engine import one_row, parts_in_sql
from limerun.exports.shape.forms import form_of
from limerun.exports.shape.lattice import (
    Lattice,
    cell_of,
    histogram_of,
    lattice_of_lengths,
    lattice_of_numbers,
)
from limerun.exports.shape.units import Measured, measure_of
from limerun.exports.tables import Export, ExportColumn
from limerun.records.shape import (
    LENGTH_TYPES,
    NAMEABLE_TYPES,
    Group,
    Histogram,
    ShapeColumn,
)
from limerun.storage import name_in_sql

_SINGLES = 16
"""Frequent values that are counted one by one in any column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A column to be measured."""

    export: Export
    table: str
    column: ExportColumn
    profile: ColumnProfile

    @property
    def relation(self) -> str:
        """The table, in SQL."""
        return parts_in_sql(self.export.tables[self.table].parts)

    @property
    def where(self) -> str:
        """The column, for messages."""
        return f"{self.table}.{self.column.name}"


def shape_column(subject: Subject, *, named: bool) -> ShapeColumn:
    """Return the shape of a column that is no link.

    Args:
        subject: The column.
        named: The user allows that its values are named.

    Raises:
        ExportError: They are to be named, and are too many.
    """
    profile = subject.profile
    if named:
        _check_nameable(subject)
    if not profile.distinct:
        return ShapeColumn(type=profile.type, nulls=profile.nulls, distinct=0)
    measured = measure_of(subject.export, subject.relation, subject.column)
    histogram = _histogram(subject, measured)
    text = profile.type == "text"
    form = form_of(subject.export, subject.relation, subject.column) if text else None
    options: tuple[str, ...] = ()
    if profile.low_cardinality:
        groups, cells, options = _one_by_one(subject, measured, histogram)
    else:
        groups, cells = grouped(profile.frequencies), ()
    return ShapeColumn(
        type=profile.type,
        nulls=profile.nulls,
        distinct=profile.distinct,
        groups=groups,
        histogram=histogram,
        cells=cells,
        form=form,
        decimals=measured.decimals,
        unit=measured.unit,
        options=options if named else (),
    )


def _check_nameable(subject: Subject) -> None:
    profile = subject.profile
    if not profile.low_cardinality:
        raise ExportError(
            f"--allow {subject.where}: it has {profile.distinct:,} different values in "
            f"{profile.values:,} rows; only those of a list of options can be named"
        )
    if profile.type not in NAMEABLE_TYPES:
        raise ExportError(
            f"--allow {subject.where}: its type is {profile.type}; only texts and "
            "numbers can be named"
        )


def shape_link(subject: Subject, link: Link, parents: int) -> ShapeColumn:
    """Return the shape of a column that holds another table's keys."""
    profile = subject.profile
    frequencies = profile.frequencies
    if link.orphans:
        frequencies = _without_orphans(subject, link)
    groups = grouped(frequencies)
    childless = parents - sum(group.values for group in groups)
    if childless:
        groups = (*groups, Group(values=childless, rows=0))
    return ShapeColumn(
        type=profile.type,
        nulls=profile.nulls,
        distinct=profile.distinct,
        groups=groups,
        parent=(link.parent_table, link.parent_column),
        orphans=link.orphans,
    )


def shape_after(subject: Subject, after: str, measured: Measured) -> ShapeColumn:
    """Return the shape of a date or time by how long it comes after another."""
    return ShapeColumn(
        type=subject.profile.type,
        nulls=subject.profile.nulls,
        distinct=subject.profile.distinct,
        histogram=_spread(
            subject,
            measured,
            f"SELECT {measured.sql} AS measure, 1 AS weight FROM {subject.relation}",
        ),
        unit=measured.unit,
        after=after,
    )


def grouped(frequencies: Sequence[tuple[int, int]]) -> tuple[Group, ...]:
    """Return groups of values that are about as frequent, the frequent ones first.

    Frequencies up to eight stay apart, and so do the most frequent values; others
    are together with those up to a quarter more frequent.

    Args:
        frequencies: How often a value occurs, and how many values occur so often.
    """
    groups: list[Group] = []
    bin_before: int | None = None
    for occurs, count in frequencies:
        here = _frequency_bin(occurs)
        if groups and here == bin_before and len(groups) > _SINGLES:
            last = groups.pop()
            count, rows = last.values + count, last.rows + occurs * count
        else:
            rows = occurs * count
        groups.append(Group(values=count, rows=rows))
        bin_before = here
    return tuple(groups)


def _frequency_bin(occurs: int) -> int:
    shift = max(occurs.bit_length() - 3, 0)
    return shift * 8 + (occurs >> shift)


def _histogram(subject: Subject, measured: Measured) -> Histogram | None:
    name = name_in_sql(subject.column.name)
    return _spread(
        subject,
        measured,
        f"SELECT {measured.sql} AS measure, 1 AS weight FROM "
        f"(SELECT DISTINCT {name} FROM {subject.relation} WHERE {name} IS NOT NULL)",
    )


def _spread(subject: Subject, measured: Measured, source: str) -> Histogram | None:
    """Return how measures are spread; None where nothing can be measured."""
    connection = subject.export.connection
    least, most = one_row(
        connection, f"SELECT min(measure), max(measure) FROM ({source})"
    )
    if least is None:
        return None
    lattice = _lattice(subject, measured, least, most)
    counts = connection.execute(
        f"SELECT {lattice.number_in_sql('measure')} AS step, sum(weight)::BIGINT "
        f"FROM ({source}) WHERE measure IS NOT NULL GROUP BY step"
    ).fetchall()
    return histogram_of(lattice, counts)


def _lattice(subject: Subject, measured: Measured, least: int, most: int) -> Lattice:
    if subject.profile.type in LENGTH_TYPES:
        return lattice_of_lengths(least)
    return lattice_of_numbers(least, most, measured.decimals)


def _one_by_one(
    subject: Subject, measured: Measured, histogram: Histogram | None
) -> tuple[tuple[Group, ...], tuple[int, ...], tuple[str, ...]]:
    """Return how often each value comes, its cell, and itself."""
    name = name_in_sql(subject.column.name)
    found = subject.export.connection.execute(
        f"SELECT count(*), {measured.sql}, CAST({name} AS VARCHAR) "
        f"FROM {subject.relation} WHERE {name} IS NOT NULL GROUP BY {name} "
        "ORDER BY 1 DESC, 2, 3"
    ).fetchall()
    groups = tuple(Group(values=1, rows=rows) for rows, _, _ in found)
    if histogram is None:
        return groups, (), ()
    cells = tuple(cell_of(histogram, measure or 0) for _, measure, _ in found)
    return groups, cells, tuple(text for _, _, text in found)


def _without_orphans(subject: Subject, link: Link) -> tuple[tuple[int, int], ...]:
    parents = parts_in_sql(subject.export.tables[link.parent_table].parts)
    child = f"CAST({name_in_sql(link.child_column)} AS VARCHAR)"
    parent = f"CAST({name_in_sql(link.parent_column)} AS VARCHAR)"
    found = subject.export.connection.execute(
        f"SELECT occurs, count(*) FROM (SELECT count(*) AS occurs "
        f"FROM {subject.relation} WHERE {child} IN (SELECT {parent} FROM {parents}) "
        f"GROUP BY {child}) GROUP BY occurs ORDER BY occurs DESC"
    )
    return tuple((occurs, count) for occurs, count in found.fetchall())
