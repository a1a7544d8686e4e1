"""The parts add up to the duration, and the uncontended range is within it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limerun.measure.contention import (
    SPEED_SHARE,
    RunTimes,
    at_usual_speed,
    is_busy,
    run_times,
)
from limerun.records import MachineSpeed, Outcome
from tests.builders import SCHEDULING, a_run, an_outcome, with_times

NS = 10**9
SECONDS = st.floats(0, 100)


def an_outcome_of(
    cpu: float = 0.0, counters: dict[str, int] | None = None, **scheduling: Any
) -> Outcome:
    return replace(
        with_counters(counters or {}),
        cpu_user_seconds=cpu,
        cpu_system_seconds=0.0,
        scheduling=replace(SCHEDULING, **scheduling),
    )


def with_counters(counters: dict[str, int]) -> Outcome:
    outcome = an_outcome()
    return replace(outcome, counters={**outcome.counters, **counters})


def parts_of(times: RunTimes) -> list[float]:
    parts = (times.cpu, times.database, times.waiting, times.contention)
    return [each or 0.0 for each in parts]


@given(figures=st.tuples(*[SECONDS] * 7))
def test_the_parts_add_up_to_the_duration_and_limit_the_uncontended_range(
    figures: tuple[float, ...],
) -> None:
    duration, cpu, delay, database, database_cpu, unread, others = figures
    outcome = an_outcome_of(
        cpu + others,
        {
            "has_statements": 1,
            "database_ns": int(database * NS),
            "database_cpu_ns": int(database_cpu * NS),
            "database_unread_cpu_ns": int(unread * NS),
        },
        thread_cpu_seconds=cpu,
        thread_delay_seconds=delay,
        alone_delay_seconds=delay / 2,
        others_cpu_seconds=others,
        others_delay_seconds=others,
    )
    times = run_times(outcome, duration)
    assert sum(parts_of(times)) == pytest.approx(duration)
    assert min(parts_of(times)) >= 0
    assert times.uncontended_low is not None
    assert times.uncontended_high is not None
    assert 0 <= times.uncontended_low <= times.uncontended_high <= duration


def test_the_delay_of_a_single_thread_is_subtracted_from_the_duration() -> None:
    times = run_times(
        an_outcome_of(1.0, thread_cpu_seconds=1.0, thread_delay_seconds=2.5), 4.0
    )
    assert parts_of(times) == [1.0, 0.0, 0.5, 2.5]
    assert (times.uncontended_low, times.uncontended_high) == (1.5, 1.5)
    assert times.others_cpu is None


def test_contention_is_unknown_without_scheduling_statistics() -> None:
    outcome = replace(
        an_outcome(), cpu_user_seconds=1.0, cpu_system_seconds=0.5, scheduling=None
    )
    times = run_times(outcome, 4.0)
    assert parts_of(times) == [1.5, 0.0, 2.5, 0.0]
    assert times.contention is None
    assert times.uncontended_low is times.uncontended_high is None


def test_cpu_time_in_statements_counts_as_database_time() -> None:
    counters = {
        "has_statements": 1,
        "database_ns": 3 * NS,
        "database_cpu_ns": NS,
    }
    times = run_times(an_outcome_of(1.5, counters, thread_cpu_seconds=1.5), 4.0)
    assert parts_of(times) == [0.5, 3.0, 0.5, 0.0]
    assert times.database_wait == 2.0


def test_contention_in_short_statements_is_estimated_from_cpu_time() -> None:
    counters = {
        "has_statements": 1,
        "database_ns": 3 * NS,
        "database_cpu_ns": NS,
        "database_unread_cpu_ns": NS,
    }
    outcome = an_outcome_of(
        2.0, counters, thread_cpu_seconds=2.0, thread_delay_seconds=2.0
    )
    assert parts_of(run_times(outcome, 5.0)) == [1.0, 2.0, 0.0, 2.0]


def test_the_delay_of_other_threads_counts_only_while_the_task_waits_for_them() -> None:
    outcome = an_outcome_of(
        2.0,
        thread_cpu_seconds=0.5,
        thread_delay_seconds=1.0,
        alone_delay_seconds=0.25,
        others_cpu_seconds=1.5,
        others_delay_seconds=4.0,
        busiest_cpu_seconds=1.5,
        cpus=2,
    )
    times = run_times(outcome, 10.0)
    assert (times.uncontended_low, times.uncontended_high) == (5.0, 9.75)
    assert (times.others_cpu, times.others_contention) == (1.5, 4.0)


@pytest.mark.parametrize(
    ("changed", "low"),
    [
        ({"busiest_cpu_seconds": 6.0}, 6.0),
        ({"thread_cpu_seconds": 3.0}, 3.0),
        ({"cpus": 1}, 8.0),  # all of them have had to share it
    ],
)
def test_the_uncontended_duration_is_at_least_the_time_needed_for_computing(
    changed: dict[str, Any], low: float
) -> None:
    outcome = an_outcome_of(8.0, **{**MANY, **changed})
    assert run_times(outcome, 10.0).uncontended_low == low


MANY: dict[str, Any] = {
    "thread_cpu_seconds": 1.0,
    "thread_delay_seconds": 1.0,
    "others_cpu_seconds": 7.0,
    "others_delay_seconds": 40.0,
    "cpus": 4,
}


@pytest.mark.parametrize("missed", [{"others_cpu_seconds": 0.0}, {"complete": False}])
def test_the_uncontended_range_is_wide_if_some_threads_were_not_read(
    missed: dict[str, Any],
) -> None:
    outcome = an_outcome_of(
        5.0,
        **{
            **MANY,
            "alone_delay_seconds": 1.0,
            "others_delay_seconds": 0.1,
            "others_cpu_seconds": 4.0,
            **missed,
        },
    )
    times = run_times(outcome, 10.0)
    assert (times.uncontended_low, times.uncontended_high) == (1.25, 10.0)


def test_a_small_difference_between_two_clocks_is_not_mistaken_for_another_thread() -> (
    None
):
    times = run_times(an_outcome_of(1.004, thread_cpu_seconds=1.0), 4.0)
    assert times.others_cpu is None


def test_a_thread_that_only_sleeps_leaves_the_uncontended_duration_exact() -> None:
    outcome = an_outcome_of(
        2.0,
        thread_cpu_seconds=1.996,
        thread_delay_seconds=1.0,
        others_cpu_seconds=0.004,
        others_delay_seconds=0.001,
        unread_seconds=0.005,
    )
    times = run_times(outcome, 4.0)
    assert (times.uncontended_low, times.uncontended_high) == (3.0, 3.0)
    assert times.others_cpu is None


def test_other_threads_delay_the_task_at_most_while_they_run() -> None:
    outcome = an_outcome_of(
        2.5,
        thread_cpu_seconds=2.0,
        thread_delay_seconds=4.0,
        alone_delay_seconds=1.0,
        others_cpu_seconds=0.25,
        others_delay_seconds=0.5,
        unread_seconds=0.25,
        cpus=2,
    )
    times = run_times(outcome, 8.0)
    assert (times.uncontended_low, times.uncontended_high) == (3.25, 4.75)


@pytest.mark.parametrize("which", ["others_cpu", "others_delay", "unread"])
def test_a_thread_that_runs_or_waits_for_a_processor_makes_the_duration_a_range(
    which: str,
) -> None:
    figures: dict[str, Any] = {f"{which}_seconds": 0.1}
    outcome = an_outcome_of(
        2.0, thread_cpu_seconds=2.0, thread_delay_seconds=1.0, **figures
    )
    times = run_times(outcome, 4.0)
    assert times.uncontended_low is not None
    assert times.uncontended_high is not None
    assert times.uncontended_low < times.uncontended_high
    assert times.others_cpu is not None


HALF_AS_FAST = MachineSpeed(now_seconds=0.04, usual_seconds=0.02)


def test_only_computing_is_faster_at_the_usual_speed() -> None:
    run = replace(
        with_times(replace(a_run(), duration_seconds=40.0), 20.0),
        cpu_seconds=6.0,
        database_seconds=8.0,
        database_wait_seconds=4.0,
        waiting_seconds=6.0,
    )
    slower = at_usual_speed(run, HALF_AS_FAST)
    assert slower.uncontended_low_seconds == pytest.approx(10 + 10 * 0.5**SPEED_SHARE)
    assert slower.uncontended_seconds == run.uncontended_seconds == 20.0
    assert slower.machine_speed == HALF_AS_FAST


def test_without_a_database_all_computing_is_faster_at_the_usual_speed() -> None:
    run = replace(
        with_times(replace(a_run(), duration_seconds=40.0), 20.0),
        cpu_seconds=10.0,
        database_seconds=None,
        database_wait_seconds=None,
    )
    slower = at_usual_speed(run, HALF_AS_FAST)
    assert slower.uncontended_low_seconds == pytest.approx(10 + 10 * 0.5**SPEED_SHARE)


@pytest.mark.parametrize(
    "changed",
    [
        {"contention_seconds": 1.0},
        {"contention_seconds": None},
        {"uncontended_low_seconds": None},
        {"cpu_seconds": None},
        {"duration_seconds": None},
    ],
)
def test_runs_that_were_not_delayed_keep_their_range(changed: dict[str, Any]) -> None:
    run = replace(with_times(replace(a_run(), duration_seconds=40.0), 20.0), **changed)
    assert at_usual_speed(run, HALF_AS_FAST) is run


@given(cpu=SECONDS, database=st.none() | SECONDS, now=st.floats(0.02, 9))
def test_the_usual_speed_never_makes_a_range_invalid(
    cpu: float, database: float | None, now: float
) -> None:
    run = replace(
        with_times(replace(a_run(), duration_seconds=40.0), 20.0),
        cpu_seconds=cpu,
        database_seconds=database,
        database_wait_seconds=0.0,
    )
    slower = at_usual_speed(run, MachineSpeed(now_seconds=now, usual_seconds=0.02))
    assert is_busy(run)
    assert 0 <= (slower.uncontended_low_seconds or 0.0) <= 20.0
