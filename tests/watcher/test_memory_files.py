"""The data of a process in in-memory files and pipes, read from outside."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from limerun.watcher.memory_files import SHARED, MemoryFiles
from tests.watcher.conftest import Worker

MB = 1_000_000
WRITE = f"for _ in range(20): os.write(file, b'1' * {MB})"


class FileWatch:
    """A worker, and the reader of its in-memory files."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._pids = [worker.process.pid]
        self._files = MemoryFiles(worker.process.pid)
        worker.do("import os")
        self.begin()

    def begin(self) -> None:
        self._files.begin(self._pids)

    def do(self, *lines: str) -> None:
        for line in lines:
            self._worker.do(line)

    def look(self) -> int:
        """Read the files if a reading is due; return the highest total so far, in MB."""
        if self._files.sample():
            self._files.look(self._pids)
        return round(self._files.unmapped_bytes / MB)


@pytest.fixture
def file_watch(worker: Worker) -> FileWatch:
    return FileWatch(worker)


@pytest.fixture
def shared_file() -> Iterator[Path]:
    path = Path(SHARED, f"limerun-{uuid.uuid4()}")
    yield path
    path.unlink(missing_ok=True)


def test_an_in_memory_file_closed_between_two_looks_is_found(
    file_watch: FileWatch,
) -> None:
    file_watch.do("file = os.memfd_create('x')", WRITE, "os.close(file)")
    assert file_watch.look() == 20


def test_data_written_to_an_open_file_after_the_last_look_is_found(
    file_watch: FileWatch,
) -> None:
    file_watch.do("file = os.memfd_create('x')", WRITE)
    assert file_watch.look() == 20
    file_watch.do(WRITE, "os.close(file)")
    assert file_watch.look() == 40


def test_consecutive_in_memory_files_do_not_add_up(file_watch: FileWatch) -> None:
    for _ in range(3):
        file_watch.do("file = os.memfd_create('x')", WRITE, "os.close(file)")
        assert file_watch.look() == 20


def test_closed_files_that_stay_in_shared_memory_add_up(
    file_watch: FileWatch, shared_file: Path
) -> None:
    for size in (20, 40):
        file_watch.do(
            f"file = os.open({str(shared_file)!r}, os.O_CREAT|os.O_APPEND|os.O_WRONLY)",
            WRITE,
            "os.close(file)",
        )
        assert file_watch.look() == size


def test_files_put_into_shared_memory_by_other_programs_do_not_count(
    file_watch: FileWatch, shared_file: Path
) -> None:
    shared_file.write_bytes(bytes(20 * MB))
    file_watch.do("file = os.memfd_create('x')", f"os.write(file, bytes({2 * MB}))")
    assert file_watch.look() <= 4


def test_data_waiting_in_pipes_counts(file_watch: FileWatch) -> None:
    file_watch.do(
        "import fcntl",
        "pipes = [os.pipe() for _ in range(5)]",
        "for _, to in pipes: fcntl.fcntl(to, fcntl.F_SETPIPE_SZ, 2**20)",
        "for _, to in pipes: os.write(to, bytes(2**20))",
    )
    assert file_watch.look() == 5


def test_data_already_read_from_a_pipe_does_not_count(file_watch: FileWatch) -> None:
    file_watch.do("here, there = os.pipe()")
    for _ in range(10):
        file_watch.do(
            "for _ in range(32): os.write(there, b'1' * 2**15), os.read(here, 2**15)"
        )
        assert file_watch.look() == 0


def test_a_database_file_that_rewrites_its_pages_on_disk_does_not_count(
    file_watch: FileWatch, tmp_path: Path
) -> None:
    path = str(tmp_path / "pages")
    file_watch.do(f"file = os.open({path!r}, os.O_CREAT | os.O_RDWR)")
    for _ in range(3):
        file_watch.do("os.lseek(file, 0, 0)", WRITE)
        assert file_watch.look() == 0
    file_watch.do("os.lseek(file, 0, 0)", WRITE, "os.close(file)")
    assert file_watch.look() == 0


def test_in_memory_files_from_before_the_baseline_do_not_count(
    file_watch: FileWatch, shared_file: Path
) -> None:
    file_watch.do(
        "file = os.memfd_create('x')",
        WRITE,
        "here, there = os.pipe()",
        "os.write(there, b'1')",
        f"open({str(shared_file)!r}, 'wb').write(b'1' * {5 * MB})",
    )
    file_watch.begin()
    file_watch.do("file = os.open('/dev/null', os.O_WRONLY)")
    file_watch.do(*[f"os.write(file, bytes({2 * MB}))"] * 2)
    assert file_watch.look() == 0
