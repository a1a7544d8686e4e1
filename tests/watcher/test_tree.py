"""A real process and its descendants, as the watcher reads them."""

import os

import pytest

from limerun.watcher.tree import Tree
from tests.watcher.conftest import Worker

MB = 1_000_000


@pytest.fixture
def tree(worker: Worker) -> Tree:
    made = Tree(worker.process.pid)
    made.begin()
    return made


def test_without_children_only_the_memory_of_the_worker_counts(
    worker: Worker, tree: Tree
) -> None:
    before = tree.rss_bytes(1)
    worker.do(f"held = b'1' * {50 * MB}")
    assert abs(tree.rss_bytes(2) - before - 50 * MB) < MB
    assert tree.others == 0
    assert tree.summary()["started"] is False


def test_the_memory_of_a_running_child_is_part_of_the_sum(
    worker: Worker, tree: Tree
) -> None:
    before = tree.rss_bytes(1)
    program = f"held = b'1' * {50 * MB}; print(flush=True); input()"
    worker.do(
        f"child = subprocess.Popen([sys.executable, '-c', {program!r}],"
        " stdin=-1, stdout=-1); child.stdout.readline()"
    )
    assert tree.rss_bytes(2) > before + 50 * MB
    assert tree.summary()["started"] is True
    assert tree.summary()["low_bytes"] > 50 * MB
    assert len(tree.running()) == 1
    worker.do("child.kill(); child.wait()")
    assert tree.rss_bytes(3) < before + 50 * MB
    assert tree.running() == []


def test_an_unread_child_is_counted_by_its_page_faults(
    worker: Worker, tree: Tree
) -> None:
    tree.rss_bytes(1)
    program = f"b'1' * {50 * MB}"
    worker.do(f"subprocess.run([sys.executable, '-c', {program!r}])")
    tree.rss_bytes(2)
    told = tree.summary()
    assert told["started"] is True
    assert told["largest_bytes"] == 0
    assert 50 * MB < told["high_bytes"] < 70 * MB


def test_a_fork_adds_the_pages_written_by_the_fork_or_the_worker(
    worker: Worker, tree: Tree
) -> None:
    worker.do(f"import os, signal; held = b'1' * {50 * MB}")
    tree.rss_bytes(1)
    worker.do("child = os.fork() or signal.pause()")
    tree.rss_bytes(2)
    assert tree.summary()["high_bytes"] < 10 * MB
    worker.do(f"more = b'1' * {30 * MB}")
    tree.rss_bytes(3)
    assert 30 * MB < tree.summary()["high_bytes"] < 45 * MB
    worker.do("os.kill(child, 9); os.waitpid(child, 0)")


def test_a_child_first_read_at_its_end_is_bounded_by_its_page_faults(
    worker: Worker, tree: Tree
) -> None:
    program = f"b'1' * {50 * MB}"
    worker.do(
        f"child = subprocess.Popen([sys.executable, '-c', {program!r}], stdout=-1);"
        " child.stdout.read()"
    )
    tree.rss_bytes(2, look=True)
    assert tree.summary()["high_bytes"] > 50 * MB


def test_consecutive_children_do_not_add_up(worker: Worker, tree: Tree) -> None:
    program = f"b'1' * {50 * MB}"
    for second in range(1, 4):
        worker.do(f"subprocess.run([sys.executable, '-c', {program!r}])")
        tree.rss_bytes(second)
    assert tree.summary()["high_bytes"] < 70 * MB


def test_children_from_before_the_baseline_are_not_counted(worker: Worker) -> None:
    tree = Tree(worker.process.pid)
    program = f"b'1' * {50 * MB}"
    worker.do(f"subprocess.run([sys.executable, '-c', {program!r}])")
    tree.begin()
    tree.rss_bytes(1)
    assert tree.summary()["started"] is False


def test_a_high_water_mark_below_an_earlier_reading_was_reset(
    worker: Worker, tree: Tree
) -> None:
    worker.do(f"held = b'1' * {50 * MB}")
    tree.rss_bytes(1)
    worker.do("del held; open('/proc/self/clear_refs', 'w').write('5')")
    assert tree.read_mark() < 50 * MB
    assert tree.mark_fell


def test_a_high_water_mark_is_remembered_after_a_reset(
    worker: Worker, tree: Tree
) -> None:
    worker.do(f"held = b'1' * {50 * MB}")
    mark = tree.read_mark()
    assert not tree.mark_fell
    worker.do("del held; open('/proc/self/clear_refs', 'w').write('5')")
    assert tree.read_mark() == mark
    assert tree.mark_fell


def test_all_descendants_of_the_watcher_are_found(worker: Worker, tree: Tree) -> None:
    assert worker.process.pid in tree.pids()
    assert os.getpid() not in tree.pids()
