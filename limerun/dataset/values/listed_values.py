"""Generate values from a list: options, sets, constants."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limerun.dataset.design.layout import Column
from limerun.dataset.values.block import Block
from limerun.dataset.values.dates import moments
from limerun.dataset.values.word_choices import choose_words
from limerun.dataset.words.weighted_lists import Pool
from limerun.dataset.words.zipf import zipf_weight
from limerun.storage import INTEGER_TYPES, REAL_TYPES, TIME_TYPES
from limerun.writers.text_joins import join, words_at

_KEYS_AT_ONCE = 8


def choice(block: Block, column: Column) -> pa.Array:
    """Generate values of a list, by weight or with the first ones more frequent."""
    options: Any = column.options

    def pool() -> Pool:
        skew = 1.0 if options["skew"] is None else options["skew"]
        ranks = range(1, len(options["options"]) + 1)
        falling = (int(zipf_weight(Decimal(rank), skew) * 10**9) + 1 for rank in ranks)
        return Pool(options["options"], options["weights"] or falling)

    return choose_words(block, column.name, block.cached(column, pool))


def keys(block: Block, column: Column) -> pa.Array:
    """Generate sets in which each key has a probability of one third."""
    options: Any = column.options
    names = options["options"]
    # A few keys at a time, so that all their subsets can be listed.
    parts = [
        _some_keys(block, column.name, start, names[start : start + _KEYS_AT_ONCE])
        for start in range(0, len(names), _KEYS_AT_ONCE)
    ]
    if len(parts) > 1:
        return pc.utf8_rtrim(join(*parts), ";")
    sets = pc.utf8_rtrim(parts[0].dictionary, ";")
    return words_at(parts[0].indices, sets)


def _some_keys(
    block: Block, name: str, start: int, keys: Sequence[str]
) -> pa.DictionaryArray:
    """Return a random subset of the keys for each row, with a semicolon after each."""
    chosen = np.zeros(len(block), np.int32)
    sets = [""]
    for at, key in enumerate(keys):
        has = block.words(name, f"key {start + at}") % np.uint64(3) == 0
        chosen |= has.astype(np.int32) << at
        sets += [f"{each}{key};" for each in sets]
    return words_at(pa.array(chosen), pa.array(sets, pa.string()))


def constant(block: Block, column: Column) -> pa.Array:
    """Generate the same value for every row."""
    if column.type in TIME_TYPES:
        return moments(block, column)
    value = column.options["value"]
    return pa.repeat(pa.scalar(value, arrow_type(column)), len(block))


def null(block: Block, column: Column) -> pa.Array:
    """Generate nulls."""
    if column.type in TIME_TYPES:
        return moments(block, column)
    return pa.nulls(len(block), arrow_type(column))


def arrow_type(column: Column) -> pa.DataType:
    """Return the Arrow type of a property's values."""
    if column.type == "yesno":
        return pa.bool_()
    if column.type in REAL_TYPES:
        return pa.float64()
    whole = column.type in INTEGER_TYPES or column.type == "belongsto"
    return pa.int64() if whole else pa.string()
