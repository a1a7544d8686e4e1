"""The end is predicted from the rows done; exceeded budgets are noticed early."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from limerun.measure.early_stop import EarlyStop
from limerun.measure.pace import MOST_MARKS, TaskPace, predicted_duration
from limerun.records import Budget, BudgetLevel, Run, StoppedEarly, TaskTimeLimits
from tests.builders import MB, a_budget, a_run, with_times

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


def test_no_end_is_predicted_from_less_than_a_second() -> None:
    assert pace_of(COURSES["steady"], 0.5, 1.9).whole(TOTAL) is None
    assert pace_of(COURSES["steady"], 0.5, 2.1).whole(TOTAL) is not None


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


# --- a run that was stopped ------------------------------------------------------------


def stopped(**changed: Any) -> Run:
    run = replace(
        a_run(), ending="killed", killed_because="interrupted", duration_seconds=25.0
    )
    return replace(with_times(run), **changed)


SOFT = TaskTimeLimits(soft_seconds=25.0, reached="soft")


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"killed_because": "stopped_early"},
        {"killed_because": "cloud_limit"},
        {"ending": "timeout", "killed_because": "timeout"},
        {"ending": "timeout", "killed_because": "time_limit"},
        {"ending": "raised", "killed_because": None, "time_limits": SOFT},
    ],
)
def test_the_duration_of_all_rows_is_predicted_for_a_run_that_was_stopped(
    changed: dict[str, Any],
) -> None:
    pace = pace_of(COURSES["steady"], 0.25, 100.0)
    predicted = predicted_duration(stopped(**changed), pace, TOTAL)
    assert predicted is not None
    assert predicted.low_seconds <= 100.0 <= predicted.high_seconds
    assert predicted.likely_seconds == pytest.approx(100.0, rel=0.1)
    assert (predicted.rows_done, predicted.rows_total) == (TOTAL // 4, TOTAL)


@pytest.mark.parametrize(
    "changed",
    [
        {"ending": "returned", "killed_because": None},
        {"ending": "raised", "killed_because": None},
        {
            "ending": "raised",
            "killed_because": None,
            "time_limits": replace(SOFT, reached=None),
        },
        {"ending": "crashed", "killed_because": None},
        {"killed_because": "stuck"},
    ],
)
def test_nothing_is_predicted_for_a_run_that_ended_by_itself(
    changed: dict[str, Any],
) -> None:
    pace = pace_of(COURSES["steady"], 0.25, 100.0)
    assert predicted_duration(stopped(**changed), pace, TOTAL) is None


def test_nothing_is_predicted_until_a_twentieth_of_the_rows_has_been_read() -> None:
    for until, is_enough in ((0.049, False), (0.05, True)):
        pace = pace_of(COURSES["steady"], until, 100.0)
        predicted = predicted_duration(stopped(), pace, TOTAL)
        assert (predicted is not None) is is_enough


@pytest.mark.parametrize(("until", "seconds"), [(0.5, 1.9), (1.0, 100.0)])
def test_nothing_is_predicted_from_little_time_or_after_the_last_row(
    until: float, seconds: float
) -> None:
    pace = pace_of(COURSES["steady"], until, seconds)
    assert predicted_duration(stopped(), pace, TOTAL) is None


def test_nothing_is_predicted_if_the_number_of_rows_is_unknown() -> None:
    assert predicted_duration(stopped(), TaskPace(), None) is None
    assert predicted_duration(stopped(), TaskPace(), TOTAL) is None


def test_nothing_is_predicted_from_three_large_steps() -> None:
    for steps, is_enough in ((3, False), (4, True)):
        pace = TaskPace()
        for second in range(4 * steps + 1):
            pace.mark(second, second // 4 * 10_000)
        predicted = predicted_duration(stopped(), pace, TOTAL)
        assert (predicted is not None) is is_enough


def test_nothing_is_predicted_for_a_run_that_had_stopped_reading_rows() -> None:
    for until, is_enough in ((12, True), (14, False)):
        pace = TaskPace()
        for second in range(until + 1):
            pace.mark(second, min(second, 10) * 1_000)
        predicted = predicted_duration(stopped(), pace, TOTAL)
        assert (predicted is not None) is is_enough


def test_the_range_is_wider_if_contention_of_threads_may_have_delayed_the_task() -> (
    None
):
    pace = pace_of(COURSES["steady"], 0.25, 100.0)
    seconds, _ = pace.last
    alone, beside = (
        predicted_duration(stopped(uncontended_seconds=each), pace, TOTAL)
        for each in (seconds, 2 * seconds)
    )
    assert alone is not None
    assert beside is not None
    assert beside.low_seconds == alone.low_seconds
    assert beside.likely_seconds == pytest.approx(1.5 * alone.likely_seconds)
    assert beside.high_seconds == pytest.approx(2 * alone.high_seconds)


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


def test_single_rows_before_a_large_block_do_not_define_a_curve() -> None:
    pace = TaskPace()
    for second, rows in enumerate((1, 2, 3, 4_000_000, 5_000_000)):
        pace.mark(second, rows)
    told = pace.whole(10_000_000)
    assert told is not None
    assert told.likely == pytest.approx(5.5, rel=0.01)
    assert told.high == pytest.approx(15, rel=0.01)


def test_without_budgets_only_the_pace_is_followed() -> None:
    early_stop = EarlyStop(None)
    for second in range(20):
        assert not early_stop.should_stop(second, 10**12, second * 1_000, TOTAL)
    assert early_stop.pace.last == (19, 19_000)


def test_start_up_before_the_first_row_is_not_scaled_with_the_rows() -> None:
    pace = TaskPace()
    for second in range(60):
        pace.mark(second, max(0, second - 50) * 1_000)
    told = pace.whole(TOTAL)
    assert told is not None
    assert told.likely == pytest.approx(151)
    assert told.high == pytest.approx(1.5 * 151)


def test_with_few_marks_the_end_is_predicted_from_their_rate() -> None:
    pace = TaskPace()
    pace.mark(0, 40_000)
    pace.mark(20, 50_000)
    told = pace.whole(TOTAL)
    assert told is not None
    assert told.likely == pytest.approx(50)
