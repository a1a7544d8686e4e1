"""The kernel statistics of a task's threads, as the watcher reads them."""

import os
from pathlib import Path

import pytest

from limerun.watcher import scheduling
from limerun.watcher.procfs import children_of
from limerun.watcher.scheduling import SchedulingReader
from tests.watcher.conftest import Worker

pytestmark = pytest.mark.skipif(
    not Path("/proc/thread-self/schedstat").exists(),
    reason="the kernel keeps no scheduler statistics",
)
WAIT = "import threading; go = threading.Event()"
START = "each = threading.Thread(target=go.wait); each.start()"
# Python has ended a thread before the kernel has.
END = (
    "import os; go.set(); each.join(); lives = lambda: len(os.listdir('/proc/self/"
    "task')) > 1; [os.sched_yield() for _ in iter(lives, False)]"
)
# Its first line shows that it has used CPU time.
CHILD = (
    "child = subprocess.Popen([sys.executable, '-c', 'print(flush=True); input()'], "
    "stdin=subprocess.PIPE, stdout=subprocess.PIPE); child.stdout.readline()"
)


def started_reader(worker: Worker) -> SchedulingReader:
    made = SchedulingReader(worker.process.pid)
    made.begin([], 1.0)
    return made


def test_a_single_threaded_task_has_no_other_cpu_time(worker: Worker) -> None:
    watched = started_reader(worker)
    watched.sample([], 2.0)
    summary = watched.summary()
    assert summary is not None
    assert summary["thread_cpu_seconds"] > 0
    assert summary["others_cpu_seconds"] == 0
    assert summary["unread_seconds"] == 0
    assert summary["complete"]


def test_the_cpu_time_of_a_thread_that_ended_is_included(worker: Worker) -> None:
    watched = started_reader(worker)
    worker.do(WAIT)
    worker.do(START)
    watched.sample([], 2.0)
    worker.do(END)
    watched.sample([], 2.5)
    summary = watched.summary()
    assert summary is not None
    assert summary["others_cpu_seconds"] > 0
    assert summary["busiest_cpu_seconds"] == summary["others_cpu_seconds"]
    assert summary["unread_seconds"] == 0.5


def test_an_idle_thread_from_before_the_task_does_not_count(
    worker: Worker,
) -> None:
    worker.do(WAIT)
    worker.do(START)
    watched = started_reader(worker)
    watched.sample([], 2.0)
    assert watched._was_alone
    worker.do(END)
    watched.sample([], 2.5)
    summary = watched.summary()
    assert summary is not None
    assert summary["unread_seconds"] == 0.5


def test_a_child_process_counts_until_it_ends(worker: Worker) -> None:
    watched = started_reader(worker)
    worker.do(CHILD)
    [pid] = children_of(worker.process.pid)
    watched.sample([pid], 2.0)
    assert not watched._was_alone
    worker.do("child.communicate()")
    watched.sample([], 2.25)
    assert watched._was_alone
    summary = watched.summary()
    assert summary is not None
    assert summary["others_cpu_seconds"] > 0
    assert summary["unread_seconds"] == 0.25


def test_a_helper_process_of_multiprocessing_does_not_count(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduling, "is_helper", lambda _: True)
    watched = started_reader(worker)
    watched.sample([os.getpid()], 2.0)
    watched.sample([], 2.5)
    summary = watched.summary()
    assert summary is not None
    assert summary["others_cpu_seconds"] == 0
    assert watched._was_alone


def test_too_many_threads_to_read_make_the_summary_incomplete(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduling, "_MOST_THREADS", 1)
    watched = started_reader(worker)
    worker.do(WAIT)
    worker.do(START)
    watched.sample([], 2.0)
    worker.do(END)
    summary = watched.summary()
    assert summary is not None
    assert not summary["complete"]


def test_work_after_the_end_of_the_task_does_not_count(worker: Worker) -> None:
    watched = started_reader(worker)
    watched.sample([], 2.0)
    watched.end()
    worker.do(WAIT)
    worker.do(START)
    watched.sample([], 3.0)
    summary = watched.summary()
    worker.do(END)
    assert summary is not None
    assert summary["others_cpu_seconds"] == 0


def test_there_is_no_summary_for_a_process_that_was_never_read() -> None:
    assert SchedulingReader(0).summary() is None
