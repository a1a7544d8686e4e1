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
from limerun.dataset.wording import choose, chosen
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
    if most == 1:
        made = units.array.take(chosen(block, column.name, units))
    else:
        counts = below(block.words(column.name, "count"), most) + 1
        parts = [_part(block, column, units, counts, at) for at in range(most)]
        made = pc.binary_join_element_wise(*parts, " ", null_handling="skip")
    return pc.utf8_rtrim_whitespace(pc.utf8_slice_codeunits(made, 0, longest))


def _part(block: Block, column: Column, units: Pool, counts: Any, at: int) -> pa.Array:
    places = chosen(block, column.name, units, f"part {at}")
    missing = pa.array(counts <= at)
    return units.array.take(pc.if_else(missing, pa.scalar(None, pa.int32()), places))


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
        held = pa.array(block.words(column.name, f"key {at}") % 3 == 0)
        parts.append(pc.if_else(held, key, pa.scalar(None, pa.string())))
    return pc.binary_join_element_wise(*parts, ";", null_handling="skip")


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
