"""Format dates and times as text; each different day is formatted only once. Pure."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_MOST_DAYS = 40_000
_DAYS_AT_ONCE = 1_024


def stored_text(array: pa.Array) -> pa.Array:
    """Format dates or times as stored in the table of a limetype."""
    if pa.types.is_date(array.type):
        return by_day(array, _stored_date)
    return pc.cast(pc.cast(array, pa.timestamp("us")), pa.string())


def iso_text(array: pa.Array) -> pa.Array:
    """Format dates or times in ISO 8601, times in UTC."""
    if pa.types.is_date(array.type):
        return by_day(array, _date_text)
    text = pc.cast(array, pa.string())
    return pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(text, 0, 10),
        "T",
        pc.utf8_slice_codeunits(text, 11),
        "+00:00",
        "",
    )


def by_day(array: pa.Array, to_text: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Format dates with a function that is called once per day of their range."""
    days = array.cast(pa.int32())
    ends = pc.min_max(days)
    first, last = ends["min"].as_py(), ends["max"].as_py()
    if first is None:  # all are null
        return pa.nulls(len(array), pa.string())
    if last - first > _MOST_DAYS:
        return to_text(array)
    first -= first % _DAYS_AT_ONCE
    texts = _day_texts(first, last + -last % _DAYS_AT_ONCE, to_text)
    return pa.DictionaryArray.from_arrays(pc.subtract(days, first), texts)


@lru_cache(maxsize=16)
def _day_texts(
    first: int, last: int, to_text: Callable[[pa.Array], pa.Array]
) -> pa.Array:
    """Return the text of each day in a range, cached for the next block."""
    listed = np.arange(first, last + 1, dtype=np.int32)
    return to_text(pa.array(listed).cast(pa.date32()))


def _date_text(dates: pa.Array) -> pa.Array:
    return pc.cast(dates, pa.string())


def _stored_date(dates: pa.Array) -> pa.Array:
    return stored_text(dates.cast(pa.timestamp("s")))
