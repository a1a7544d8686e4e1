"""Values are compared with budgets, on both sides of each limit."""

from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limerun.judge.budget_checks import (
    apply_early_stops,
    checks_of,
    queries_per_row,
    within,
)
from limerun.judge.verdict import exit_code_of, verdict_of
from limerun.records import (
    Budget,
    Check,
    PredictedDuration,
    Run,
    StoppedEarly,
    TaskTimeLimits,
    Verdict,
)
from tests.builders import BUDGET, MB, a_budget, a_memory, a_run


def check_named(name: str, budget: Budget, *runs: Run) -> Check:
    return next(check for check in checks_of(budget, runs) if check.name == name)


@pytest.mark.parametrize(
    ("task_bytes", "passed"),
    [(200 * MB - 1, True), (200 * MB, True), (200 * MB + 1, False)],
)
def test_a_value_equal_to_the_limit_is_within_it(task_bytes: int, passed: bool) -> None:
    assert check_named("memory.task", BUDGET, a_run(task_bytes)).passed is passed
    assert check_named("memory.handler", BUDGET, a_run(task_bytes)).passed is passed


@given(st.floats(0, 1e12), st.floats(0, 1e12))
def test_within_and_above_are_opposites(actual: float, limit: float) -> None:
    assert within(actual, limit) is (actual <= limit)


def test_the_handler_limit_is_the_idle_baseline_plus_the_task_budget() -> None:
    check = check_named("memory.handler", BUDGET, a_run(10 * MB))
    assert (check.limit, check.actual) == (400 * MB, 210 * MB)


def test_memory_is_judged_by_the_largest_of_the_runs() -> None:
    check = check_named("memory.task", BUDGET, a_run(10 * MB), a_run(210 * MB))
    assert (check.actual, check.passed) == (210 * MB, False)
    assert check.why == "over by 10.0 MB"


def test_the_duration_is_judged_by_the_median_of_the_runs() -> None:
    budget = replace(BUDGET, duration_seconds=30)
    runs = [replace(a_run(), duration_seconds=each) for each in (10.0, 30.0, 99.0)]
    check = check_named("duration.budget", budget, *runs)
    assert (check.actual, check.passed) == (30.0, True)


def test_a_value_that_was_not_measured_does_not_pass() -> None:
    check = check_named("memory.task", BUDGET, a_run(None))
    assert (check.actual, check.passed, check.why) == (None, None, "not measured")


def test_a_task_that_did_not_finish_cannot_pass_but_can_fail() -> None:
    small = replace(a_run(10 * MB), ending="raised")
    large = replace(a_run(210 * MB), ending="killed")
    assert check_named("memory.task", BUDGET, small).passed is None
    assert check_named("memory.task", BUDGET, large).passed is False


def test_a_memory_check_is_inconclusive_if_the_baseline_did_not_settle() -> None:
    restless = replace(a_run(10 * MB), baseline_flat=False)
    check = check_named("memory.task", BUDGET, restless)
    assert check.passed is None
    assert "did not settle" in check.why


def test_budgets_that_are_not_set_are_not_checked() -> None:
    names = [check.name for check in checks_of(BUDGET, [a_run()])]
    assert names == ["memory.task", "memory.handler"]


@pytest.mark.parametrize(
    ("limits", "seconds", "limit", "actual"),
    [
        (
            TaskTimeLimits(soft_seconds=9, hard_seconds=12, reached="soft"),
            10.0,
            9,
            10.0,
        ),
        (TaskTimeLimits(soft_seconds=9, hard_seconds=12, reached="hard"), 10.0, 12, 12),
        (TaskTimeLimits(hard_seconds=12, reached="hard"), None, 12, 12),
    ],
)
def test_reaching_the_time_limit_fails_the_check(
    limits: TaskTimeLimits, seconds: float | None, limit: float, actual: float
) -> None:
    run = replace(a_run(), time_limits=limits, duration_seconds=seconds)
    within = replace(run, time_limits=replace(limits, reached=None))
    check = check_named("limits.task", BUDGET, within, run)
    assert (check.limit, check.actual, check.passed) == (limit, actual, False)
    assert check.why == f"reached its {limits.reached} time limit"
    names = [each.name for each in checks_of(BUDGET, [within])]
    assert "limits.task" not in names


