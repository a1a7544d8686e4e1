"""Make values less exact: keep a date's period, a number's step, a text's beginning."""

from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limerun.exports.anonymize.column_maps import Batch, with_nulls_of
from limerun.exports.anonymize.shifts import UsedTimes
from limerun.exports.anonymize.timestamps import DAY_SECONDS, read_timestamps
from limerun.exports.value_maps.permutations import Numbers

Period = Literal["year", "quarter", "month"]

_MONTHS: dict[Period, int] = {"year": 12, "quarter": 3, "month": 1}
_NEVER = 2.0


class PeriodColumnMap:
    """Replaces each date or time by the first unused day of its period.

    A day is unused if it occurs in no row, so it is nobody's real date. If all days of
    a period are in use, the first one is taken.
    """

    learns = True

    def __init__(self, period: Period) -> None:
        self._months = _MONTHS[period]
        self._days = UsedTimes(crowded=_NEVER)

    def learn(self, values: pa.Array, batch: Batch) -> None:
        """Learn the dates."""
        self._days.add(_days_of(values.drop_null()))

    def finish(self) -> None:
        """Find the unused days, after all dates were learned."""
        self._days.finish()

    def __call__(self, values: pa.Array, batch: Batch) -> pa.Array:
        """Return the days of the periods, at midnight if the values have a time."""
        timestamps = read_timestamps(values.drop_null())
        days = _days_of(values.drop_null()).astype("datetime64[D]")
        period = days.astype("datetime64[M]").astype(np.int64) // self._months
        first, after = (_first_days(at * self._months) for at in (period, period + 1))
        chosen = self._days.next_free(first, after - 1 - first)
        if timestamps.unit == "second":
            chosen = chosen * DAY_SECONDS
        return with_nulls_of(
            values, timestamps.write(chosen, np.zeros(len(chosen), np.int64))
        )


def _days_of(values: pa.Array) -> Numbers:
    timestamps = read_timestamps(values)
    if timestamps.unit == "day":
        return timestamps.numbers
    return timestamps.numbers // DAY_SECONDS


def _first_days(months: Numbers) -> Numbers:
    """Return the first days of months, which are counted from 1970."""
    days: Numbers = (
        months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    )
    return days


def to_step(values: pa.Array, step: float) -> pa.Array:
    """Round each number down to a multiple of a step, stored in the same type."""
    if pa.types.is_integer(values.type):
        whole = int(step)
        numbers = values.cast(pa.int64()).to_numpy()
        return pa.array(numbers // whole * whole).cast(values.type)
    if pa.types.is_floating(values.type):
        numbers = values.cast(pa.float64()).to_numpy()
        return pa.array(np.floor(numbers / step) * step).cast(values.type)
    floored = np.floor(values.cast(pa.float64()).to_numpy() / step) * step
    texts = pa.array(floored)
    if np.all(floored == np.rint(floored)) and (np.abs(floored) < 2**53).all():
        texts = texts.cast(pa.int64())
    return texts.cast(pa.string()).cast(values.type)


def to_beginning(texts: pa.StringArray, length: int) -> pa.StringArray:
    """Return texts with their first characters kept, and the rest masked."""
    kept = pc.utf8_slice_codeunits(texts, 0, length)
    rest = pc.utf8_slice_codeunits(texts, length, None)
    for pattern, instead in ((r"\d", "0"), (r"\p{Lu}", "X"), (r"\p{L}", "x")):
        if instead == "x":
            pattern = r"[^\PLX]"
        rest = pc.replace_substring_regex(rest, pattern, instead)
    return pc.binary_join_element_wise(kept, rest, "")
