"""Generate numbers: sequences, integers, decimals, percentages and booleans."""

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limerun.dataset.design.layout import Column
from limerun.dataset.design.option_limits import units
from limerun.dataset.values.block import Block
from limerun.dataset.words.distributions import Distribution
from limerun.dataset.words.number_templates import zero_padded
from limerun.dataset.words.randomness import Numbers, below, threshold
from limerun.writers.text_joins import join


def sequence(block: Block, column: Column) -> pa.Array:
    """Generate numbers that increase by one from row to row."""
    options: Any = column.options
    numbers = block.rows_of(column.name).astype(np.int64) + options["start"]
    if options["format"] is None:
        return pa.array(numbers)
    before, form, after = options["format"]
    return join(before, formed(numbers, form), after)


def formed(numbers: Numbers, form: str) -> pa.Array:
    """Format whole numbers as text, with a Python format."""
    if form in ("", "d"):
        return pc.cast(pa.array(numbers), pa.string())
    padded = re.fullmatch(r"0(\d{1,2})d?", form)
    if padded and numbers.max(initial=0) < 10 ** min(int(padded[1]), 18):
        return zero_padded(numbers, int(padded[1]))
    return pa.array([format(number, form) for number in numbers.tolist()], pa.string())


def integer(block: Block, column: Column) -> pa.Array:
    """Generate whole numbers in the column's distribution."""
    options: Any = column.options
    return pa.array(_between(block, column, options["min"], options["max"]))


def decimal(block: Block, column: Column) -> pa.Array:
    """Generate decimal numbers in the column's distribution."""
    options: Any = column.options
    least, most = units(options)
    made = _between(block, column, least, most)
    # Every machine rounds the quotient of a whole number below 2^53 and a power of ten
    # alike.
    return pa.array(made / float(10 ** options["decimals"]))


def _between(block: Block, column: Column, least: int, most: int) -> Numbers:
    """Return whole numbers in the column's distribution."""
    if column.distinct:
        return block.permuted(column.name, most - least + 1).astype(np.int64) + least
    distribution: Any = column.options["distribution"]
    words = block.words(column.name)
    if distribution == "uniform":
        return below(words, most - least + 1) + least
    spread = block.cached(column, lambda: Distribution(least, most, distribution))
    return spread(words, block.words(column.name, "within"))


def percent(block: Block, column: Column) -> pa.Array:
    """Generate percentages at the column's interval."""
    options: Any = column.options
    steps = (options["max"] - options["min"]) // options["step"] + 1
    number = below(block.words(column.name), steps) * options["step"]
    return pa.array((number + options["min"]).astype(np.float64))


def yesno(block: Block, column: Column) -> pa.Array:
    """Generate booleans that are true with the column's rate."""
    rate: Any = column.options["rate"]
    if rate >= 1:
        return pa.array(np.ones(len(block), np.bool_))
    return pa.array(block.words(column.name) < threshold(rate))
