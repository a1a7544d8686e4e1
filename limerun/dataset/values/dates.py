"""Generate dates and times, some of them after another date of the same row."""

from typing import Any

import numpy as np
import pyarrow as pa

from limerun.dataset.design.layout import Column
from limerun.dataset.design.option_limits import (
    DAY,
    HOUR,
    day_span,
    days_between,
    is_by_day,
    weekdays_before,
)
from limerun.dataset.design.option_types import moment
from limerun.dataset.values.birthdates import birth_days
from limerun.dataset.values.block import Block
from limerun.dataset.values.measured_values import seconds_of_like
from limerun.dataset.words.distributions import Distribution
from limerun.dataset.words.randomness import Numbers, below

_PERIODS = {"month": 1, "quarter": 3, "year": 12}


def moments(block: Block, column: Column) -> pa.Array:
    """Generate dates, or times for properties of type time."""
    if column.type == "time":
        seconds = seconds_of(block, column)
        if seconds is None:
            return pa.nulls(len(block), pa.date32())
        return pa.array(seconds).cast(pa.timestamp("s"))
    days = days_of(block, column)
    if days is None:
        return pa.nulls(len(block), pa.date32())
    if column.type in _PERIODS:
        days = _period_starts(block, column, days)
    return pa.array(days.astype(np.int32)).cast(pa.date32())


def _period_starts(block: Block, column: Column, days: Numbers) -> Numbers:
    """Return the first day of each period, later than the day in `after` if given."""
    months = _PERIODS[column.type]
    firsts = _first_days(days, months)
    after: Any = column.options.get("after")
    if after is None:
        return firsts
    before = days_of(block, block.table.columns[after])
    assert before is not None
    return np.where(firsts <= before, _first_days(days, months, later=1), firsts)


def _first_days(days: Numbers, months: int, later: int = 0) -> Numbers:
    """Return the first day of the period of each date, or of one `later` periods on."""
    since = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    first = ((since // months + later) * months).astype("datetime64[M]")
    return first.astype("datetime64[D]").astype(np.int64)


def days_of(block: Block, column: Column) -> Numbers | None:
    """Return a column of dates or times in days since 1970, or None if always null."""
    return block.once(f"days {column.name}", lambda: _days(block, column))


def seconds_of(block: Block, column: Column) -> Numbers | None:
    """Return a column of dates or times in seconds since 1970, or None if always null."""
    return block.once(f"seconds {column.name}", lambda: _seconds(block, column))


def _days(block: Block, column: Column) -> Numbers | None:
    if column.kind == "null":
        return None
    if column.kind == "birthdate":
        return birth_days(block, column)
    if column.type == "time" or column.kind not in ("date", "time"):
        seconds = seconds_of(block, column)
        return None if seconds is None else seconds // DAY
    options: Any = column.options
    if options["after"] is None:
        return _drawn_days(block, column)
    return _later_days(block, column)


def _drawn_days(block: Block, column: Column) -> Numbers:
    """Return days between two bounds, in the column's distribution."""
    count = days_between(column)
    if column.options["distribution"] == "recent":
        spread = block.cached(column, lambda: Distribution(0, count - 1, "exponential"))
        ago = spread(block.words(column.name), block.words(column.name, "within"))
        return _days_at(column, count - 1 - ago)
    return _days_at(column, _drawn(block, column, count))


def _days_at(column: Column, places: Numbers) -> Numbers:
    """Return days by their index among the possible days of a column."""
    first, _ = day_span(column)
    if not column.options["weekdays"]:
        return places + first
    weeks, day = np.divmod(places + weekdays_before(first), 5)
    return weeks * 7 + day - 3


def _later_days(block: Block, column: Column) -> Numbers | None:
    """Return days after those of another column."""
    options: Any = column.options
    start = days_of(block, block.table.columns[options["after"]])
    if start is None:
        return None
    days = start + below(block.words(column.name), options["within_days"]) + 1
    if not options["weekdays"]:
        return days
    weekend = (days + 3) % 7 - 5
    return np.where(weekend >= 0, days + 2 - weekend, days)


def _seconds(block: Block, column: Column) -> Numbers | None:
    options: Any = column.options
    if column.kind == "like":
        return _like(block, column)
    if column.kind == "constant":
        return np.full(len(block), moment(options["value"]))
    if column.kind in ("null", "birthdate") or column.type != "time":
        days = days_of(block, column)
        return None if days is None else days * DAY
    if options["after"] is None:
        return _drawn_seconds(block, column)
    days = _later_days(block, column)
    if days is None:
        return None
    if is_by_day(column):
        return days * DAY + _time_of_day(block, column)
    start = seconds_of(block, block.table.columns[options["after"]])
    assert start is not None
    later = days - start // DAY
    return start + later * DAY - below(block.words(column.name, "time"), DAY)


def _drawn_seconds(block: Block, column: Column) -> Numbers:
    """Return times between two bounds, in seconds since 1970."""
    if not is_by_day(column):
        options: Any = column.options
        first, last = int(options["from"]), int(options["to"])
        return _drawn(block, column, last - first + 1) + first
    if not column.distinct:
        return _drawn_days(block, column) * DAY + _time_of_day(block, column)
    hours = _hours(column)
    count = days_between(column) * len(hours) * HOUR
    places, seconds = np.divmod(_drawn(block, column, count), len(hours) * HOUR)
    return _days_at(column, places) * DAY + hours.start * HOUR + seconds


def _drawn(block: Block, column: Column, count: int) -> Numbers:
    """Return numbers below a count; all differ if the column is distinct."""
    if column.distinct:
        return block.permuted(column.name, count).astype(np.int64)
    return below(block.words(column.name), count)


def _hours(column: Column) -> range:
    hours: Any = column.options.get("hours")
    return range(*(hours or (0, 24)))


def _time_of_day(block: Block, column: Column) -> Numbers:
    """Return random seconds since midnight, within the column's hours."""
    hours = _hours(column)
    drawn = below(block.words(column.name, "time"), len(hours) * HOUR)
    return drawn + hours.start * HOUR


def _like(block: Block, column: Column) -> Numbers | None:
    seconds = seconds_of_like(block, column)
    after: Any = column.options["after"]
    if after is None:
        return seconds
    start = seconds_of(block, block.table.columns[after])
    if start is None:
        return None
    return start + seconds if column.type == "time" else start // DAY * DAY + seconds
