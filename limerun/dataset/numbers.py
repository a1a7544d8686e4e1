"""Numbers: sequences, whole numbers, amounts, percentages, yes and no."""

import re
from decimal import Context, Decimal
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # as above

from limerun.dataset.block import Block
from limerun.dataset.layout import Column
from limerun.dataset.limits import units
from limerun.dataset.randomness import Numbers, Words, below, threshold
from limerun.dataset.templates import zero_padded
from limerun.dataset.wording import join

_STEPS = 1_024
_PART = np.uint64(2**20 - 1)
_LARGEST_SUM = 3 * (2**20 - 1) + 1
_EXACT = Context(prec=40)


def sequence(block: Block, column: Column) -> pa.Array:
    """Make numbers that go up by one from row to row."""
    options: Any = column.options
    numbers = block.rows.astype(np.int64) + options["start"]
    if options["format"] is None:
        return pa.array(numbers)
    before, form, after = options["format"]
    return join(before, _formed(numbers, form), after)


def _formed(numbers: Numbers, form: str) -> pa.Array:
    if form in ("", "d"):
        return pc.cast(pa.array(numbers), pa.string())
    padded = re.fullmatch(r"0(\d{1,2})d?", form)
    if padded and numbers.max(initial=0) < 10 ** min(int(padded[1]), 18):
        return zero_padded(numbers, int(padded[1]))
    return pa.array([format(number, form) for number in numbers.tolist()], pa.string())


def integer(block: Block, column: Column) -> pa.Array:
    """Make whole numbers, each as likely as the others."""
    options: Any = column.options
    span = options["max"] - options["min"] + 1
    if column.unique:
        numbers = block.permuted(column.name, span).astype(np.int64)
    else:
        numbers = below(block.words(column.name), span)
    return pa.array(numbers + options["min"])


def decimal(block: Block, column: Column) -> pa.Array:
    """Make amounts: many small and few large ones, or all as likely."""
    options: Any = column.options
    least, most = units(options)
    words = block.words(column.name)
    chosen = options["distribution"] or ("uniform" if least < 0 else "lognormal")
    if chosen == "uniform":
        made = below(words, most - least + 1) + least
    else:
        points = block.keep(column, lambda: _geometric(least, most))
        low = points[_middling(words)]
        gap = points[_middling(words) + 1] - low
        within = below(block.words(column.name, "within"), gap.astype(np.uint64) + 1)
        made = low + within
    # A whole number below 2^53 divided by a power of ten is rounded the same way on
    # every machine.
    return pa.array(made / float(10 ** options["decimals"]))


def _geometric(least: int, most: int) -> Numbers:
    """Return the ends of steps that grow by the same factor."""
    low, high = Decimal(max(least, 1)), Decimal(max(most, 1))
    factor = _EXACT.power(high / low, Decimal(1) / _STEPS)
    points, point = [], low
    for _ in range(_STEPS):
        points.append(int(point))
        point = _EXACT.multiply(point, factor)
    points[0] = least
    return np.minimum(np.array([*points, most], np.int64), most)


def _middling(words: Words) -> Numbers:
    """Return steps, those in the middle more often: the sum of three draws."""
    total = words & _PART
    for _ in range(2):
        words = words >> np.uint64(20)
        total = total + (words & _PART)
    return (total * np.uint64(_STEPS) // np.uint64(_LARGEST_SUM)).astype(np.int64)


def percent(block: Block, column: Column) -> pa.Array:
    """Make percentages in whole steps."""
    options: Any = column.options
    steps = (options["max"] - options["min"]) // options["step"] + 1
    number = below(block.words(column.name), steps) * options["step"]
    return pa.array((number + options["min"]).astype(np.float64))


def yesno(block: Block, column: Column) -> pa.Array:
    """Make true as often as the rate says."""
    rate: Any = column.options["rate"]
    if rate >= 1:
        return pa.array(np.ones(len(block), np.bool_))
    return pa.array(block.words(column.name) < threshold(rate))
