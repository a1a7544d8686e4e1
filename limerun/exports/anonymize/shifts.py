"""Shift all dates and times of a row or person by the same distance, chosen by a key.

This keeps the order of the dates, and roughly the time between them. A date that a
column of the table uses is not a valid result: the next unused date is taken if it is
near. If nearly all dates are in use, no unused date is near.
"""

import numpy as np
import pyarrow as pa

from limerun.exports.anonymize.column_maps import Batch, with_nulls_of
from limerun.exports.anonymize.timestamps import DAY_SECONDS, read_timestamps
from limerun.exports.value_maps.key import Key
from limerun.exports.value_maps.numbers import NumberSet
from limerun.exports.value_maps.permutations import Numbers, keyed_permutation

_FIRST_DAY = int(np.datetime64("0001-01-01", "D").astype(np.int64))
_LAST_DAY = int(np.datetime64("9999-12-31", "D").astype(np.int64))
_ROW_BITS = 32
_STEPS = (DAY_SECONDS, 3_600, 60, 1)
_CROWDED = 0.05
"""Largest share of used days in a column's range; above it, too many dates coincide."""


class Calendar:
    """The dates and times of one table: which are in use, and which are free."""

    def __init__(self) -> None:
        self._used: dict[int, UsedTimes] = {}

    def by(self, step: int) -> "UsedTimes":
        """Return the calendar of times that are multiples of this number of seconds."""
        return self._used.setdefault(step, UsedTimes())

    def finish(self) -> None:
        """Find the free times, after all were added."""
        for used in self._used.values():
            used.finish()


class UsedTimes:
    """Numbers in use, and the next free number after each."""

    def __init__(self, crowded: float = _CROWDED) -> None:
        """Begin empty; if more than the share `crowded` is in use, replace nothing."""
        self._crowded = crowded
        self._seen = NumberSet()
        self._used_numbers = self._after = np.empty(0, np.int64)

    def add(self, numbers: Numbers) -> None:
        """Add numbers in use."""
        self._seen.add(numbers)

    def finish(self) -> None:
        """Find the next free numbers, unless too many are in use."""
        used, self._seen = self._seen.sorted(), NumberSet()
        if not len(used) or _share_in_use(used) > self._crowded:
            return
        last = np.ones(len(used), np.bool_)
        np.not_equal(used[1:], used[:-1] + 1, out=last[:-1])
        ends = np.flatnonzero(last)
        self._used_numbers = used
        self._after = used[ends[np.searchsorted(ends, np.arange(len(used)))]] + 1

    def next_free(self, numbers: Numbers, farthest: int | Numbers) -> Numbers:
        """Replace numbers in use by the next free one, if it is near.

        This does not change the order of the numbers.
        """
        if not len(self._used_numbers):
            return numbers
        at = np.searchsorted(self._used_numbers, numbers)
        at[at == len(self._used_numbers)] = 0
        free = self._after[at]
        used = (self._used_numbers[at] == numbers) & (free - numbers <= farthest)
        return np.where(used, free, numbers)


def _share_in_use(used: Numbers) -> float:
    """Return the share of a sorted column's range that is in use, without outliers."""
    edge = len(used) // 50
    inner = used[edge : len(used) - edge]
    return len(inner) / (int(inner[-1]) - int(inner[0]) + 1) if len(inner) > 1 else 0.0


class DateColumnMap:
    """Shifts a column of dates or times by a number of days that is never zero."""

    learns = True

    def __init__(
        self, key: Key, days: int, per: str | None, calendar: Calendar
    ) -> None:
        """Prepare a map that shifts dates by up to `days` in either direction.

        Columns with the same key are shifted together. The value in the column `per`
        determines the distance; without `per`, the row does.
        """
        self._key = key
        self._days = days
        self._per = per
        self._calendar = calendar
        self._low = keyed_permutation(key.derived("low"), 1 << _ROW_BITS)
        self._high = keyed_permutation(key.derived("high"), 1 << _ROW_BITS)
        self._seen = NumberSet()
        self._step = DAY_SECONDS

    def learn(self, values: pa.Array, batch: Batch) -> None:
        """Learn the dates."""
        timestamps = read_timestamps(values.drop_null())
        seconds = timestamps.numbers * (DAY_SECONDS if timestamps.unit == "day" else 1)
        self._step = next(
            step
            for step in _STEPS
            if self._step % step == 0 and not (seconds % step).any()
        )
        self._seen.add(seconds)

    def finish(self) -> None:
        """Add the dates to the calendar, now that their common step is known."""
        self._calendar.by(self._step).add(self._seen.sorted() // self._step)
        self._seen = NumberSet()

    def __call__(self, values: pa.Array, batch: Batch) -> pa.Array:
        """Return the shifted dates."""
        rows = self._numbered(batch)[values.is_valid().to_numpy(zero_copy_only=False)]
        by = self._drawn_days(self._low(rows)) * (DAY_SECONDS // self._step)
        timestamps = read_timestamps(values.drop_null())
        if timestamps.unit == "day":
            return with_nulls_of(
                values, timestamps.write(self._moved(timestamps.numbers, by), by)
            )
        drawn = self._high(rows)
        by += drawn % DAY_SECONDS // self._step
        moved = self._moved(timestamps.numbers // self._step, by) * self._step
        return with_nulls_of(values, timestamps.write(moved, drawn))

    def _moved(self, numbers: Numbers, by: Numbers) -> Numbers:
        """Return dates, as numbers of steps, shifted by these distances."""
        day = DAY_SECONDS // self._step
        moved = _within(numbers, by, _FIRST_DAY * day, _LAST_DAY * day)
        return self._calendar.by(self._step).next_free(moved, self._days * day)

    def _drawn_days(self, drawn: Numbers) -> Numbers:
        days = drawn % (2 * self._days) - self._days
        return days + (days >= 0)

    def _numbered(self, batch: Batch) -> Numbers:
        """Return a number for each row: its index, or a hash of the value in `per`."""
        rows = np.arange(batch.first, batch.first + len(batch.rows))
        if self._per is None:
            return rows
        column = batch.column(self._per).cast(pa.string())
        coded = column.dictionary_encode(null_encoding="encode")
        names = [name or "" for name in coded.dictionary.to_pylist()]
        keyed = self._key.words(name.encode() for name in names)
        numbers = (keyed >> np.uint64(64 - _ROW_BITS)).astype(np.int64)
        # Rows without such a value are shifted by their index.
        nameless = column.is_null().to_numpy(zero_copy_only=False)
        return np.where(nameless, rows, numbers[coded.indices.to_numpy()])


def _within(values: Numbers, by: Numbers, first: int, last: int) -> Numbers:
    """Shift values, in the other direction if they would leave the valid range."""
    over = np.where(by > 0, values > last - by, values < first - by)
    return np.where(over, values - by, values + by)
