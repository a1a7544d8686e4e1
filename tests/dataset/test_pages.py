"""SQLite's pages, made by hand: SQLite finds them whole and reads what was put in."""

import sqlite3
import struct
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limerun.dataset.cells_of_pages import LONGEST_RECORD, RowTooLong
from limerun.dataset.formats.encoding import placed
from limerun.dataset.pages import LOCK_BYTE, PAGE, LeafPages, leaves_of, tree

COLUMNS = ("id", "a", "b", "c", "d")
WORDS = ("", "ö", "x" * 70)


def blocks_of(rows: list[tuple[Any, ...]], cut: int) -> list[dict[str, pa.Array]]:
    blocks = []
    for start in range(0, len(rows), cut):
        part = rows[start : start + cut]
        a, b, c, d = zip(*part, strict=True)
        places = [None if each is None else WORDS.index(each) for each in d]
        blocks.append(
            {
                "id": pa.array(range(start + 1, start + len(part) + 1), pa.int64()),
                "a": pa.array(a, pa.string()),
                "b": pa.array(b, pa.int64()),
                "c": pa.array(c, pa.float64()),
                "d": pa.DictionaryArray.from_arrays(
                    pa.array(places, pa.int32()), pa.array(WORDS)
                ),
            }
        )
    return blocks


def make(
    path: Path, parts: list[list[dict[str, pa.Array]]], start: int | None = None
) -> Path:
    """Make a database of one table; its pages begin where the file ends, or later."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c REAL, d TEXT)"
        )
        connection.commit()
        ((root,),) = connection.execute("SELECT rootpage FROM sqlite_master")
    encoding = LeafPages(COLUMNS)
    notes = []
    with path.open("r+b") as file:
        at = first = file.seek(0, 2) if start is None else start
        for blocks in parts:
            part = encoding.part(blocks, first=False)
            spans = encoding.spans(at, part.size)
            for place, data in placed(part, spans):
                file.seek(place)
                file.write(data)
            notes.append(part.note)
            at = spans[-1][1]
        last = at // PAGE
        for number, page in tree(root, leaves_of(notes, first // PAGE + 1), last + 1):
            assert len(page) == PAGE
            last = max(last, number)
            file.seek((number - 1) * PAGE)
            file.write(page)
        file.seek(28)
        file.write(struct.pack(">I", last))
    return path


def ask(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def cut_short(
    block: dict[str, pa.Array], start: int, end: int | None
) -> dict[str, pa.Array]:
    return {name: array[start:end] for name, array in block.items()}


ROW = st.tuples(
    st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    st.none() | st.integers(-(2**63), 2**63 - 1) | st.integers(-300, 300),
    st.none() | st.floats(allow_nan=False),
    st.none() | st.sampled_from(WORDS),
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=st.lists(ROW, min_size=1, max_size=12),
    times=st.integers(200, 400),
    cut=st.integers(1, 900),
)
def test_sqlite_reads_what_was_put_in(
    rows: list[tuple[Any, ...]], times: int, cut: int, tmp_path: Path
) -> None:
    many = rows * times
    whole = blocks_of(many, cut)
    ends = [0, len(whole) // 2, len(whole)] if len(whole) > 1 else [0, 1]
    parts = [whole[start:end] for start, end in pairwise(ends)]
    if len(parts) == 1:  # a table is of two parts at least
        parts = [[cut_short(whole[0], 0, 100)], [cut_short(whole[0], 100, None)]]
    path = make(tmp_path / "a", parts)
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]
    assert ask(path, "SELECT a, b, c, d FROM t ORDER BY id") == many
    assert ask(path, f"SELECT b FROM t WHERE id = {len(many)}") == [(many[-1][1],)]


@pytest.mark.parametrize("cut", [1, 7, 1_000])
def test_pages_do_not_depend_on_blocks(cut: int) -> None:
    rows = [("y" * (at % 500), at, at / 7, WORDS[at % 3]) for at in range(1_000)]
    encoding = LeafPages(COLUMNS)
    whole = encoding.part(blocks_of(rows, 1_000), first=True)
    other = encoding.part(blocks_of(rows, cut), first=True)
    assert b"".join(whole.chunks) == b"".join(other.chunks)
    assert whole.note == other.note


@pytest.mark.parametrize("leaves", [371, 372, 373, 743])
def test_a_table_of_two_or_three_levels_is_whole(leaves: int, tmp_path: Path) -> None:
    rows = [("z" * 1_900, at, None, None) for at in range(leaves * 2)]
    path = make(tmp_path / "a", [blocks_of(rows, 500)])
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]
    assert ask(path, "SELECT a, b, c, d FROM t ORDER BY id") == rows


def test_a_table_of_four_levels_has_each_page_once() -> None:
    leaves = leaves_of([np.full(300_000, 9, "<u2").tobytes()], 100)
    above = dict(tree(2, leaves, 400_000))
    found: list[int] = []
    level = [2]
    while level[0] in above:
        level = [child for page in level for child in children_of(above[page])]
        found += level
    assert sorted(found) == sorted([*leaves.numbers.tolist(), *(set(above) - {2})])
    assert level == leaves.numbers.tolist()
    assert LOCK_BYTE // PAGE + 1 not in {*found, *above}


def children_of(page: bytes) -> list[int]:
    _, _, count, _, _, last = struct.unpack_from(">BHHHBI", page)
    places = struct.unpack_from(f">{count}H", page, 12)
    return [*(struct.unpack_from(">I", page, place)[0] for place in places), last]


@pytest.mark.parametrize("pages_before", [0, 1, 3, 20])
def test_the_page_of_the_locks_stays_empty(pages_before: int, tmp_path: Path) -> None:
    rows = [("x" * 1_000, at, 0.5, None) for at in range(100)]
    start = LOCK_BYTE - pages_before * PAGE
    path = make(tmp_path / "a", [blocks_of(rows, 100)], start)
    with path.open("rb") as file:
        file.seek(LOCK_BYTE)
        assert file.read(PAGE) == bytes(PAGE)
    assert ask(path, "SELECT a, b, c, d FROM t ORDER BY id") == rows
    # What lies before was left out, and no page else is wrong.
    told = {text for (text,) in ask(path, "PRAGMA integrity_check")}
    assert all("never used" in line for text in told for line in text.splitlines()[1:])


def test_a_row_may_just_fill_a_page() -> None:
    encoding = LeafPages(COLUMNS)
    # The record: its header of seven bytes, then the text; the rest is null.
    fitting = "x" * (LONGEST_RECORD - 7)
    part = encoding.part(blocks_of([(fitting, None, None, None)], 1), first=True)
    assert part.size == PAGE
    with pytest.raises(RowTooLong):
        encoding.part(blocks_of([(fitting + "x", None, None, None)], 1), first=True)


def test_small_numbers_take_little_room() -> None:
    encoding = LeafPages(COLUMNS)
    rows = [(None, number, None, None) for number in (0, 1, 127, -129, 2**40)]
    part = encoding.part(blocks_of(rows, 5), first=True)
    assert np.frombuffer(part.note, "<u2").tolist() == [5]
    content = struct.unpack_from(">H", b"".join(part.chunks), 5)[0]
    # Each cell: its length, its id, a header of six bytes, and the number.
    assert PAGE - content == 5 * (2 + 6) + 0 + 0 + 1 + 2 + 6
