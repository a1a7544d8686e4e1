"""Files of each format: read back as they were written, the same for any blocks."""

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from limerun.dataset.formats import Format, opened_writer
from limerun.dataset.formats.thrift import read_struct, write_struct

FORMATS: tuple[Format, ...] = ("csv", "jsonl", "json", "parquet")
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
TYPES = {
    "text": (pa.string(), TEXTS),
    "whole": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "real": (pa.float64(), st.floats(-1e9, 1e9).map(lambda value: round(value, 2))),
    "truth": (pa.bool_(), st.booleans()),
    "day": (pa.date32(), st.dates(date(1900, 1, 1), date(2100, 1, 1))),
    "word": (pa.dictionary(pa.int32(), pa.string()), st.sampled_from(["å", "b,", '"'])),
}


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


def write(
    path: Path,
    format: Format,
    blocks: Sequence[Mapping[str, pa.Array]],
    part_rows: int = 5,
) -> Path:
    with opened_writer(path, format, list(blocks[0]), part_rows) as writer:
        for block in blocks:
            writer.write(block)
    return path


def read(path: Path, format: Format) -> Any:
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


def expected(rows: list[tuple[Any, ...]], format: Format) -> list[dict[str, Any]]:
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
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=st.lists(
        st.tuples(*(st.none() | values for _, values in TYPES.values())), max_size=17
    ),
    cut=st.integers(1, 9),
    format=st.sampled_from(FORMATS),
)
def test_rows_come_back_however_they_were_cut_into_blocks(
    rows: list[tuple[Any, ...]], cut: int, format: Format, tmp_path: Path
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
def test_a_file_without_rows_is_whole(format: Format, tmp_path: Path) -> None:
    path = write(tmp_path / "none", format, [columns_of([])])
    assert read(path, format) == []
    if format == "parquet":
        assert parquet.read_table(path).schema.names == list(TYPES)
    else:
        texts = {"csv": b"text,whole,real,truth,day,word\r\n", "json": b"[]\n"}
        assert path.read_bytes() == texts.get(format, b"")


def test_a_json_array_has_a_row_on_each_line(tmp_path: Path) -> None:
    blocks = [{"a": pa.array([1, 2])}, {"a": pa.array([3])}]
    path = write(tmp_path / "a", "json", blocks)
    assert path.read_bytes() == b'[\n{"a":1},\n{"a":2},\n{"a":3}\n]\n'


def mixed() -> pa.Array:
    """A number, a text, nothing of either."""
    return pa.UnionArray.from_dense(
        pa.array([0, 1, 0, 1], pa.int8()),
        pa.array([0, 0, 1, 1], pa.int32()),
        [pa.array([7, None]), pa.array(["x,y", None])],
    )


def test_a_column_may_hold_values_of_two_types(tmp_path: Path) -> None:
    block = {"a": mixed(), "n": pa.array([1, 2, 3, 4])}
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


def test_row_groups_have_a_fixed_size_and_words_are_kept_once(tmp_path: Path) -> None:
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


def test_words_that_are_twins_since_they_were_cut_are_no_trouble(
    tmp_path: Path,
) -> None:
    words = pa.array(["same", "same", "other"])
    block = {"a": pa.DictionaryArray.from_arrays(pa.array([0, 1, 2]), words)}
    path = write(tmp_path / "a", "parquet", [block])
    assert parquet.read_table(path)["a"].to_pylist() == ["same", "same", "other"]


def test_a_footer_of_many_columns_and_groups_is_read_and_written_alike(
    tmp_path: Path,
) -> None:
    table = pa.table({f"column {at}": pa.array([at, None]) for at in range(40)})
    path = tmp_path / "a"
    parquet.write_table(table, path, row_group_size=1)
    data = path.read_bytes()
    length = int.from_bytes(data[-8:-4], "little")
    footer = data[-8 - length : -8]
    assert write_struct(read_struct(footer)) == footer