def test_the_query_rate_is_queries_divided_by_rows() -> None:
    budget = replace(BUDGET, queries_per_row=0.05)
    assert check_named("speed.queries", budget, a_run()).passed is True
    tighter = replace(BUDGET, queries_per_row=0.049)
    assert check_named("speed.queries", tighter, a_run()).passed is False


@pytest.mark.parametrize(
    ("run", "why"),
    [
        (replace(a_run(), queries=None), "no statement went through SQLAlchemy"),
        (
            replace(a_run(), rows_processed=None),
            "the number of rows that the task processed is unknown",
        ),
        (replace(a_run(), queries=None, queries_why="in children"), "in children"),
        (replace(a_run(), rows_processed=None, rows_why="by a map"), "by a map"),
    ],
)
def test_a_missing_query_rate_has_a_reason(run: Run, why: str) -> None:
    check = check_named("speed.queries", replace(BUDGET, queries_per_row=1.0), run)
    assert (check.passed, check.why) == (None, why)
    assert queries_per_row(run) is None


def a_range(low: int, high: int | None) -> Run:
    """Return a run with these memory bounds in MB; 110 MB is the likely value."""
    memory = replace(
        a_memory(110 * MB),
        task_low_bytes=low * MB,
        task_high_bytes=None if high is None else high * MB,
        exact=False,
        why="it was hid",
    )
    return replace(a_run(), memory=memory)


@pytest.mark.parametrize(
    ("low", "high", "passed", "why"),
    [
        (100, 150, True, "between 100.0 MB and 150.0 MB"),
        (100, 200, True, "between 100.0 MB and 200.0 MB"),
        (
            100,
            201,
            None,
            "between 100.0 MB and 201.0 MB: the budget is inside this range",
        ),
        (100, None, None, "at least 100.0 MB; the upper bound is unknown: it was hid"),
        (201, 250, False, "between 201.0 MB and 250.0 MB"),
        (201, None, False, "at least 201.0 MB"),
    ],
)
@pytest.mark.parametrize("name", ["memory.task", "memory.handler"])
def test_a_range_is_judged_unless_it_contains_the_budget(
    name: str, low: int, high: int | None, passed: bool | None, why: str
) -> None:
    check = check_named(name, BUDGET, a_range(low, high))
    assert check.passed is passed
    if name == "memory.task":
        assert why in check.why


def test_one_run_without_an_upper_bound_makes_the_check_inconclusive() -> None:
    runs = [a_range(100, 120), a_range(100, None)]
    assert check_named("memory.task", BUDGET, *runs).passed is None
    runs = [a_range(201, 220), a_range(100, None)]
    assert check_named("memory.task", BUDGET, *runs).passed is False


@pytest.mark.parametrize(("limit", "passed"), [(0.04, False), (0.05, None)])
def test_with_only_an_upper_bound_of_rows_a_query_budget_can_fail_but_not_pass(
    limit: float, passed: bool | None
) -> None:
    run = replace(a_run(), rows_processed=None, rows_high=1000, rows_why="in a buffer")
    check = check_named("speed.queries", replace(BUDGET, queries_per_row=limit), run)
    assert check.passed is passed
    assert queries_per_row(run) == 0.05


def test_one_run_that_was_not_measured_makes_a_pass_inconclusive() -> None:
    budget = replace(BUDGET, queries_per_row=1.0)
    unknown = replace(a_run(), queries=None, queries_why="in children")
    check = check_named("speed.queries", budget, a_run(), unknown)
    assert (check.passed, check.why) == (None, "in children")


def test_a_run_without_memory_does_not_hide_a_run_with_memory() -> None:
    runs = [a_run(None), replace(a_run(), memory=a_memory(300 * MB))]
    assert check_named("memory.task", BUDGET, *runs).passed is False


def stopped(
    check: Literal["duration.budget", "memory.task"], limit: float, at_least: float
) -> Run:
    reason = StoppedEarly(
        check=check, limit=limit, at_least=at_least, rows_done=50, rows_total=1_000
    )
    return replace(
        a_run(),
        ending="killed",
        killed_because="stopped_early",
        duration_seconds=2.0,
        stopped_early=reason,
    )


