"""Generate texts from the row's other columns with a template."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limerun.dataset.design.layout import Column
from limerun.dataset.design.text_templates import TemplatePart, is_cut
from limerun.dataset.values.block import Block, masked
from limerun.dataset.values.numbers import formed
from limerun.dataset.words.weighted_lists import fold
from limerun.writers.date_texts import by_day
from limerun.writers.text_joins import join, words_at

_EMPTY = pa.array([""])


def template(block: Block, column: Column) -> pa.Array:
    """Generate the texts of a template; null if one of its columns is null."""
    pieces: Any = column.options["template"]
    parts: list[pa.Array | str] = []
    nulls = np.zeros(len(block), np.bool_)
    for at, piece in enumerate(pieces):
        if not piece.column:
            parts.append(piece.text)
            continue
        part = _written(block, column, at, piece)
        if part.null_count:
            nulls |= part.is_null().to_numpy(zero_copy_only=False)
            part = _without_nulls(part)
        parts.append(part)
    return masked(join(*parts), nulls)


def _without_nulls(part: pa.Array) -> pa.Array:
    if not isinstance(part, pa.DictionaryArray):
        return pc.fill_null(part, "")
    words = pa.concat_arrays((part.dictionary, _EMPTY))
    return words_at(pc.fill_null(part.indices, len(words) - 1), words)


def _written(block: Block, column: Column, at: int, piece: TemplatePart) -> pa.Array:
    """Return a column as text, with the filters and format of a template part."""
    if piece.column not in block.table.columns:  # the row's number
        return _text(block, pa.array(block.rows.astype(np.int64) + 1), piece.form)
    values = _text(block, block.values(piece.column), piece.form)
    for name in piece.filters:
        cache = block.recipe.cached(
            ("filtered", block.table.name, column.name, str(at), name), _FilterCache
        )
        values = _filtered(values, name, cache)
    if is_cut(piece.form):
        values = _on_words(
            values, lambda words: pc.utf8_slice_codeunits(words, 0, int(piece.form[1:]))
        )
    return values


def _text(block: Block, values: pa.Array, form: str) -> pa.Array:
    """Return values of any type as text, in a format for numbers or dates."""
    type = values.type
    if pa.types.is_date(type):
        return by_day(values, _writer(form or "%Y-%m-%d"))
    if pa.types.is_temporal(type):
        if form and not set(form) & set("HM"):
            return by_day(values.cast(pa.date32(), safe=False), _writer(form))
        return pc.strftime(values, format=form or "%Y-%m-%d %H:%M:%S")
    if pa.types.is_integer(type):
        return _numbers(values, form)
    if pa.types.is_floating(type):
        numbers = values.to_pylist()
        texts = [None if x is None else format(x, form or ".15g") for x in numbers]
        return pa.array(texts, pa.string())
    if pa.types.is_boolean(type):
        return pc.if_else(values, "true", "false")
    return values


@lru_cache(maxsize=32)
def _writer(form: str) -> Callable[[pa.Array], pa.Array]:
    """Return a function that formats dates; the same function for the same format."""
    return lambda dates: pc.strftime(dates.cast(pa.timestamp("s")), format=form)


def _numbers(values: pa.Array, form: str) -> pa.Array:
    texts = formed(pc.fill_null(values, 0).to_numpy(), form)
    if not values.null_count:
        return texts
    return masked(texts, values.is_null().to_numpy(zero_copy_only=False))


class _FilterCache:
    """Caches a dictionary's words before and after a filter, for the next blocks."""

    def __init__(self) -> None:
        self.before: pa.Array | None = None
        self.after: pa.Array | None = None


def _filtered(values: pa.Array, name: str, cache: _FilterCache) -> pa.Array:
    change = _FILTERS[name]
    if not isinstance(values, pa.DictionaryArray):
        return change(values)
    words = values.dictionary
    if cache.before is None or not _same(cache.before, words):
        cache.before, cache.after = words, change(words)
    return words_at(values.indices, cache.after)


def _same(one: pa.Array, other: pa.Array) -> bool:
    """Return whether two arrays share their memory."""
    here, there = (
        (
            len(each),
            each.offset,
            [buffer and buffer.address for buffer in each.buffers()],
        )
        for each in (one, other)
    )
    return here == there


def _on_words(values: pa.Array, change: Callable[[pa.Array], pa.Array]) -> pa.Array:
    if isinstance(values, pa.DictionaryArray):
        return words_at(values.indices, change(values.dictionary))
    return change(values)


def _slug(words: pa.Array) -> pa.Array:
    """Reduce words to the characters of addresses; each different word is folded once."""
    coded = words.dictionary_encode()
    folded = [
        None if word is None else fold(word) for word in coded.dictionary.to_pylist()
    ]
    return pa.array(folded, pa.string()).take(coded.indices)


_FILTERS: Mapping[str, Callable[[pa.Array], pa.Array]] = {
    "slug": _slug,
    "lower": pc.utf8_lower,
    "upper": pc.utf8_upper,
    "initial": lambda words: pc.utf8_slice_codeunits(words, 0, 1),
}
