"""Rows are counted as they are read, and nobody notices."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from limerun.worker import sources
from limerun.worker.counters import SOURCE_ROWS
from limerun.worker.protocol import COUNTERS


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "contracts.jsonl"
    path.write_text("".join(f'{{"number": {i}, "name": "Å"}}\n' for i in range(5000)))
    return path


@pytest.fixture
def counters(source: Path) -> Iterator["memoryview[int]"]:
    made = memoryview(bytearray(8 * len(COUNTERS))).cast("Q")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("builtins.open", open)
        patch.setattr(io, "open", io.open)
        sources.count_rows_read([str(source)], made)
        yield made


def test_a_file_that_is_iterated_over_counts_every_row(
    source: Path, counters: "memoryview[int]"
) -> None:
    with open(source, encoding="utf-8") as file:  # noqa: PTH123 - it is what tasks do
        lines = list(file)
    assert len(lines) == counters[SOURCE_ROWS] == 5000
    assert "Å" in lines[0]


def test_rows_are_counted_while_they_are_read(
    source: Path, counters: "memoryview[int]"
) -> None:
    with open(source) as file:  # noqa: PTH123
        next(file)
        assert 0 < counters[SOURCE_ROWS] < 1000


@pytest.mark.parametrize(
    ("name", "head"), [("a.csv", "number,name\r\n"), ("a.json", "[\n"), ("a.jsonl", "")]
)
def test_a_line_that_is_no_row_is_not_counted(
    name: str, head: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    path.write_text(head + "1,a\n" * 20_000)
    made = memoryview(bytearray(8 * len(COUNTERS))).cast("Q")
    monkeypatch.setattr("builtins.open", open)
    monkeypatch.setattr(io, "open", io.open)
    sources.count_rows_read([str(path)], made)
    with open(path) as file:  # noqa: PTH123
        for _ in range(10):
            next(file)
        read_ahead = made[SOURCE_ROWS]
        assert 10 <= read_ahead < 20_000
        list(file)
    assert made[SOURCE_ROWS] == 20_000


@pytest.mark.parametrize("read", [Path.read_text, Path.read_bytes])
def test_a_file_that_is_read_whole_counts_every_row(
    source: Path,
    counters: "memoryview[int]",
    read: Callable[[Path], object],
) -> None:
    read(source)
    assert counters[SOURCE_ROWS] == 5000


def test_other_files_of_the_same_name_are_not_counted(
    tmp_path: Path, source: Path, counters: "memoryview[int]"
) -> None:
    other = tmp_path / "other" / source.name
    other.parent.mkdir()
    other.write_text("1\n2\n")
    other.read_text()
    assert counters[SOURCE_ROWS] == 0


def test_opening_in_other_ways_behaves_as_ever(
    tmp_path: Path, source: Path, counters: "memoryview[int]"
) -> None:
    with open(source, "rb", buffering=0) as raw:  # noqa: PTH123
        assert raw.read(1) == b"{"
    with open(source, "a") as file:  # noqa: PTH123
        assert file.mode == "a"
    with open(source, newline="") as file:  # noqa: PTH123
        assert (file.mode, file.name) == ("r", str(source))
    with pytest.raises(FileNotFoundError):
        open(tmp_path / "missing" / source.name)  # noqa: PTH123, SIM115
