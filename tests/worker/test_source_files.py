"""Rows are counted as they are read, or reported as unknown; reading is unchanged."""
# ruff: noqa: PTH123, SIM115 - `open` is what tasks use

import builtins
import csv
import io
import itertools
import mmap
import multiprocessing
import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limerun.worker.counters import (
    ACTED_UNSEEN,
    FILES_UNOPENED,
    ROWS_AHEAD,
    ROWS_BYPASSED,
    ROWS_UNSEEN,
    SOURCE_ROWS,
    private_counters,
)
from limerun.worker.source_files import SourceFiles

ROWS = 5000


class SourceRead:
    """A source that can be opened, and its counters."""

    def __init__(self, path: Path, rows: int = ROWS) -> None:
        self.path = path
        self.counters = private_counters()
        self.files = SourceFiles([(str(path), rows)], self.counters)

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and the most rows that were read."""
        most = self.counters[SOURCE_ROWS]
        return most - self.counters[ROWS_AHEAD], most

    @property
    def is_known(self) -> bool:
        """Whether every row was read in a way that is counted."""
        unknown = (FILES_UNOPENED, ROWS_BYPASSED, ROWS_UNSEEN)
        return not any(self.counters[place] for place in unknown)


@pytest.fixture(autouse=True)
def opening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.open", open)
    monkeypatch.setattr(io, "open", io.open)


@pytest.fixture
def read(tmp_path: Path, opening: None) -> SourceRead:
    path = tmp_path / "contracts.csv"
    rows = "".join(f"{number},Å\r\n" for number in range(ROWS))
    path.write_bytes(f"number,name\r\n{rows}".encode())
    return SourceRead(path)


def ways_to_read_all(path: Path) -> list[Callable[[], object]]:
    """Return ways to read a file to its end."""

    def blocks(file: BinaryIO) -> int:
        with file:
            return sum(1 for _ in iter(lambda: file.read(4096), b""))

    def using(use: Callable[..., object], *rest: object, **options: object) -> object:
        with open(path, *rest, **options) as file:  # type: ignore[call-overload]
            return use(file)

    def lines(**options: object) -> int:
        with open(path, **options) as file:  # type: ignore[call-overload]
            return sum(1 for _ in file)

    return [
        lines,
        lambda: lines(mode="rb"),
        lambda: lines(buffering=1),
        lambda: lines(buffering=1 << 20),
        lambda: lines(newline="", encoding="utf-8"),
        lambda: lines(mode="rt"),
        lambda: blocks(cast(BinaryIO, open(path, "rb", 0))),
        lambda: blocks(open(path, "rb", buffering=100)),
        lambda: blocks(open(path, "rb")),
        lambda: using(lambda file: file.read(path.stat().st_size), "rb"),
        lambda: using(lambda file: list(csv.reader(file)), newline=""),
        lambda: using(lambda file: file.readlines()),
        path.read_text,
        path.read_bytes,
    ]


@pytest.mark.parametrize("way", range(14))
def test_reading_a_whole_file_counts_every_row(read: SourceRead, way: int) -> None:
    ways_to_read_all(read.path)[way]()
    assert read.bounds == (ROWS, ROWS)
    assert read.is_known


def test_reading_a_file_twice_does_not_count_its_rows_twice(read: SourceRead) -> None:
    read.path.read_text()
    with open(read.path) as file:
        list(itertools.islice(file, 10))
    assert read.bounds == (ROWS, ROWS)


@pytest.mark.parametrize(
    "options",
    [{}, {"mode": "rb"}, {"newline": ""}, {"buffering": 100}, {"buffering": 1 << 20}],
)
def test_for_a_partly_read_file_only_the_rows_read_count(
    read: SourceRead, options: dict[str, object]
) -> None:
    with open(read.path, **options) as file:  # type: ignore[call-overload]
        list(itertools.islice(file, 11))
    assert read.bounds == (10, 10)
    assert read.is_known


def test_for_a_file_that_is_never_closed_only_the_rows_read_count(
    read: SourceRead,
) -> None:
    with pytest.warns(ResourceWarning):
        next(open(read.path))
    assert read.bounds == (0, 0)


def test_an_open_file_has_an_upper_bound_of_rows(read: SourceRead) -> None:
    with open(read.path) as file:
        next(file)
        least, most = read.bounds
        assert least == 0 < most < ROWS


def test_for_a_reader_of_blocks_the_bounds_contain_the_rows_used(
    read: SourceRead,
) -> None:
    with io.TextIOWrapper(open(read.path, "rb")) as file:
        list(itertools.islice(file, 11))
    least, most = read.bounds
    assert least <= 10 <= most < ROWS


def test_after_sniffing_the_dialect_the_bounds_contain_the_rows_read(
    read: SourceRead,
) -> None:
    with open(read.path, newline="") as file:
        csv.Sniffer().sniff(file.read(1024))
        file.seek(0)
        list(itertools.islice(csv.reader(file), 11))
    least, most = read.bounds
    assert least <= 10 <= most


def test_after_sniffing_the_dialect_a_whole_file_is_counted_exactly(
    read: SourceRead,
) -> None:
    with open(read.path, newline="") as file:
        csv.Sniffer().sniff(file.read(1024))
        file.seek(0)
        list(csv.reader(file))
    assert read.bounds == (ROWS, ROWS)


def by_descriptor(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    while os.read(descriptor, 65536):
        pass
    os.close(descriptor)


def by_map(path: Path) -> None:
    with open(path, "rb") as file:
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ).read()


def by_map_for_writing(path: Path) -> None:
    with open(path, "r+b") as file:
        mmap.mmap(file.fileno(), 0).read()


def by_opened_descriptor(path: Path) -> None:
    with open(os.open(path, os.O_RDONLY)) as file:
        file.read()


def by_file_class(path: Path) -> None:
    with io.FileIO(path) as file:
        file.read()


def by_child(path: Path) -> None:
    with multiprocessing.get_context("fork").Pool(1) as pool:
        pool.map(Path.read_text, [path])


@pytest.mark.parametrize(
    "way",
    [
        by_descriptor,
        by_map,
        by_map_for_writing,
        by_opened_descriptor,
        by_file_class,
        by_child,
    ],
)
def test_rows_read_by_other_means_are_unknown(
    read: SourceRead, way: Callable[[Path], None]
) -> None:
    way(read.path)
    assert not read.is_known


def test_calling_fstat_leaves_the_count_of_a_whole_file_exact(
    read: SourceRead,
) -> None:
    with open(read.path) as file:
        os.fstat(file.fileno())
        list(file)
    assert read.is_known
    assert read.bounds == (ROWS, ROWS)


def test_a_library_with_its_own_reader_makes_the_count_unknown(
    read: SourceRead, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", io)
    with open(read.path) as file:
        next(file)
    read.files.note_other_ways()
    assert not read.is_known


def test_the_row_count_of_an_unopened_file_is_unknown(read: SourceRead) -> None:
    assert not read.is_known


@pytest.mark.parametrize("head", ["number,name\r\n", "[\n"])
def test_lines_that_are_not_rows_are_not_counted(head: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(head + "1,a\n" * 20)
    read = SourceRead(path, 20)
    path.read_text()
    assert read.bounds == (20, 20)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(0, 3000),
    length=st.integers(1, 60),
    taken=st.integers(0, 3000),
    options=st.sampled_from(
        [{}, {"mode": "rb"}, {"buffering": 50}, {"newline": ""}, {"buffering": 1}]
    ),
)
def test_the_number_of_counted_rows_equals_the_lines_read(
    rows: int, length: int, taken: int, options: dict[str, object]
) -> None:
    before = open, io.open
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        path.write_text(("ä" * length + "\n") * rows, encoding="utf-8")
        read = SourceRead(path, rows)
        with open(path, **options) as file:  # type: ignore[call-overload]
            seen = len(list(itertools.islice(file, taken)))
    builtins.open, io.open = before
    assert read.bounds == (seen, seen)


def test_other_files_with_the_same_name_are_not_counted(read: SourceRead) -> None:
    other = read.path.parent / "other" / read.path.name
    other.parent.mkdir()
    other.write_text("1\n2\n")
    other.read_text()
    assert read.bounds == (0, 0)


@pytest.mark.parametrize("mode", ["w", "a", "x", "r+"])
def test_opening_a_file_for_writing_may_be_an_effect(
    read: SourceRead, tmp_path: Path, mode: str
) -> None:
    read.path.read_text()
    assert not read.counters[ACTED_UNSEEN]
    path = tmp_path / "report.txt"
    if mode == "r+":
        os.close(os.open(path, os.O_CREAT))
    open(path, mode).close()
    assert read.counters[ACTED_UNSEEN]


def test_open_behaves_as_usual_in_all_other_modes(
    read: SourceRead, tmp_path: Path
) -> None:
    with open(read.path, "rb", buffering=0) as raw:
        assert raw.read(1) == b"n"
    with open(read.path, "a") as appended:
        assert appended.mode == "a"
    with open(read.path, newline="") as file:
        assert (file.mode, file.name) == ("r", str(read.path))
        assert isinstance(file, io.TextIOWrapper)
    with open(read.path, "rb") as binary:
        assert (binary.mode, binary.name) == ("rb", str(read.path))
        assert binary.peek()[:6] == b"number"
    with pytest.raises(FileNotFoundError):
        open(tmp_path / "missing" / read.path.name)
    with pytest.raises(ValueError, match="unbuffered"):
        open(read.path, buffering=0)
    with pytest.raises(ValueError, match="encoding"):
        open(read.path, "rb", encoding="utf-8")
    with pytest.raises(ValueError, match="mode"):
        open(read.path, "q")
