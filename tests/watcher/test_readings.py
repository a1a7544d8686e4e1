"""What the watcher reads of a living process, and of one that is gone."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from limerun.watcher import host, portable, procfs
from limerun.watcher.tree import Tree

MB = 1_000_000
CODE = (
    "import signal; spike = b'1' * 60_000_000; del spike; held = b'1' * 20_000_000;"
    "print('up', flush=True); signal.pause()"
)


@pytest.fixture
def process() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen([sys.executable, "-c", CODE], stdout=subprocess.PIPE) as made:
        assert made.stdout is not None
        made.stdout.readline()
        yield made
        made.kill()


def test_resident_memory_is_psutil_s(process: "subprocess.Popen[bytes]") -> None:
    reader = procfs.ProcessReader(process.pid)
    assert reader.rss_bytes() == psutil.Process(process.pid).memory_info().rss
    assert portable.ProcessReader(process.pid).rss_bytes() == reader.rss_bytes()


def test_the_high_water_mark_remembers_what_is_gone_until_it_is_reset(
    process: "subprocess.Popen[bytes]",
) -> None:
    reader = procfs.ProcessReader(process.pid)
    assert reader.high_water_bytes() > reader.rss_bytes() + 30 * MB
    assert reader.reset_high_water() is None
    assert abs(reader.high_water_bytes() - reader.rss_bytes()) < MB


@pytest.mark.parametrize("readings", [procfs, portable], ids=["procfs", "portable"])
def test_a_process_that_ended_is_gone_not_empty(
    process: "subprocess.Popen[bytes]", readings: object
) -> None:
    reader = readings.ProcessReader(process.pid)  # type: ignore[attr-defined]
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    with pytest.raises(procfs.Gone):
        reader.rss_bytes()


def test_a_process_that_never_was_is_gone() -> None:
    with pytest.raises(procfs.Gone):
        procfs.ProcessReader(2**22 + 1)
    with pytest.raises(procfs.Gone):
        portable.ProcessReader(2**22 + 1)


def test_children_are_found_by_both_ways(process: "subprocess.Popen[bytes]") -> None:
    assert process.pid in procfs.descendants_of(os.getpid())
    assert process.pid in portable.descendants_of(os.getpid())


def test_what_is_seen_for_the_first_time_does_not_count_yet(
    process: "subprocess.Popen[bytes]",
) -> None:
    """Between vfork and exec a child shows its parent's memory as its own."""
    with subprocess.Popen(
        [sys.executable, "-c", CODE], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        tree = Tree(process.pid)
        alone = tree.worker.rss_bytes()
        first, second = tree.rss_bytes(0), tree.rss_bytes(0)
        other.kill()
    assert first == alone
    assert second >= alone + 20 * MB


def test_a_mark_that_may_not_be_reset_says_why() -> None:
    reader = procfs.ProcessReader(1)
    error = reader.reset_high_water()
    assert error is None or "clear_refs" in error


def test_this_machine_says_what_it_has_left() -> None:
    available = host.available_bytes()
    assert available is not None
    assert 0 < available <= psutil.virtual_memory().total


@pytest.mark.parametrize(
    ("limit", "left"), [("max", None), (str(500 * MB), 500 * MB - 200 * MB + 50 * MB)]
)
def test_a_container_s_page_cache_counts_as_available(
    tmp_path: Path, limit: str, left: int | None
) -> None:
    (tmp_path / "memory.max").write_text(limit)
    (tmp_path / "memory.current").write_text(str(200 * MB))
    (tmp_path / "memory.stat").write_text(f"anon 1\ninactive_file {50 * MB}\n")
    names = ("memory.max", "memory.current", "inactive_file ")
    assert host._container(str(tmp_path), *names) == left
