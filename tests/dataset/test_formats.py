"""Files of each format can be read back, and are the same for any block size."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from limerun.dataset.output.encodings import EncodedPart, Encoding
from limerun.dataset.output.executor import SerialExecutor
from limerun.dataset.output.journal import chained
from limerun.dataset.output.parquet_files import write_parquet
from limerun.dataset.output.parts import ENCODINGS, OutputPiece, PieceFormat
from limerun.dataset.output.text_files import write_text
from limerun.dataset.output.value_digests import digest_values

FORMATS: tuple[PieceFormat, ...] = ("csv", "jsonl", "json", "parquet")
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
TYPES = {
    "text": (pa.string(), TEXTS),
    "whole": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "real": (pa.float64(), st.floats(-1e9, 1e9).map(lambda value: round(value, 2))),
    "truth": (pa.bool_(), st.booleans()),
    "day": (pa.date32(), st.dates(date(1900, 1, 1), date(2100, 1, 1))),
    "word": (pa.dictionary(pa.int32(), pa.string()), st.sampled_from(["å", "b,", '"'])),
}

ROWS = st.lists(
    st.tuples(*(st.none() | values for _, values in TYPES.values())), max_size=17
)


def columns_of(rows: list[tuple[Any, ...]]) -> dict[str, pa.Array]:
    values = list(zip(*rows, strict=True)) or [()] * len(TYPES)
    made = {}
    for (name, (type, _)), column in zip(TYPES.items(), values, strict=True):
        if name == "word":  # as the generator has it: one list of words for all blocks
            words = ["å", "b,", '"']
            places = [None if each is None else words.index(each) for each in column]
            made[name] = pa.DictionaryArray.from_arrays(
                pa.array(places, pa.int32()), pa.array(words)
            )
        else:
            made[name] = pa.array(column, type)
    return made


Blocks = list[Mapping[str, pa.Array]]


def in_parts(blocks: Sequence[Mapping[str, pa.Array]], part_rows: int) -> list[Blocks]:
    """Return blocks as parts with this number of rows, at least one part."""
    parts: list[Blocks] = [[]]
    room = part_rows
    for block in blocks:
        count, start = len(next(iter(block.values()))), 0
        while start < count or not parts[0]:
            if not room:
                parts.append([])
                room = part_rows
            taken = {name: array.slice(start, room) for name, array in block.items()}
            parts[-1].append(taken)
            made = len(next(iter(taken.values())))
            start, room = start + made, room - made
    return parts


class FixedParts(SerialExecutor):
    """Returns given blocks as parts."""

    def __init__(self, encoding: Encoding, parts: list[Blocks]) -> None:
        self.encoding = encoding
        self._parts = parts

    def maker(self, piece: OutputPiece) -> Any:
        return self

    def parts(self, piece: OutputPiece, first: int = 0) -> Iterator[EncodedPart]:
        for number, blocks in enumerate(self._parts):
            yield self.encoding.part(blocks, first=number == 0)


def write(
    path: Path,
    format: PieceFormat,
    blocks: Sequence[Mapping[str, pa.Array]],
    part_rows: int = 5,
) -> Path:
    executor = FixedParts(
        ENCODINGS[format](list(blocks[0])), in_parts(blocks, part_rows)
    )
    piece = OutputPiece(name="it", kind="source", format=format)
    path.unlink(missing_ok=True)
    with TemporaryDirectory() as journals:
        writer = write_parquet if format == "parquet" else write_text
        writer(executor, piece, path, Path(journals))
    return path


def read(path: Path, format: PieceFormat) -> Any:
    """Return the rows of a file; all cells of a CSV file are text."""
    if format == "parquet":
        return parquet.read_table(path).to_pylist()
    text = path.read_bytes().decode()
    if format == "json":
        return json.loads(text)
    if format == "jsonl":
        return [json.loads(line) for line in text.split("\n") if line]
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def expected(rows: list[tuple[Any, ...]], format: PieceFormat) -> list[dict[str, Any]]:
    def cell(value: Any) -> Any:
        if format == "parquet":
            return value
        if isinstance(value, date):
            value = value.isoformat()
        if format != "csv":
            return value
        if isinstance(value, float):
            return pytest.approx(value)
        if isinstance(value, bool):
            return str(value).lower()
        return "" if value is None else str(value)

    return [dict(zip(TYPES, map(cell, row), strict=True)) for row in rows]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=ROWS,
    cut=st.integers(1, 9),
    format=st.sampled_from(FORMATS),
)
def test_rows_survive_writing_in_blocks_of_any_size(
    rows: list[tuple[Any, ...]], cut: int, format: PieceFormat, tmp_path: Path
) -> None:
    starts = range(0, max(len(rows), 1), cut)
    blocks = [columns_of(rows[start : start + cut]) for start in starts]
    path = write(tmp_path / "cut", format, blocks)
    whole = write(tmp_path / "whole", format, [columns_of(rows)])
    assert path.read_bytes() == whole.read_bytes()
    found = read(path, format)
    if format == "csv":
        for row in found:
            row["real"] = float(row["real"]) if row["real"] else ""
    assert found == expected(rows, format)


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_without_rows_is_valid(format: PieceFormat, tmp_path: Path) -> None:
    path = write(tmp_path / "none", format, [columns_of([])])
    assert read(path, format) == []
    if format == "parquet":
        assert parquet.read_table(path).schema.names == list(TYPES)
    else:
        texts = {"csv": b"text,whole,real,truth,day,word\r\n", "json": b"[]\n"}
        assert path.read_bytes() == texts.get(format, b"")


def test_a_json_array_has_one_row_per_line(tmp_path: Path) -> None:
    blocks = [{"a": pa.array([1, 2])}, {"a": pa.array([3])}]
    path = write(tmp_path / "a", "json", blocks)
    assert path.read_bytes() == b'[\n{"a":1},\n{"a":2},\n{"a":3}\n]\n'


def mixed_union() -> pa.Array:
    """Return an array with a number, a text and nulls."""
    return pa.UnionArray.from_dense(
        pa.array([0, 1, 0, 1], pa.int8()),
        pa.array([0, 0, 1, 1], pa.int32()),
        [pa.array([7, None]), pa.array(["x,y", None])],
    )


def test_a_column_may_contain_values_of_two_types(tmp_path: Path) -> None:
    block = {"a": mixed_union(), "n": pa.array([1, 2, 3, 4])}
    assert read(write(tmp_path / "a", "jsonl", [block]), "jsonl") == [
        {"a": 7, "n": 1},
        {"a": "x,y", "n": 2},
        {"a": None, "n": 3},
        {"a": None, "n": 4},
    ]
    found = [row["a"] for row in read(write(tmp_path / "b", "csv", [block]), "csv")]
    assert found == ["7", "x,y", "", ""]
    columns = parquet.read_table(write(tmp_path / "c", "parquet", [block]))
    assert columns["a"].to_pylist() == ["7", "x,y", None, None]


def test_times_are_in_utc(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    for type in (pa.timestamp("s"), pa.timestamp("us", tz="UTC")):
        block = {"at": pa.array([moment], type)}
        path = write(tmp_path / "a", "csv", [block])
        assert path.read_bytes() == b"at\r\n2026-01-02T03:04:05" + (
            b".000000+00:00\r\n" if "us" in str(type) else b"+00:00\r\n"
        )
        table = parquet.read_table(write(tmp_path / "b", "parquet", [block]))
        assert table["at"].to_pylist() == [moment]


def test_row_groups_have_a_fixed_size_and_repeated_words_are_stored_once(
    tmp_path: Path,
) -> None:
    words = pa.array(["some", "same", "other"])
    places = pa.array([0, 1, 2, None] * 5, pa.int32())
    block = {"a": pa.DictionaryArray.from_arrays(places, words)}
    path = write(tmp_path / "a", "parquet", [block], part_rows=8)
    file = parquet.ParquetFile(path)
    assert [
        file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)
    ] == [8, 8, 4]
    assert "DICTIONARY" in str(file.metadata.row_group(1).column(0).encodings)
    assert file.read()["a"].to_pylist() == ["some", "same", "other", None] * 5


def test_equal_words_in_a_dictionary_are_written_correctly(
    tmp_path: Path,
) -> None:
    words = pa.array(["same", "same", "other"])
    block = {"a": pa.DictionaryArray.from_arrays(pa.array([0, 1, 2]), words)}
    path = write(tmp_path / "a", "parquet", [block])
    assert parquet.read_table(path)["a"].to_pylist() == ["same", "same", "other"]


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, cut=st.integers(1, 9))
def test_the_digest_of_values_does_not_depend_on_their_encoding(
    rows: list[tuple[Any, ...]], cut: int
) -> None:
    whole = pa.table(columns_of(rows))
    starts = range(0, len(rows), cut)
    cuts = [pa.table(columns_of(rows[start : start + cut])) for start in starts]
    plain = whole.set_column(5, "word", whole["word"].cast(pa.string()))
    kept = [whole, pa.concat_tables([*cuts, whole.slice(0, 0)]), plain]
    # Data behind a null or before a slice is not part of the values.
    kept.append(pa.concat_tables([whole.slice(0, 1), whole]).slice(min(len(rows), 1)))
    assert {digest_values(table) for table in kept} == {digest_values(whole)}


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, others=ROWS)
@example(rows=[(None, 0, -0.0, *[None] * 3)], others=[(None, 0, 0.0, *[None] * 3)])
def test_different_values_have_different_digests(
    rows: list[tuple[Any, ...]], others: list[tuple[Any, ...]]
) -> None:
    tables = [pa.table(columns_of(each)) for each in (rows, others)]
    # Compared as they are written: 0.0 and -0.0 are equal, but not the same value.
    same = repr(tables[0].to_pylist()) == repr(tables[1].to_pylist())
    assert (digest_values(tables[0]) == digest_values(tables[1])) == same


def test_the_digest_of_a_parquet_file_is_the_digest_of_its_values(
    tmp_path: Path,
) -> None:
    rows: list[tuple[Any, ...]] = [
        (f"n{at}", at, at / 7, at % 2 == 0, date(2026, 1, at + 1), "å")
        for at in range(13)
    ]
    encoding = ENCODINGS["parquet"](list(TYPES))
    executor = FixedParts(encoding, in_parts([columns_of(rows)], 5))
    piece = OutputPiece(name="it", kind="source", format="parquet")
    journals = tmp_path / "journals"
    journals.mkdir()
    told = write_parquet(executor, piece, tmp_path / "a", journals)
    file = parquet.ParquetFile(tmp_path / "a")
    found = ""
    for at in range(file.num_row_groups):
        found = chained(found, digest_values(file.read_row_group(at)))
    assert (file.num_row_groups, told) == (3, found)
