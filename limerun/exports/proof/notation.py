"""Read a column's values whatever notation they are in, as SQL.

A birthday is the same as 1970-10-12, as 12.10.1970 and as 1970-10-12 00:00:00, and an
identifier as 17, as 17.0 and as "P-0017": a copy that only writes them otherwise has
hidden nothing.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import pyarrow as pa
import pyarrow.parquet as pq

from limerun.exports.duckdb_engine import one_row, text_in_sql
from limerun.exports.reading.value_types import typed
from limerun.exports.tables import Export, ExportColumn, ExportTable
from limerun.storage import name_in_sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NUMBERS = ("integer", "decimal")
_SAMPLE_ROWS = 1_024
_SAMPLE = "limerun_first_values"
_MOSTLY = 0.9
"""Of a sample's texts: so many have to be dates of one form."""
_PARTLY = 0.1
"""Of a sample's texts: so many have to hold digits, to be read as numbers."""
_LONGEST_DATE = 32
_ISO = "%Y-%m-%d"
_DATE_FORMS = (
    *(_ISO, f"{_ISO} %H:%M:%S", f"{_ISO}T%H:%M:%S", "%Y/%m/%d", "%Y.%m.%d"),
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%y-%m-%d", "%Y%m%d", "%y%m%d", "%d%m%Y"),
    *("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y"),
)
_CENTURY = 100

Place = tuple[ExportTable, ExportColumn]
"""A column, and the table that it is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """SQL for a column's values as what they may mean; None: they cannot mean it."""

    number: str | None = None
    """As a number."""
    digits: str | None = None
    """The number that the digits alone make, whatever stands around them."""
    day: str | None = None
    """As year (its last two digits, as some write no more), month and day in one number."""


_READINGS: WeakKeyDictionary["DuckDBPyConnection", dict[Place, Reading]] = (
    WeakKeyDictionary()
)
"""What was read already, for as long as a connection lives."""


def read_notation(export: Export, place: Place) -> Reading:
    """Return what the values of a column may mean; each column is looked at once.

    Args:
        export: For its connection.
        place: The column; a sample of its values tells the form of dates in it.
    """
    readings = _READINGS.setdefault(export.connection, {})
    if place not in readings:
        readings[place] = _read_notation(export, place)
    return readings[place]


def _read_notation(export: Export, place: Place) -> Reading:
    column = place[1]
    if column.type in ("date", "time"):
        return Reading(day=_day(typed(column)))
    text = f"trim(CAST({name_in_sql(column.name)} AS VARCHAR))"
    if column.type in _NUMBERS:
        whole = f"TRY_CAST(abs({typed(column)}) AS BIGINT)"
        _, form = _look_at(export, place, f"CAST({whole} AS VARCHAR)")
        return Reading(
            number=f"CAST({typed(column)} AS DOUBLE)",
            digits=whole if column.type == "integer" else None,
            day=form,
        )
    if column.type != "text":
        return Reading()
    has_digits, form = _look_at(export, place, text)
    digits = f"TRY_CAST(regexp_replace({text}, '[^0-9]', '', 'g') AS BIGINT)"
    return Reading(digits=digits if has_digits else None, day=form)


def compared_as(before: Reading, after: Reading) -> tuple[str, str] | None:
    """Return SQL for two columns as what both may mean; None: nothing."""
    for one, other in (
        (before.day, after.day),
        (before.number, after.number),
        (before.digits, after.digits),
    ):
        if one is not None and other is not None:
            return one, other
    return None


def _day(moment: str) -> str:
    return (
        f"(year({moment}) % {_CENTURY} * 10000 + month({moment}) * 100 + day({moment}))"
    )


def _look_at(export: Export, place: Place, text: str) -> tuple[bool, str | None]:
    """Return whether most texts hold digits; and SQL for the day if they are dates.

    The day is None where the texts are no dates, or not of one form.
    """
    counted = ", ".join(
        f"count(try_strptime(value, {text_in_sql(form)}))" for form in _DATE_FORMS
    )
    values = f"(SELECT {text} AS value FROM {_SAMPLE})"
    long_enough = "length(regexp_replace(value, '[^0-9]', '', 'g')) > 2"
    export.connection.register(_SAMPLE, _first_values(place))
    try:
        values_held, with_digits, as_dates = one_row(
            export.connection,
            "SELECT count(value), count(*) FILTER (regexp_matches(value, '[0-9]')), "
            f"count(*) FILTER ({long_enough} AND length(value) <= {_LONGEST_DATE}) "
            f"FROM {values}",
        )
        has_digits = with_digits > values_held * _PARTLY
        if not as_dates or as_dates < values_held * _MOSTLY:
            return has_digits, None
        counts = one_row(export.connection, f"SELECT {counted} FROM {values}")
    finally:
        export.connection.unregister(_SAMPLE)
    best = max(range(len(_DATE_FORMS)), key=counts.__getitem__)
    if counts[best] < values_held * _MOSTLY:
        return has_digits, None
    return has_digits, _day(f"try_strptime({text}, {text_in_sql(_DATE_FORMS[best])})")


def _first_values(place: Place) -> pa.Table:
    """Return the first values of a column that are not null, without the rest of it."""
    table, column = place
    schema = pq.read_schema(table.parts[0])
    found = [pa.schema([schema.field(column.name)]).empty_table()]
    for part in table.parts:
        with pq.ParquetFile(part) as file:
            for batch in file.iter_batches(_SAMPLE_ROWS, columns=[column.name]):
                held = pa.Table.from_batches([batch]).drop_null()
                found.append(held.slice(0, _SAMPLE_ROWS - sum(map(len, found))))
                if sum(map(len, found)) >= _SAMPLE_ROWS:
                    return pa.concat_tables(found)
    return pa.concat_tables(found)
