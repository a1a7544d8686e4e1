"""What the watcher reads from a running process and from one that is gone."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from limerun.watcher import host, procfs, readings

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


def test_resident_memory_equals_the_value_of_psutil(
    process: "subprocess.Popen[bytes]",
) -> None:
    reader = readings.ProcessReader(process.pid)
    assert reader.rss_bytes() == psutil.Process(process.pid).memory_info().rss


def test_the_high_water_mark_includes_freed_memory_until_it_is_reset(
    process: "subprocess.Popen[bytes]",
) -> None:
    reader = readings.ProcessReader(process.pid)
    assert reader.high_water_bytes() > reader.rss_bytes() + 30 * MB
    assert reader.reset_high_water() is None
    assert abs(reader.high_water_bytes() - reader.rss_bytes()) < MB


def test_without_proc_only_the_values_of_psutil_are_available(
    process: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "_HAS_PROC", False)
    monkeypatch.setattr(readings, "_LISTS_CHILDREN", False)
    reader = readings.ProcessReader(process.pid)
    assert reader.rss_bytes() > 20 * MB
    assert (reader.high_water_bytes(), reader.account()) == (0, None)
    assert reader.reset_high_water() == "the peak cannot be reset on this system"
    assert process.pid in readings.descendants_of(os.getpid())
    process.kill()
    process.wait()
    with pytest.raises(procfs.Gone):
        reader.rss_bytes()
    assert readings.descendants_of(process.pid) == []


def test_a_zombie_has_page_faults_but_no_memory(
    process: "subprocess.Popen[bytes]",
) -> None:
    reader = readings.ProcessReader(process.pid)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    for reading in (reader.rss_bytes, reader.high_water_bytes):
        with pytest.raises(procfs.Gone):
            reading()
    account = reader.account()
    assert account is not None
    assert account.is_zombie
    assert account.faults * 4096 > 60 * MB
    process.wait()
    with pytest.raises(procfs.Gone):
        reader.account()
    reader.close()


def test_a_process_that_never_existed_is_reported_as_gone() -> None:
    with pytest.raises(procfs.Gone):
        readings.ProcessReader(2**22 + 1)


def test_child_processes_are_found(process: "subprocess.Popen[bytes]") -> None:
    assert process.pid in readings.descendants_of(os.getpid())


def test_a_fork_shares_its_parents_stack_address_but_a_program_does_not(
    process: "subprocess.Popen[bytes]",
) -> None:
    pid = os.fork()
    if pid == 0:
        signal.pause()
    own, fork, program = (
        procfs.ProcessFiles(each).account().stack
        for each in (os.getpid(), pid, process.pid)
    )
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert fork == own
    assert program != own


def test_ignoring_sigchld_is_detected(process: "subprocess.Popen[bytes]") -> None:
    files = procfs.ProcessFiles(os.getpid())
    assert not files.account().ignores_children
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    ignores = files.account().ignores_children
    signal.signal(signal.SIGCHLD, before)
    files.close()
    assert ignores


def test_a_high_water_mark_that_cannot_be_reset_gives_a_reason() -> None:
    error = readings.ProcessReader(1).reset_high_water()
    assert error is None or "clear_refs" in error


def test_the_available_memory_of_this_machine_is_known() -> None:
    available = host.available_bytes()
    assert available is not None
    assert 0 < available <= psutil.virtual_memory().total


@pytest.mark.parametrize(
    ("limit", "left"), [("max", None), (str(500 * MB), 500 * MB - 200 * MB + 50 * MB)]
)
def test_the_page_cache_of_a_container_counts_as_available(
    tmp_path: Path, limit: str, left: int | None
) -> None:
    (tmp_path / "memory.max").write_text(limit)
    (tmp_path / "memory.current").write_text(str(200 * MB))
    (tmp_path / "memory.stat").write_text(f"anon 1\ninactive_file {50 * MB}\n")
    names = ("memory.max", "memory.current", "inactive_file ")
    assert host.container_bytes(str(tmp_path), *names) == left
