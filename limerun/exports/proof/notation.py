"""Read a column's values whatever notation they are in, as SQL.

A birthday is the same as 1970-10-12, as 12.10.1970 and as 1970-10-12 00:00:00, and an
identifier as 17, as 17.0 and as "P-0017": a copy that only writes them otherwise has
hidden nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from limerun.exports.engine import name_in_sql, parts_in_sql, text_in_sql
from limerun.exports.layout import Export, ExportColumn, ExportTable
from limerun.exports.types import typed

_NUMBERS = ("integer", "decimal")
_GLANCE_ROWS, _SAMPLE_ROWS = 16, 1_024
_MOSTLY = 0.9
"""Of a sample's texts: so many have to be dates of one form."""
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


def read_notation(export: Export, place: Place) -> Reading:
    """Return what the values of a column may mean.

    Args:
        export: For its connection.
        place: The column; a sample of its values tells the form of dates in it.
    """
    column = place[1]
    if column.type in ("date", "time"):
        return Reading(day=_day(typed(column)))
    text = f"trim(CAST({name_in_sql(column.name)} AS VARCHAR))"
    if column.type in _NUMBERS:
        whole = f"TRY_CAST(abs({typed(column)}) AS BIGINT)"
        form = _date_form(export, place, f"CAST({whole} AS VARCHAR)")
        return Reading(
            number=f"CAST({typed(column)} AS DOUBLE)",
            digits=whole if column.type == "integer" else None,
            day=form,
        )
    if column.type != "text":
        return Reading()
    digits = f"regexp_replace({text}, '[^0-9]', '', 'g')"
    return Reading(
        digits=f"TRY_CAST({digits} AS BIGINT)", day=_date_form(export, place, text)
    )


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


def _date_form(export: Export, place: Place, text: str) -> str | None:
    """Return SQL for the day in texts that are dates of one form; None: they are not."""
    table, column = place
    sample = (
        f"(SELECT {text} AS value FROM {parts_in_sql(table.parts)} WHERE "
        f"{name_in_sql(column.name)} IS NOT NULL AND length({text}) <= {_LONGEST_DATE} "
        "LIMIT "
    )
    # Most columns are no dates by the first values.
    [[digits]] = export.connection.execute(
        "SELECT coalesce(avg((length(regexp_replace(value, '[^0-9]', '', 'g')) > 2)"
        f"::INTEGER), 0) FROM {sample}{_GLANCE_ROWS})"
    ).fetchall()
    if digits < _MOSTLY:
        return None
    forms: Sequence[str] = _DATE_FORMS
    counted = ", ".join(
        f"count(try_strptime(value, {text_in_sql(form)}))" for form in forms
    )
    [[values, *counts]] = export.connection.execute(
        f"SELECT count(value), {counted} FROM {sample}{_SAMPLE_ROWS})"
    ).fetchall()
    best = max(range(len(forms)), key=counts.__getitem__)
    if not counts[best] or counts[best] < values * _MOSTLY:
        return None
    return _day(f"try_strptime({text}, {text_in_sql(forms[best])})")
