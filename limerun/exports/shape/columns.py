"""Measure the shape of one column: frequencies of values, and a histogram."""

from collections.abc import Sequence
from dataclasses import dataclass

from limerun.errors import ExportError
from limerun.exports.column_profile import ColumnProfile, Link
from limerun.exports.duckdb_engine import (
    one_row,
    parts_in_sql,
    text_in_sql,
)
from limerun.exports.shape.column_measure import ColumnMeasure, measure_of
from limerun.exports.shape.histogram_bins import (
    BinGrid,
    cell_of,
    grid_for_lengths,
    grid_for_numbers,
    histogram_of,
)
from limerun.exports.tables import Export, ExportColumn
from limerun.records.shape import (
    LENGTH_TYPES,
    NAMEABLE_TYPES,
    Form,
    Group,
    Histogram,
    ShapeColumn,
)
from limerun.storage import name_in_sql

_SINGLES = 16
"""Number of most frequent values that always have their own group."""
_SAMPLE_ROWS = 2_048
_PATTERNS: tuple[tuple[Form, str], ...] = (
    ("num", r"[0-9]+"),
    ("hex", r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"),
    ("@", r"[^@\s]+@[^@\s]+\.[^@\s.]+"),
    ("url", r"[A-Za-z]+://\S+"),
    ("tel", r"[+(]?[0-9][-0-9 ()/]*[0-9]"),
    ("abc", r"\p{L}+"),
    ("a b", "[\\p{L}\\p{M}][\\p{L}\\p{M}\\p{N} .,'\u2019&:;!?()/-]*"),
)
"""The first pattern that fits all values is taken; only "any" fits an empty text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A column to measure."""

    export: Export
    table: str
    column: ExportColumn
    profile: ColumnProfile

    @property
    def relation(self) -> str:
        """The table, as SQL."""
        return parts_in_sql(self.export.tables[self.table].parts)

    @property
    def where(self) -> str:
        """The column, for messages."""
        return f"{self.table}.{self.column.name}"


def shape_column(subject: Subject, *, named: bool) -> ShapeColumn:
    """Return the shape of a column that is not a link.

    Raises:
        ExportError: Its values were requested, but the column is not a list of options.
    """
    profile = subject.profile
    if named:
        _check_nameable(subject)
    if not profile.distinct:
        return ShapeColumn(type=profile.type, nulls=profile.nulls, distinct=0)
    measured = measure_of(subject.export, subject.relation, subject.column)
    histogram = _value_histogram(subject, measured)
    text = profile.type == "text"
    form = form_of(subject.export, subject.relation, subject.column) if text else None
    options: tuple[str, ...] = ()
    if profile.low_cardinality:
        groups, cells, options = _count_each_value(subject, measured, histogram)
    else:
        groups, cells = group_frequencies(profile.frequencies), ()
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
            f"--allow {subject.where}: the column has {profile.distinct:,} different "
            f"values in {profile.values:,} rows; only columns with few, often repeated "
            "values can be allowed"
        )
    if profile.type not in NAMEABLE_TYPES:
        raise ExportError(
            f"--allow {subject.where}: the column has the type {profile.type}; only "
            "texts and numbers can be allowed"
        )


def shape_link(subject: Subject, link: Link, parents: int) -> ShapeColumn:
    """Return the shape of a column that contains another table's keys."""
    profile = subject.profile
    frequencies = profile.frequencies
    if link.orphans:
        frequencies = _without_orphans(subject, link)
    groups = group_frequencies(frequencies)
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


def shape_after(subject: Subject, after: str, measured: ColumnMeasure) -> ShapeColumn:
    """Return the shape of a date or time as its distance from an earlier one."""
    return ShapeColumn(
        type=subject.profile.type,
        nulls=subject.profile.nulls,
        distinct=subject.profile.distinct,
        histogram=_measure_histogram(
            subject,
            measured,
            f"SELECT {measured.sql} AS measure, 1 AS weight FROM {subject.relation}",
        ),
        unit=measured.unit,
        after=after,
    )


def group_frequencies(frequencies: Sequence[tuple[int, int]]) -> tuple[Group, ...]:
    """Group values of similar frequency, the most frequent first.

    Each frequency up to eight has its own group, as does each of the most frequent
    values. Other groups combine frequencies that differ by up to a quarter.
    """
    groups: list[Group] = []
    previous_bin: int | None = None
    for occurs, count in frequencies:
        here = _frequency_bin(occurs)
        if groups and here == previous_bin and len(groups) > _SINGLES:
            last = groups.pop()
            count, rows = last.values + count, last.rows + occurs * count
        else:
            rows = occurs * count
        groups.append(Group(values=count, rows=rows))
        previous_bin = here
    return tuple(groups)


def _frequency_bin(occurs: int) -> int:
    shift = max(occurs.bit_length() - 3, 0)
    return shift * 8 + (occurs >> shift)


def _value_histogram(subject: Subject, measured: ColumnMeasure) -> Histogram | None:
    name = name_in_sql(subject.column.name)
    return _measure_histogram(
        subject,
        measured,
        f"SELECT {measured.sql} AS measure, 1 AS weight FROM "
        f"(SELECT DISTINCT {name} FROM {subject.relation} WHERE {name} IS NOT NULL)",
    )


def _measure_histogram(
    subject: Subject, measured: ColumnMeasure, source: str
) -> Histogram | None:
    """Return the histogram of measures; None: nothing can be measured."""
    connection = subject.export.connection
    least, most = one_row(
        connection, f"SELECT min(measure), max(measure) FROM ({source})"
    )
    if least is None:
        return None
    grid = _grid(subject, measured, least, most)
    counts = connection.execute(
        f"SELECT {grid.number_in_sql('measure')} AS step, sum(weight)::BIGINT "
        f"FROM ({source}) WHERE measure IS NOT NULL GROUP BY step"
    ).fetchall()
    return histogram_of(grid, counts)


def _grid(subject: Subject, measured: ColumnMeasure, least: int, most: int) -> BinGrid:
    if subject.profile.type in LENGTH_TYPES:
        return grid_for_lengths(least)
    return grid_for_numbers(least, most, measured.decimals)


def _count_each_value(
    subject: Subject, measured: ColumnMeasure, histogram: Histogram | None
) -> tuple[tuple[Group, ...], tuple[int, ...], tuple[str, ...]]:
    """Return the frequency, histogram cell and text of each value."""
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


def form_of(export: Export, relation: str, column: ExportColumn) -> Form:
    """Return the form that every value of a text column has."""
    name = f"CAST({name_in_sql(column.name)} AS VARCHAR)"
    fitting = list(_PATTERNS)
    # A sample rules out most patterns; all values decide among the rest.
    for source in (f"(SELECT * FROM {relation} LIMIT {_SAMPLE_ROWS})", relation):
        if fitting:
            tests = ", ".join(
                f"bool_and(regexp_full_match({name}, {text_in_sql(pattern)}))"
                for _, pattern in fitting
            )
            found = one_row(export.connection, f"SELECT {tests} FROM {source}")
            fitting = [
                each
                for each, fits in zip(fitting, found, strict=True)
                if fits or fits is None
            ]
    return fitting[0][0] if fitting else "any"
