"""Write sources: JSON Lines and CSV, whole columns at a time."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # as above

from limerun.dataset.block import BLOCK_ROWS, Block, Recipe
from limerun.dataset.layout import Source
from limerun.dataset.moments import iso_text
from limerun.dataset.randomness import Permutation, Words
from limerun.dataset.relations import follow
from limerun.progress import Progress

_AS_JSON = r'["\\\x00-\x1f]'
_AS_CSV = r'[",\r\n]'


def write_source(
    recipe: Recipe,
    source: Source,
    path: Path,
    progress: Progress,
    block_rows: int = BLOCK_ROWS,
) -> None:
    """Make a file of a source's rows."""
    to_text = _json_lines if source.format == "jsonl" else _csv_rows
    with path.open("wb") as file:
        if source.format == "csv":
            file.write(_csv_header(source))
        for done, columns in _blocks(recipe, source, block_rows):
            file.write(_joined_bytes(to_text(columns)))
            progress.rows_made(source.name, done, source.rows)


def _blocks(
    recipe: Recipe, source: Source, block_rows: int
) -> Iterator[tuple[int, dict[str, pa.Array]]]:
    """Yield how many rows are made, and the columns of the last of them."""
    stand_for = _Counterparts(recipe, source)
    for start in range(0, source.rows, block_rows):
        end = min(start + block_rows, source.rows)
        rows = np.arange(start, end, dtype=np.uint64)
        own = Block(recipe, source.own, rows)
        table = recipe.schema.table_of(source)
        there = None if table is None else Block(recipe, table, stand_for(rows))
        columns = {}
        for column in source.columns:
            block = own if column.own else there
            assert block is not None
            columns[column.name] = follow(block, column.path)
        yield end, columns


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
    _, offsets, data = lines.buffers()
    ends = np.frombuffer(offsets, np.int32)
    first, last = ends[lines.offset], ends[lines.offset + len(lines)]
    return memoryview(data)[first:last]


def _json_lines(columns: dict[str, pa.Array]) -> pa.Array:
    parts: list[Any] = []
    for name, array in columns.items():
        before = "{" if not parts else ","
        parts.append(f"{before}{json.dumps(name, ensure_ascii=False)}:")
        parts.append(pc.fill_null(_escaped(array, _AS_JSON, _json_text), "null"))
    return pc.binary_join_element_wise(*parts, "}\n", "")


def _csv_rows(columns: dict[str, pa.Array]) -> pa.Array:
    parts: list[Any] = []
    for array in columns.values():
        parts.append(pc.fill_null(_escaped(array, _AS_CSV, _csv_text), ""))
    cells = pc.binary_join_element_wise(*parts, ",")
    return pc.binary_join_element_wise(cells, "\r\n", "")


def _csv_header(source: Source) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow([column.name for column in source.columns])
    return line.getvalue().encode()


def _json_text(array: pa.Array, special: bool) -> pa.Array:
    if special:
        texts = array.to_pylist()
        encode = json.JSONEncoder(ensure_ascii=False).encode
        return pa.array([None if t is None else encode(t) for t in texts], pa.string())
    return pc.binary_join_element_wise('"', array, '"', "")


def _csv_text(array: pa.Array, special: bool) -> pa.Array:
    if not special:
        return array
    quoted = pc.binary_join_element_wise(
        '"', pc.replace_substring(array, '"', '""'), '"', ""
    )
    return pc.if_else(pc.match_substring_regex(array, _AS_CSV), quoted, array)


def _escaped(array: pa.Array, special: str, to_text: Any) -> pa.Array:
    """Return an array as the text of a file; nulls stay."""
    type = array.type
    if isinstance(array, pa.DictionaryArray):
        return _escaped(array.dictionary, special, to_text).take(array.indices)
    if pa.types.is_temporal(type):
        return to_text(iso_text(array), special=False)
    if not pa.types.is_string(type):
        return pc.cast(array, pa.string())
    found = pc.any(pc.match_substring_regex(array, special)).as_py()
    return to_text(array, special=bool(found))
