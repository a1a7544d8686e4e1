"""Database time is the time in statements and commits, less contention."""

from typing import Any

import pytest

from limerun.worker.counters import (
    DATABASE_CPU_NS,
    DATABASE_NS,
    DATABASE_UNREAD_CPU_NS,
)
from limerun.worker.protocol import COUNTERS
from limerun.worker.statements import database_time
from limerun.worker.statements.database_time import DatabaseTime

MS = 1_000_000


class Clocks:
    """Clocks that a test sets, in milliseconds."""

    def __init__(self) -> None:
        self.wall = self.cpu = 10.0
        self.delay: float | None = 0.0
        self.ident = 1

    def delay_ns_alone(self) -> int | None:
        return None if self.delay is None else int(self.delay * MS)

    def spend(self, wall: float, cpu: float = 0.0, delay: float = 0.0) -> None:
        self.wall += wall
        self.cpu += cpu
        if self.delay is not None:
            self.delay += delay


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    made = Clocks()
    monkeypatch.setattr(database_time, "now", lambda: made.wall / 1000)
    monkeypatch.setattr(database_time, "thread_cpu_ns", lambda: int(made.cpu * MS))
    monkeypatch.setattr(database_time, "get_ident", lambda: 1)
    return made


@pytest.fixture
def counters() -> "memoryview[int]":
    return memoryview(bytearray(8 * len(COUNTERS))).cast("Q")


@pytest.fixture
def time(clocks: Clocks, counters: "memoryview[int]") -> DatabaseTime:
    thread: Any = clocks
    return DatabaseTime(counters, thread)


def ms(counters: "memoryview[int]", which: int) -> float:
    return round(counters[which] / MS, 3)


def test_contention_inside_a_statement_is_subtracted_from_its_time(
    time: DatabaseTime, clocks: Clocks, counters: "memoryview[int]"
) -> None:
    clocks.spend(50, cpu=10, delay=40)  # outside
    began = time.begin()
    clocks.spend(30, cpu=8, delay=20)
    assert time.end(began) == pytest.approx(0.010)
    assert ms(counters, DATABASE_NS) == 10
    assert ms(counters, DATABASE_CPU_NS) == 8
    assert ms(counters, DATABASE_UNREAD_CPU_NS) == 0


def test_contention_between_two_statements_is_not_subtracted(
    time: DatabaseTime, clocks: Clocks, counters: "memoryview[int]"
) -> None:
    for _ in range(2):
        began = time.begin()
        clocks.spend(5, cpu=5)
        time.end(began)
        clocks.spend(20, cpu=1, delay=19)
    assert ms(counters, DATABASE_NS) == 10


def test_short_statements_are_timed_without_reading_the_delay(
    time: DatabaseTime, clocks: Clocks, counters: "memoryview[int]"
) -> None:
    time.end(time.begin())
    clocks.delay = None  # a reading would note that there is none
    for _ in range(10):
        began = time.begin()
        clocks.spend(0.1, cpu=0.05)
        time.end(began)
    assert ms(counters, DATABASE_NS) == 1
    assert ms(counters, DATABASE_CPU_NS) == 0.5
    assert ms(counters, DATABASE_UNREAD_CPU_NS) == 0


def test_the_shortest_statements_and_gaps_count_as_cpu_time_without_a_reading(
    time: DatabaseTime,
    clocks: Clocks,
    counters: "memoryview[int]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    time.end(time.begin())
    monkeypatch.delattr(database_time, "thread_cpu_ns")
    for _ in range(10):
        clocks.spend(0.02, cpu=0.02)
        began = time.begin()
        clocks.spend(0.02, cpu=0.02)
        time.end(began)
    assert ms(counters, DATABASE_CPU_NS) == pytest.approx(0.2, abs=0.001)
    assert ms(counters, DATABASE_NS) == pytest.approx(0.2, abs=0.001)


def test_a_long_statement_after_short_ones_counts_only_its_own_cpu_time(
    time: DatabaseTime, clocks: Clocks, counters: "memoryview[int]"
) -> None:
    time.end(time.begin())
    for _ in range(10):
        clocks.spend(0.02, cpu=0.02)
        time.end(time.begin())
    clocks.spend(0.02, cpu=0.02)
    began = time.begin()
    clocks.spend(1, cpu=0.4)
    time.end(began)
    assert ms(counters, DATABASE_CPU_NS) == pytest.approx(0.4, abs=0.001)
    assert ms(counters, DATABASE_NS) == pytest.approx(1, abs=0.001)


def test_the_time_of_a_statement_is_never_negative(
    time: DatabaseTime, clocks: Clocks, counters: "memoryview[int]"
) -> None:
    began = time.begin()
    clocks.spend(5, delay=9)
    assert time.end(began) == 0
    assert ms(counters, DATABASE_NS) == 0


def test_cpu_time_without_a_readable_delay_is_counted_separately(
    time: DatabaseTime, clocks: Clocks, counters: "memoryview[int]"
) -> None:
    clocks.delay = None
    began = time.begin()
    clocks.spend(30, cpu=8)
    time.end(began)
    assert ms(counters, DATABASE_NS) == 30
    assert ms(counters, DATABASE_UNREAD_CPU_NS) == 8


def test_for_another_thread_only_the_elapsed_time_is_counted(
    time: DatabaseTime, clocks: Clocks, counters: "memoryview[int]"
) -> None:
    clocks.ident = 2
    began = time.begin()
    clocks.spend(30, cpu=8, delay=5)
    time.end(began)
    assert ms(counters, DATABASE_NS) == 30
    assert ms(counters, DATABASE_CPU_NS) == 0


def test_a_failed_commit_is_timed_once(
    time: DatabaseTime, clocks: Clocks, counters: "memoryview[int]"
) -> None:
    def commit(_connection: object) -> None:
        clocks.spend(7, cpu=1)
        raise OSError

    timed = time.timing(commit)
    for number in (1, 2):
        with pytest.raises(OSError):  # noqa: PT011 - it has no text
            timed(None)
        assert ms(counters, DATABASE_NS) == 7 * number
