"""All time belongs to exactly one part, so the parts add up for any task."""

import threading
import time
from collections.abc import Iterator

import pytest

from limerun.instruments.clock import TimeLedger, timed
from limerun.instruments.segment_timeline import SegmentTimeline
from limerun.instruments.time_spent import LiveObjects

NAME, DEPTH, KIND, CALLS, WALL, CPU, ELSEWHERE = range(7)


class FakeClock:
    """A clock whose time passes only through `work` and `wait`."""

    def __init__(self) -> None:
        self.wall = 100.0
        self.cpu = 10.0

    def work(self, seconds: float) -> None:
        self.wall += seconds
        self.cpu += seconds

    def wait(self, seconds: float) -> None:
        self.wall += seconds


@pytest.fixture
def fake_clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    made = FakeClock()
    monkeypatch.setattr(time, "monotonic", lambda: made.wall)
    monkeypatch.setattr(time, "thread_time", lambda: made.cpu)
    return made


@pytest.fixture
def clock(fake_clock: FakeClock) -> TimeLedger:
    made = TimeLedger()
    made.start()
    return made


def wall_seconds(clock: TimeLedger) -> dict[str, float]:
    return {str(part[NAME]): round(float(part[WALL]), 6) for part in clock.parts()}  # type: ignore[arg-type]


def test_time_counts_for_the_segment_opened_last(
    clock: TimeLedger, fake_clock: FakeClock
) -> None:
    fake_clock.work(1)
    clock.enter("save")
    fake_clock.work(2)
    clock.begin("database")
    fake_clock.wait(4)
    clock.end("database")
    fake_clock.work(8)
    clock.leave("save")
    fake_clock.work(16)
    clock.stop()
    assert wall_seconds(clock) == {"": 17, "save": 10, "database": 4}
    assert sum(wall_seconds(clock).values()) == 31


def test_work_is_recorded_at_the_depth_of_its_segment(
    clock: TimeLedger, fake_clock: FakeClock
) -> None:
    clock.enter("save")
    clock.begin("database")
    clock.enter("hook")
    clock.stop()
    told = [(part[NAME], part[DEPTH], part[KIND]) for part in clock.parts()]
    assert told == [
        ("", 0, "own"),
        ("save", 1, "own"),
        ("database", 1, "database"),
        ("hook", 2, "own"),
    ]


def test_waiting_counts_as_wall_time_but_not_as_cpu_time(
    clock: TimeLedger, fake_clock: FakeClock
) -> None:
    fake_clock.work(1)
    fake_clock.wait(2)
    clock.stop()
    [part] = clock.parts()
    assert (part[WALL], part[CPU]) == (3, 1)


def test_a_segment_that_ends_out_of_order_does_not_close_others(
    clock: TimeLedger, fake_clock: FakeClock
) -> None:
    """For example, a generator is closed long after the part in which it was opened."""
    clock.enter("rows")
    clock.enter("save")
    clock.leave("rows")
    fake_clock.work(1)
    clock.leave("save")
    fake_clock.work(2)
    clock.leave("never opened")
    clock.stop()
    assert wall_seconds(clock) == {"": 2, "rows": 0, "save": 1}


def test_segments_left_open_are_closed_at_the_end(
    clock: TimeLedger, fake_clock: FakeClock
) -> None:
    clock.enter("save")
    fake_clock.work(1)
    clock.stop()
    fake_clock.work(5)
    clock.leave("save")
    assert wall_seconds(clock) == {"": 0, "save": 1}


def test_no_time_is_counted_before_the_start(fake_clock: FakeClock) -> None:
    clock = TimeLedger()
    clock.enter("import")
    fake_clock.work(1)
    clock.leave("import")
    clock.start()
    fake_clock.work(2)
    clock.stop()
    assert wall_seconds(clock) == {"": 2}


def test_another_thread_is_counted_separately(
    clock: TimeLedger, fake_clock: FakeClock
) -> None:
    def work() -> None:
        clock.enter("send")
        fake_clock.work(1)
        clock.leave("send")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    clock.stop()
    elsewhere = {part[NAME]: part[WALL] for part in clock.parts() if part[ELSEWHERE]}
    mine = [part for part in clock.parts() if not part[ELSEWHERE]]
    assert elsewhere["send"] == 1
    assert [part[WALL] for part in mine] == [1]


def test_a_segment_name_for_each_row_does_not_use_unlimited_memory(
    clock: TimeLedger, fake_clock: FakeClock
) -> None:
    for number in range(1000):
        clock.enter(f"row {number}")
        fake_clock.work(1)
        clock.leave(f"row {number}")
    clock.stop()
    assert len(clock.parts()) < 400
    assert sum(wall_seconds(clock).values()) == 1000


def test_a_wrapped_function_is_timed_counted_and_unchanged(
    clock: TimeLedger, fake_clock: FakeClock
) -> None:
    def read(size: int) -> int:
        fake_clock.wait(1)
        return size

    wrapped = timed(clock, "sources", read, counted=True)
    assert [wrapped(5), wrapped(6)] == [5, 6]
    clock.stop()
    [_, part] = clock.parts()
    assert (part[KIND], part[CALLS], part[WALL]) == ("sources", 2, 2)


def test_the_time_of_a_failing_call_is_counted(
    clock: TimeLedger, fake_clock: FakeClock
) -> None:
    def fail() -> None:
        fake_clock.wait(1)
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        timed(clock, "http", fail)()
    fake_clock.work(2)
    clock.stop()
    assert wall_seconds(clock) == {"": 2, "http": 1}


# --- over time ------------------------------------------------------------------


def test_the_intervals_cover_the_whole_time_of_a_run_of_any_length() -> None:
    bands = SegmentTimeline()
    bands.start(10.0)
    bands.add("a", 10.0, 10.003)
    bands.add("b", 10.003, 75.0)
    bands.add("a", 75.0, 500.0)
    told: dict[str, list[float]] = {str(name): each for name, each in bands.summary()}  # type: ignore[misc]
    assert sum(told["a"]) == pytest.approx(425.003, abs=0.05)
    assert sum(told["b"]) == pytest.approx(64.997, abs=0.05)
    assert len(told["a"]) <= 240
    assert bands.width * len(told["a"]) >= 490


def test_readings_are_thinned_but_keep_the_highest_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts: Iterator[int] = iter([*range(600), 5000, *range(600)])
    alive = LiveObjects(lambda: {"contract": next(counts)})
    alive.read()  # before the start: reads nothing
    alive.start()
    for _ in range(601):
        alive.read(last=True)  # however few ticks there were since the last reading
    told = alive.summary()
    assert len(told["at"]) < 400  # type: ignore[arg-type]
    assert max(told["alive"]["contract"]) == 5000  # type: ignore[index]
