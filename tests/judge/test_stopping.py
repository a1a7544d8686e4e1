"""A run that was stopped early has exceeded the budget that ended it, and no other."""

from dataclasses import replace
from typing import Literal

import pytest

from limerun.judge.checks import checks_of
from limerun.judge.stopping import with_stops
from limerun.judge.verdict import exit_code_of, verdict_of
from limerun.records import Run, StoppedEarly, Verdict
from tests.judge.runs import MB, a_run
from tests.measure.ladders import a_budget


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


def test_the_duration_that_was_sure_is_held_against_the_budget() -> None:
    run = stopped("duration.budget", 10.0, 40.0)
    checks = with_stops(checks_of(a_budget(duration=10.0), [run]), [run])
    [duration] = [each for each in checks if each.name == "duration.budget"]
    assert duration.passed is False
    assert duration.actual == 40.0
    assert duration.why == (
        "stopped early after 50 of 1,000 rows: at least 40.0 s for all of them"
    )
    assert all(each.passed is None for each in checks if each is not duration)


def test_memory_is_what_was_seen_at_its_highest() -> None:
    run = stopped("memory.task", 5 * MB, 6 * MB)
    checks = with_stops(checks_of(a_budget(memory=5 * MB), [run]), [run])
    [memory] = [each for each in checks if each.name == "memory.task"]
    assert memory.passed is False
    assert memory.actual == 10 * MB


def test_the_verdict_is_failed_and_the_code_1() -> None:
    run = stopped("duration.budget", 10.0, 40.0)
    checks = with_stops(checks_of(a_budget(duration=10.0), [run]), [run])
    verdict = verdict_of([run], checks)
    assert verdict is Verdict.FAILED
    assert exit_code_of([run], verdict) == 1


@pytest.mark.parametrize("limit", [40.0, 50.0])
def test_a_larger_budget_than_the_one_that_ended_it_is_not_judged(limit: float) -> None:
    run = stopped("duration.budget", 10.0, 40.0)
    checks = with_stops(checks_of(a_budget(duration=limit), [run]), [run])
    assert [each.passed for each in checks] == [None, None, None]


def test_runs_that_ended_leave_their_checks_alone() -> None:
    checks = checks_of(a_budget(duration=10.0), [a_run()])
    assert with_stops(checks, [a_run()]) == checks