def test_the_lower_bound_of_the_duration_is_compared_with_the_budget() -> None:
    run = stopped("duration.budget", 10.0, 40.0)
    checks = apply_early_stops(checks_of(a_budget(duration=10.0), [run]), [run])
    [duration] = [each for each in checks if each.name == "duration.budget"]
    assert duration.passed is False
    assert duration.actual == 40.0
    assert duration.why == (
        "stopped early after 50 of 1,000 rows; all rows would take at least 40.0 s"
    )
    assert all(each.passed is None for each in checks if each is not duration)


@pytest.mark.parametrize(
    ("limit", "place"),
    [
        (10.0, "over the budget"),
        (20.0, "the budget is inside this range"),
        (60.0, "within the budget"),
    ],
)
def test_a_predicted_duration_is_compared_with_the_budget_but_never_passes(
    limit: float, place: str
) -> None:
    predicted = PredictedDuration(
        low_seconds=20.0,
        likely_seconds=40.0,
        high_seconds=60.0,
        rows_done=50,
        rows_total=1_000,
    )
    run = replace(
        a_run(),
        ending="timeout",
        duration_seconds=2.0,
        predicted_duration=predicted,
    )
    check = check_named("duration.budget", a_budget(duration=limit), run)
    assert check.passed is None
    assert check.why == (
        "the task did not finish, so the full figure is unknown; "
        f"all rows are predicted to take 20.0 s to 60.0 s: {place}"
    )


def test_memory_of_a_run_stopped_early_is_its_highest_measured_value() -> None:
    run = stopped("memory.task", 5 * MB, 6 * MB)
    checks = apply_early_stops(checks_of(a_budget(memory=5 * MB), [run]), [run])
    [memory] = [each for each in checks if each.name == "memory.task"]
    assert memory.passed is False
    assert memory.actual == 10 * MB


def test_the_verdict_is_failed_and_the_exit_code_is_1() -> None:
    run = stopped("duration.budget", 10.0, 40.0)
    checks = apply_early_stops(checks_of(a_budget(duration=10.0), [run]), [run])
    verdict = verdict_of([run], checks)
    assert verdict is Verdict.FAILED
    assert exit_code_of([run], verdict) == 1


@pytest.mark.parametrize("limit", [40.0, 50.0])
def test_a_budget_above_the_lower_bound_is_not_judged(limit: float) -> None:
    run = stopped("duration.budget", 10.0, 40.0)
    checks = apply_early_stops(checks_of(a_budget(duration=limit), [run]), [run])
    assert [each.passed for each in checks] == [None, None, None]


def test_checks_of_complete_runs_stay_the_same() -> None:
    checks = checks_of(a_budget(duration=10.0), [a_run()])
    assert apply_early_stops(checks, [a_run()]) == checks


# --- contention ---------------------------------------------------------------------


def a_contended_run(low: float, high: float) -> Run:
    return replace(
        a_run(),
        duration_seconds=100.0,
        uncontended_seconds=high,
        uncontended_low_seconds=low,
        uncontended_high_seconds=high,
    )


@pytest.mark.parametrize(
    ("low", "high", "passed"),
    [
        (9.0, 9.0, True),
        (10.0, 10.0, True),
        (11.0, 11.0, False),
        (5.0, 10.0, True),
        (5.0, 11.0, None),
        (11.0, 20.0, False),
    ],
)
def test_the_duration_is_inconclusive_if_its_uncontended_range_contains_the_budget(
    low: float, high: float, passed: bool | None
) -> None:
    budget = replace(BUDGET, duration_seconds=10.0)
    check = check_named("duration.budget", budget, a_contended_run(low, high))
    assert check.passed is passed
    assert check.actual == high
    assert ("inside this range" in check.why) == (passed is None)
    assert ("without contention" in check.why) == (low != high)


def test_the_duration_is_judged_by_the_median_of_several_ranges() -> None:
    budget = replace(BUDGET, duration_seconds=10.0)
    runs = [a_contended_run(low, low + 1) for low in (3.0, 8.0, 30.0)]
    check = check_named("duration.budget", budget, *runs)
    assert (check.passed, check.actual) == (True, 9.0)
