"""The kernel's clocks for the thread of the task."""

import os
import threading
from pathlib import Path

import pytest

from limerun.worker import task_thread
from limerun.worker.counters import (
    FINISHED_DELAY_NS,
    FINISHED_THREAD_CPU_NS,
    STARTED_DELAY_NS,
    STARTED_THREAD_CPU_NS,
)
from limerun.worker.protocol import COUNTERS
from limerun.worker.task_thread import TaskThread

needs_statistics = pytest.mark.skipif(
    not Path("/proc/thread-self/schedstat").exists(),
    reason="the kernel keeps no scheduler statistics",
)


@pytest.fixture
def counters() -> "memoryview[int]":
    return memoryview(bytearray(8 * len(COUNTERS))).cast("Q")


@needs_statistics
def test_start_and_end_are_recorded_with_increasing_clocks(
    counters: "memoryview[int]",
) -> None:
    thread = TaskThread()
    thread.note_start(counters)
    sum(range(10_000))
    thread.note_end(counters)
    assert 0 < counters[STARTED_THREAD_CPU_NS] < counters[FINISHED_THREAD_CPU_NS]
    assert 0 < counters[STARTED_DELAY_NS] <= counters[FINISHED_DELAY_NS]


@needs_statistics
def test_with_other_threads_the_delay_is_not_read_at_statements() -> None:
    thread = TaskThread()
    event = threading.Event()
    other = threading.Thread(target=event.wait)
    other.start()
    try:
        assert thread.delay_ns_alone() is None
        assert thread.delay_ns() is not None
    finally:
        event.set()
        other.join()


@pytest.mark.parametrize("text", ["0 0 0\n", None])
def test_without_kernel_statistics_the_delay_is_unknown(
    text: str | None,
    counters: "memoryview[int]",
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "schedstat"
    if text is not None:
        path.write_text(text)
    monkeypatch.setattr(task_thread, "_PATH", str(path))
    thread = TaskThread()
    thread.note_start(counters)
    assert thread.delay_ns() is None
    assert counters[STARTED_DELAY_NS] == 0


@needs_statistics
def test_closing_the_descriptor_in_the_task_makes_the_delay_unknown() -> None:
    thread = TaskThread()
    assert thread._fd is not None
    os.close(thread._fd)
    assert thread.delay_ns() is None


def test_without_positioned_reads_the_delay_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(task_thread, "_pread", None)
    assert TaskThread().delay_ns() is None
