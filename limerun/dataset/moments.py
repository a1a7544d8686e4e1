"""Dates and times, some of them after another of the same row."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # as above

from limerun.dataset.block import Block
from limerun.dataset.layout import Column
from limerun.dataset.options import moment
from limerun.dataset.randomness import Numbers, below

DAY = 86_400
_MOST_DAYS = 40_000
_PERIODS = {"month": 1, "quarter": 3, "year": 12}


def moments(block: Block, column: Column) -> pa.Array:
    """Make dates, or times where the property is one."""
    seconds = seconds_of(block, column)
    if seconds is None:
        return pa.nulls(len(block), pa.date32())
    if column.type == "time":
        return pa.array(seconds).cast(pa.timestamp("s"))
    days = seconds // DAY
    if column.type in _PERIODS:
        days = _floored(days, _PERIODS[column.type])
    return pa.array(days.astype(np.int32)).cast(pa.date32())


def _floored(days: Numbers, months: int) -> Numbers:
    """Return the first day of each period of so many months."""
    since = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    first = (since // months * months).astype("datetime64[M]")
    return first.astype("datetime64[D]").astype(np.int64)


def seconds_of(block: Block, column: Column) -> Numbers | None:
    """Return a time column in seconds since 1970; None: it is always null."""
    return block.once(f"seconds {column.name}", lambda: _seconds(block, column))


def _seconds(block: Block, column: Column) -> Numbers | None:
    options: Any = column.options
    if column.kind == "null":
        return None
    if column.kind == "constant":
        return np.full(len(block), moment(options["value"]))
    words = block.words(column.name)
    if options["after"] is None:
        return _between(words, options["from"], options["to"], column.type)
    start = seconds_of(block, block.table.columns[options["after"]])
    if start is None:
        return None
    days = below(words, options["within_days"]) + 1
    if column.type != "time":
        return (start // DAY + days) * DAY
    return start + days * DAY - below(block.words(column.name, "time"), DAY)


def _between(words: Any, first: int, last: int, type: str) -> Numbers:
    if type == "time":
        return below(words, last - first + 1) + first
    return (below(words, last // DAY - first // DAY + 1) + first // DAY) * DAY


def stored_text(array: pa.Array) -> pa.Array:
    """Return dates or times as text, as a limetype's table has them."""
    if pa.types.is_date(array.type):
        return _by_day(array, lambda days: stored_text(days.cast(pa.timestamp("s"))))
    return pc.cast(pc.cast(array, pa.timestamp("us")), pa.string())


def iso_text(array: pa.Array) -> pa.Array:
    """Return dates or times as text by ISO 8601, times in UTC."""
    if pa.types.is_date(array.type):
        return _by_day(array, lambda days: pc.cast(days, pa.string()))
    text = pc.cast(array, pa.string())
    return pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(text, 0, 10),
        "T",
        pc.utf8_slice_codeunits(text, 11),
        "+00:00",
        "",
    )


def _by_day(array: pa.Array, to_text: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Return dates as text, each day of their span written once."""
    days = array.cast(pa.int32())
    ends = pc.min_max(days)
    first, last = ends["min"].as_py(), ends["max"].as_py()
    if first is None:  # all are null
        return pa.nulls(len(array), pa.string())
    if last - first > _MOST_DAYS:
        return to_text(array)
    listed = np.arange(first, last + 1, dtype=np.int32)
    texts = to_text(pa.array(listed).cast(pa.date32()))
    return pa.DictionaryArray.from_arrays(pc.subtract(days, first), texts)
