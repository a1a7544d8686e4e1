"""Write sources: JSON Lines and CSV, whole columns at a time."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # as above

from limerun.dataset.block import BLOCK_ROWS, Block, Recipe, fitting_rows
from limerun.dataset.layout import Source
from limerun.dataset.moments import iso_text
from limerun.dataset.randomness import Permutation, Words
from limerun.dataset.relations import follow
from limerun.dataset.wording import join, words_at
from limerun.progress import Progress

_AS_JSON = bytes(range(32)) + b'"\\'
_AS_CSV = b'",\r\n'
_encode = json.JSONEncoder(ensure_ascii=False).encode


def write_source(
    recipe: Recipe,
    source: Source,
    path: Path,
    progress: Progress,
    block_rows: int = BLOCK_ROWS,
) -> None:
    """Make a file of a source's rows."""
    with path.open("wb") as file:
        if source.format == "csv":
            file.write(_csv_header(source))
        for done, lines in _blocks(recipe, source, block_rows):
            file.write(_joined_bytes(lines))
            progress.rows_made(source.name, done, source.rows)


def _blocks(
    recipe: Recipe, source: Source, block_rows: int
) -> Iterator[tuple[int, pa.Array]]:
    """Yield how many rows are made, and the lines of the last of them."""
    to_text = _json_lines if source.format == "jsonl" else _csv_rows
    stand_for = _Counterparts(recipe, source)
    table = recipe.schema.table_of(source)
    reached = recipe.schema.tables.values() if table is not None else ()
    columns = chain(
        source.own.columns.values(), *(of.columns.values() for of in reached)
    )
    at_once = fitting_rows(columns, block_rows)
    for start in range(0, source.rows, at_once):
        end = min(start + at_once, source.rows)
        rows = np.arange(start, end, dtype=np.uint64)
        own = Block(recipe, source.own, rows)
        there = None if table is None else Block(recipe, table, stand_for(rows))
        made = {}
        for column in source.columns:
            block = own if column.own else there
            assert block is not None
            made[column.name] = follow(block, column.path)
        yield end, to_text(made)


class _Counterparts:
    """Which row of a limetype each row of a source stands for, all different.

    The first ones of a shuffled source are rows of the database, also shuffled; the
    others come after the table's end.
    """

    def __init__(self, recipe: Recipe, source: Source) -> None:
        table = recipe.schema.table_of(source)
        self._known = source.known
        self._rows = 0 if table is None else table.rows
        key = recipe.key(source.own.name, "", "order")
        self._order = Permutation(key, max(source.rows, 1))
        key = recipe.key(source.own.name, "", "rows")
        self._spread = Permutation(key, max(self._rows, 1))

    def __call__(self, rows: Words) -> Words:
        places = self._order(rows)
        known = places < np.uint64(self._known)
        if not self._known:
            return places + np.uint64(self._rows)
        held = self._spread(np.where(known, places, np.uint64(0)))
        beyond = places - np.uint64(self._known) + np.uint64(self._rows)
        return np.where(known, held, beyond)


def _joined_bytes(lines: pa.Array) -> memoryview:
    """Return the texts of an array one after another: they lie so already."""
    _, ends, data = lines.buffers()
    return memoryview(data)[: int(np.frombuffer(ends, np.int32)[len(lines)])]


def _json_lines(columns: dict[str, pa.Array]) -> pa.Array:
    parts: list[Any] = []
    for name, array in columns.items():
        before = "{" if not parts else ","
        parts.append(f"{before}{_encode(name)}:")
        parts.append(_cells(array, "null", _json_text))
    return join(*parts, "}\n")


def _csv_rows(columns: dict[str, pa.Array]) -> pa.Array:
    parts: list[Any] = []
    for array in columns.values():
        parts.append(_cells(array, "", _csv_text))
        parts.append(",")
    return join(*parts[:-1], "\r\n")


def _csv_header(source: Source) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow([column.name for column in source.columns])
    return line.getvalue().encode()


def _cells(
    array: pa.Array, nothing: str, to_text: Callable[[pa.Array], pa.Array]
) -> pa.Array:
    """Return the cells of a column as they are written; none of them null."""
    if pa.types.is_temporal(array.type):
        array = iso_text(array)
    if isinstance(array, pa.DictionaryArray):
        words = _cells(array.dictionary, nothing, to_text)
        if not array.indices.null_count:
            return words_at(array.indices, words)
        words = pa.concat_arrays((words, pa.array([nothing])))
        return words_at(pc.fill_null(array.indices, len(words) - 1), words)
    texts = pa.types.is_string(array.type)
    cells = to_text(array) if texts else pc.cast(array, pa.string())
    return pc.fill_null(cells, nothing) if cells.null_count else cells


def _holds(array: pa.Array, special: bytes) -> bool:
    """Tell whether any text of an array has one of these characters."""
    _, _, data = array.buffers()
    if data is None:
        return False
    every = bytes(data)
    return len(every.translate(None, special)) < len(every)


def _json_text(array: pa.Array) -> pa.Array:
    if _holds(array, _AS_JSON):
        texts = (None if text is None else _encode(text) for text in array.to_pylist())
        return pa.array(texts, pa.string())
    if array.null_count:
        return pc.binary_join_element_wise('"', array, '"', "")
    return join('"', array, '"') if len(array) else array


def _csv_text(array: pa.Array) -> pa.Array:
    if not _holds(array, _AS_CSV):
        return array
    quoted = pc.binary_join_element_wise(
        '"', pc.replace_substring(array, '"', '""'), '"', ""
    )
    return pc.if_else(pc.match_substring_regex(array, r'[",\r\n]'), quoted, array)
