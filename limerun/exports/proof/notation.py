"""Detect the meaning of a column's values in any notation, and return it as SQL.

A birthday is the same as 1970-10-12, 12.10.1970 and 1970-10-12 00:00:00, and an id as
17, 17.0 and "P-0017": a copy that only changes the notation hides nothing.
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
"""Share of a sample that must be dates in one format."""
_PARTLY = 0.1
"""Share of a sample that must contain digits, for texts to be read as numbers."""
_LONGEST_DATE = 32
_ISO = "%Y-%m-%d"
_DATE_FORMS = (
    *(_ISO, f"{_ISO} %H:%M:%S", f"{_ISO}T%H:%M:%S", "%Y/%m/%d", "%Y.%m.%d"),
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%y-%m-%d", "%Y%m%d", "%y%m%d", "%d%m%Y"),
    *("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y"),
)
_CENTURY = 100
MEANINGS = ("day", "number", "digits")
"""The possible meanings, in the order in which they are tried."""

TableColumn = tuple[ExportTable, ExportColumn]
"""A column and its table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notation:
    """SQL for each possible meaning of a column's values; None: impossible."""

    number: str | None = None
    """The value as a number."""
    digits: str | None = None
    """The number that the digits of a text form, ignoring all other characters."""
    day: str | None = None
    """Year, month and day in one number; the year has two digits, since some formats
    have no more."""


_NOTATIONS: WeakKeyDictionary["DuckDBPyConnection", dict[TableColumn, Notation]] = (
    WeakKeyDictionary()
)
"""The notations already detected, for as long as the connection lives."""


def detect_notation(export: Export, place: TableColumn) -> Notation:
    """Return the possible meanings of a column's values, judged by a sample.

    Each column is sampled only once per connection.
    """
    notations = _NOTATIONS.setdefault(export.connection, {})
    if place not in notations:
        notations[place] = _detect_notation(export, place)
    return notations[place]


def _detect_notation(export: Export, place: TableColumn) -> Notation:
    column = place[1]
    if column.type in ("date", "time"):
        return Notation(day=_day(typed(column)))
    text = f"trim(CAST({name_in_sql(column.name)} AS VARCHAR))"
    if column.type in _NUMBERS:
        whole = f"TRY_CAST(abs({typed(column)}) AS BIGINT)"
        _, form = _sample_notation(export, place, f"CAST({whole} AS VARCHAR)")
        return Notation(
            number=f"CAST({typed(column)} AS DOUBLE)",
            digits=whole if column.type == "integer" else None,
            day=form,
        )
    if column.type != "text":
        return Notation()
    has_digits, form = _sample_notation(export, place, text)
    digits = f"TRY_CAST(regexp_replace({text}, '[^0-9]', '', 'g') AS BIGINT)"
    return Notation(digits=digits if has_digits else None, day=form)


def shared_meaning(one: Notation, other: Notation) -> str | None:
    """Return the first meaning that two columns share: a field of `Notation`."""
    for meaning in MEANINGS:
        if getattr(one, meaning) is not None and getattr(other, meaning) is not None:
            return meaning
    return None


def comparable_sql(before: Notation, after: Notation) -> tuple[str, str] | None:
    """Return SQL for two columns in their shared meaning; None if they share none."""
    meaning = shared_meaning(before, after)
    if meaning is None:
        return None
    return getattr(before, meaning), getattr(after, meaning)


def _day(moment: str) -> str:
    return (
        f"(year({moment}) % {_CENTURY} * 10000 + month({moment}) * 100 + day({moment}))"
    )


def _sample_notation(
    export: Export, place: TableColumn, text: str
) -> tuple[bool, str | None]:
    """Return whether texts contain digits, and SQL for the day if they are dates.

    The day is None if the texts are not dates, or have no common format.
    """
    counted = ", ".join(
        f"count(try_strptime(value, {text_in_sql(form)}))" for form in _DATE_FORMS
    )
    values = f"(SELECT {text} AS value FROM {_SAMPLE})"
    long_enough = "length(regexp_replace(value, '[^0-9]', '', 'g')) > 2"
    export.connection.register(_SAMPLE, _first_values(place))
    try:
        values_seen, with_digits, as_dates = one_row(
            export.connection,
            "SELECT count(value), count(*) FILTER (regexp_matches(value, '[0-9]')), "
            f"count(*) FILTER ({long_enough} AND length(value) <= {_LONGEST_DATE}) "
            f"FROM {values}",
        )
        has_digits = with_digits > values_seen * _PARTLY
        if not as_dates or as_dates < values_seen * _MOSTLY:
            return has_digits, None
        counts = one_row(export.connection, f"SELECT {counted} FROM {values}")
    finally:
        export.connection.unregister(_SAMPLE)
    best = max(range(len(_DATE_FORMS)), key=counts.__getitem__)
    if counts[best] < values_seen * _MOSTLY:
        return has_digits, None
    return has_digits, _day(f"try_strptime({text}, {text_in_sql(_DATE_FORMS[best])})")


def _first_values(place: TableColumn) -> pa.Table:
    """Return the first values of a column that are not null."""
    table, column = place
    schema = pq.read_schema(table.parts[0])
    found = [pa.schema([schema.field(column.name)]).empty_table()]
    for part in table.parts:
        with pq.ParquetFile(part) as file:
            for batch in file.iter_batches(_SAMPLE_ROWS, columns=[column.name]):
                values = pa.Table.from_batches([batch]).drop_null()
                found.append(values.slice(0, _SAMPLE_ROWS - sum(map(len, found))))
                if sum(map(len, found)) >= _SAMPLE_ROWS:
                    return pa.concat_tables(found)
    return pa.concat_tables(found)
