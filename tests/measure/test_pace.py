"""The end is predicted from the rows done; exceeded budgets are noticed early."""

import pickle
from collections.abc import Callable

import pytest

from limerun.measure.early_stop import EarlyStop
from limerun.measure.pace import MOST_MARKS, TaskPace
from limerun.records import Budget, BudgetLevel, StoppedEarly
from tests.builders import MB, a_budget

TOTAL = 100_000
COURSES: dict[str, Callable[[float], float]] = {
    "steady": lambda share: share,
    "start, then steady": lambda share: 0.3 + 0.7 * share if share else 0.0,
    "each row slower": lambda share: share**2,
    "each row quicker": lambda share: 1 - (1 - share) ** 2,
}
"""The share of the time by the share of the rows."""


def pace_of(course: Callable[[float], float], until: float, seconds: float) -> TaskPace:
    pace = TaskPace()
    for step in range(int(until * 1000) + 1):
        pace.mark(course(step / 1000) * seconds, step * TOTAL // 1000)
    return pace


@pytest.mark.parametrize("name", COURSES)
@pytest.mark.parametrize("until", [0.25, 0.5, 0.9])
def test_the_true_end_is_within_the_predicted_range(name: str, until: float) -> None:
    told = pace_of(COURSES[name], until, 100.0).whole(TOTAL)
    assert told is not None
    assert told.low <= 100.0 <= told.high or name == "each row quicker"
    assert told.low <= told.likely <= told.high
    assert told.low <= 100.0


@pytest.mark.parametrize("name", ["steady", "start, then steady", "each row slower"])
def test_the_likely_end_is_close_to_the_true_end(name: str) -> None:
    told = pace_of(COURSES[name], 0.3, 100.0).whole(TOTAL)
    assert told is not None
    assert told.likely == pytest.approx(100.0, rel=0.1)


def test_no_end_is_predicted_from_less_than_three_seconds() -> None:
    assert pace_of(COURSES["steady"], 0.5, 5.9).whole(TOTAL) is None
    assert pace_of(COURSES["steady"], 0.5, 6.1).whole(TOTAL) is not None


def test_no_end_is_predicted_once_all_rows_have_been_read() -> None:
    assert pace_of(COURSES["steady"], 1.0, 100.0).whole(TOTAL) is None


def test_after_a_stall_the_end_is_predicted_from_the_overall_rate() -> None:
    pace = TaskPace()
    for second, rows in [
        (0, 0),
        (10, 40_000),
        (38, 50_000),
        (39, 50_000),
        (40, 50_000),
    ]:
        pace.mark(second, rows)
    told = pace.whole(TOTAL)
    assert told is not None
    assert told.low <= 80.0 <= told.high


def test_no_end_is_predicted_before_the_first_row() -> None:
    pace = TaskPace()
    for second in range(30):
        pace.mark(second, 0)
    assert pace.whole(TOTAL) is None


def test_a_long_run_keeps_only_a_few_marks() -> None:
    pace = TaskPace()
    for step in range(100_000):
        pace.mark(step * 0.1, step)
    assert len(pickle.dumps(pace)) < 100 * MOST_MARKS
    told = pace.whole(200_000)
    assert told is not None
    assert told.likely == pytest.approx(20_000.0, rel=0.05)


# --- early stop ------------------------------------------------------------------------


def stop_of(
    course: Callable[[float], float], seconds: float, budget: Budget
) -> tuple[float, StoppedEarly] | None:
    """Return when and why a run of this course is stopped; None if it is not."""
    early_stop = EarlyStop(budget)
    for step in range(1, 1001):
        now = course(step / 1000) * seconds
        if early_stop.should_stop(now, MB, step * TOTAL // 1000, TOTAL):
            assert early_stop.reason is not None
            return now, early_stop.reason
    return None


@pytest.mark.parametrize("name", COURSES)
def test_a_run_that_ends_in_time_is_never_stopped(name: str) -> None:
    assert stop_of(COURSES[name], 100.0, a_budget(duration=100.0)) is None


@pytest.mark.parametrize("name", COURSES)
def test_a_run_far_over_its_budget_is_stopped_early(name: str) -> None:
    lost = stop_of(COURSES[name], 1000.0, a_budget(duration=100.0))
    assert lost is not None
    when, reason = lost
    assert reason.check == "duration.budget"
    assert reason.limit == 100.0
    assert 100.0 < reason.at_least <= 1000.0
    assert when <= (101.0 if "start" in name else 100.0) or reason.at_least == when


def test_a_run_just_over_its_budget_is_stopped_when_the_budget_is_used_up() -> None:
    lost = stop_of(COURSES["steady"], 120.0, a_budget(duration=100.0))
    assert lost is not None
    assert lost[0] == pytest.approx(100.0, abs=0.2)


def test_a_slow_first_batch_does_not_stop_the_run() -> None:
    early_stop = EarlyStop(a_budget(duration=20.0))
    for tenth in range(1, 101):
        assert not early_stop.should_stop(tenth / 10, MB, TOTAL // 100, TOTAL)
    assert not early_stop.should_stop(10.5, MB, TOTAL // 2, TOTAL)


@pytest.mark.parametrize(
    ("task_bytes", "lost"), [(200 * MB, False), (200 * MB + 1, True)]
)
def test_memory_stops_the_run_only_above_its_budget(
    task_bytes: int, lost: bool
) -> None:
    early_stop = EarlyStop(a_budget())
    assert early_stop.should_stop(0.1, task_bytes, 5, None) is lost
    if lost:
        assert early_stop.reason is not None
        assert early_stop.reason.check == "memory.task"
        assert early_stop.reason.rows_total is None
        assert early_stop.should_stop(0.2, 0, 6, None)


def test_without_rows_the_run_is_stopped_only_once_its_time_is_used_up() -> None:
    early_stop = EarlyStop(a_budget(duration=10.0))
    assert not early_stop.should_stop(10.0, MB, 0, None)
    assert early_stop.should_stop(10.1, MB, 0, None)


def test_a_budget_at_level_warning_or_off_does_not_stop_the_run() -> None:
    levels: dict[str, BudgetLevel] = {"memory": "warning", "duration": "off"}
    budget = a_budget(memory=1, idle=1, duration=1.0, levels=levels)
    assert not EarlyStop(budget).should_stop(100.0, 10 * MB, 1, 100)


def test_with_few_marks_the_end_is_predicted_from_their_rate() -> None:
    pace = TaskPace()
    pace.mark(0, 0)
    pace.mark(20, 40_000)
    told = pace.whole(TOTAL)
    assert told is not None
    assert told.likely == pytest.approx(50)
