"""Figures against budgets, on both sides of each edge."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limerun.judge.checks import checks_of, queries_per_row, within
from limerun.records import Budget, Check, Run
from tests.judge.runs import BUDGET, MB, a_memory, a_run


def check_named(name: str, budget: Budget, *runs: Run) -> Check:
    return next(check for check in checks_of(budget, runs) if check.name == name)


@pytest.mark.parametrize(
    ("task_bytes", "passed"),
    [(200 * MB - 1, True), (200 * MB, True), (200 * MB + 1, False)],
)
def test_at_the_limit_is_within_it(task_bytes: int, passed: bool) -> None:
    assert check_named("memory.task", BUDGET, a_run(task_bytes)).passed is passed
    assert check_named("memory.handler", BUDGET, a_run(task_bytes)).passed is passed


@given(st.floats(0, 1e12), st.floats(0, 1e12))
def test_within_is_exactly_not_above(actual: float, limit: float) -> None:
    assert within(actual, limit) is (actual <= limit)


def test_the_handler_s_limit_is_the_idle_handler_and_the_task_s_budget() -> None:
    check = check_named("memory.handler", BUDGET, a_run(10 * MB))
    assert (check.limit, check.actual) == (400 * MB, 210 * MB)


def test_the_largest_of_the_runs_is_judged_for_memory() -> None:
    check = check_named("memory.task", BUDGET, a_run(10 * MB), a_run(210 * MB))
    assert (check.actual, check.passed) == (210 * MB, False)
    assert check.why == "over by 10.0 MB"


def test_the_median_of_the_runs_is_judged_for_duration() -> None:
    budget = replace(BUDGET, duration_seconds=30)
    runs = [replace(a_run(), duration_seconds=each) for each in (10.0, 30.0, 99.0)]
    check = check_named("duration.budget", budget, *runs)
    assert (check.actual, check.passed) == (30.0, True)


def test_what_was_not_measured_has_not_passed() -> None:
    check = check_named("memory.task", BUDGET, a_run(None))
    assert (check.actual, check.passed, check.why) == (None, None, "not measured")


def test_a_task_that_did_not_end_has_not_passed_but_may_have_failed() -> None:
    small = replace(a_run(10 * MB), ending="raised")
    large = replace(a_run(210 * MB), ending="killed")
    assert check_named("memory.task", BUDGET, small).passed is None
    assert check_named("memory.task", BUDGET, large).passed is False


def test_without_a_flat_baseline_there_is_no_pass() -> None:
    restless = replace(a_run(10 * MB), baseline_flat=False)
    check = check_named("memory.task", BUDGET, restless)
    assert check.passed is None
    assert "did not settle" in check.why


def test_budgets_that_nobody_set_are_not_checked() -> None:
    names = [check.name for check in checks_of(BUDGET, [a_run()])]
    assert names == ["memory.task", "memory.handler"]


def test_queries_are_held_against_the_rows() -> None:
    budget = replace(BUDGET, queries_per_row=0.05)
    assert check_named("speed.queries", budget, a_run()).passed is True
    tighter = replace(BUDGET, queries_per_row=0.049)
    assert check_named("speed.queries", tighter, a_run()).passed is False


@pytest.mark.parametrize(
    ("run", "why"),
    [
        (replace(a_run(), queries=None), "no statement through SQLAlchemy was seen"),
        (
            replace(a_run(), rows_processed=None),
            "the rows that the task processed were not seen",
        ),
    ],
)
def test_queries_that_cannot_be_held_against_rows_say_why(run: Run, why: str) -> None:
    check = check_named("speed.queries", replace(BUDGET, queries_per_row=1.0), run)
    assert (check.passed, check.why) == (None, why)
    assert queries_per_row(run) is None


def test_a_run_without_memory_does_not_hide_one_with_it() -> None:
    runs = [a_run(None), replace(a_run(), memory=a_memory(300 * MB))]
    assert check_named("memory.task", BUDGET, *runs).passed is False
