"""Texts, and values out of a list: options, sets, constants."""

from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # as above

from limerun.dataset.block import Block
from limerun.dataset.layout import Column
from limerun.dataset.moments import moments
from limerun.dataset.randomness import below
from limerun.dataset.vocabulary import Pool
from limerun.dataset.wording import choose, chosen, join, words_at
from limerun.storage import INTEGER_TYPES, REAL_TYPES, TIME_TYPES

_MOST_UNITS = 8
_USUAL = 50
"""Characters of a sentence."""
_UNITS = 256


def subject(block: Block, column: Column) -> pa.Array:
    """Make short phrases."""
    return choose(block, column.name, block.vocabulary.subjects)


def text(block: Block, column: Column) -> pa.Array:
    """Make sentences, up to the length."""
    longest: Any = column.options["length"]
    units = block.keep(column, lambda: _units(block, longest))
    most = min(max(longest // _USUAL, 1), _MOST_UNITS)
    counts = below(block.words(column.name, "count"), most)
    parts = [choose(block, column.name, units, "part 0")]
    for at in range(1, most):
        places = chosen(block, column.name, units, f"part {at}")
        there = pa.array(counts >= at)
        parts.append(" ")
        # The last of the words is nothing at all.
        words = pa.concat_arrays((units.array, pa.array([""])))
        parts.append(words_at(pc.if_else(there, places, len(units)), words))
    made = pc.utf8_slice_codeunits(join(*parts), 0, longest)
    return pc.utf8_rtrim_whitespace(made)


def _units(block: Block, longest: int) -> Pool:
    """Return what texts are made of: sentences, or for long texts paragraphs."""
    sentences = block.vocabulary.sentences
    each = longest // (_USUAL * _MOST_UNITS)
    if each <= 1:
        return sentences
    count = max(min(_UNITS, 8_000_000 // longest), 16)
    step = np.arange(count)[:, None] * 37 + np.arange(each)[None, :]
    return Pool(
        " ".join(sentences.values[at] for at in row)
        for row in (step % len(sentences)).tolist()
    )


def choice(block: Block, column: Column) -> pa.Array:
    """Make one value of a list: by weight, or the first ones more often."""
    options: Any = column.options

    def pool() -> Pool:
        falling = (60_000 // (at + 1) for at in range(len(options["options"])))
        return Pool(options["options"], options["weights"] or falling)

    return choose(block, column.name, block.keep(column, pool))


def keys(block: Block, column: Column) -> pa.Array:
    """Make sets: each key in one of three rows."""
    options: Any = column.options
    parts = []
    for at, key in enumerate(options["options"]):
        held = block.words(column.name, f"key {at}") % 3 == 0
        words = pa.array(["", f"{key};"])
        parts.append(words_at(pa.array(held.astype(np.int32)), words))
    return pc.utf8_rtrim(join(*parts), ";")


def constant(block: Block, column: Column) -> pa.Array:
    """Make the same value for every row."""
    if column.type in TIME_TYPES:
        return moments(block, column)
    value = column.options["value"]
    return pa.repeat(pa.scalar(value, arrow_type(column)), len(block))


def null(block: Block, column: Column) -> pa.Array:
    """Make nothing."""
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
