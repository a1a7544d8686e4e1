"""Which dates and times never come before another of the same row."""

from collections.abc import Mapping

from limerun.exports.duckdb_engine import one_row, parts_in_sql
from limerun.exports.shape.units import Measured, moment_in_sql
from limerun.exports.tables import Export, ExportColumn
from limerun.records.shape import Unit

_TELLING = 20
"""Rows in which one comes after the other, to take that for a rule."""


def find_order(
    export: Export, table: str, units: Mapping[str, Unit]
) -> dict[str, tuple[str, Measured]]:
    """Return the columns that come after another, with it and how to measure by it.

    A rule is what holds in every row, though the spans of the two overlap, and the
    later one is really later in some; the nearest earlier one is taken.

    Args:
        export: What the table belongs to.
        table: Its name.
        units: Its dates and times, and the unit of each.
    """
    columns = {each.name: each for each in export.tables[table].columns}
    pairs = [(a, b) for b in units for a in units if a != b]
    if not pairs:
        return {}
    relation = parts_in_sql(export.tables[table].parts)
    asked = ", ".join(
        _asked(columns[earlier], columns[later], units[later])
        for earlier, later in pairs
    )
    row = one_row(export.connection, f"SELECT {asked} FROM {relation}")
    found: dict[str, tuple[float, str]] = {}
    for at, (earlier, later) in enumerate(pairs):
        least, distance, rows, overlaps = row[4 * at : 4 * at + 4]
        rule = least is not None and least >= 0 and rows >= _TELLING and overlaps
        if rule and distance > 0:
            found[later] = min(
                found.get(later, (distance, earlier)), (distance, earlier)
            )
    return {
        later: (
            earlier,
            Measured(
                sql=_distance(columns[earlier], columns[later], units[later]),
                unit=units[later],
            ),
        )
        for later, (_, earlier) in found.items()
    }


def _distance(earlier: ExportColumn, later: ExportColumn, unit: Unit) -> str:
    return f"({moment_in_sql(later, unit)} - {moment_in_sql(earlier, unit)})"


def _asked(earlier: ExportColumn, later: ExportColumn, unit: Unit) -> str:
    distance = _distance(earlier, later, unit)
    ends, begins = moment_in_sql(earlier, unit), moment_in_sql(later, unit)
    return (
        f"min({distance}), avg({distance}), count({distance}), "
        f"max({ends}) > min({begins})"
    )
