"""One cause, one verdict, one exit code."""

from dataclasses import replace

import pytest

from limerun.judge.budget_checks import checks_of
from limerun.judge.verdict import ending_verdict, exit_code_of, verdict_of
from limerun.records import Ending, KilledBecause, Run, Verdict
from tests.builders import BUDGET, MB, a_run


def judged(*runs: Run) -> tuple[Verdict, int]:
    verdict = verdict_of(runs, checks_of(BUDGET, runs))
    return verdict, exit_code_of(runs, verdict)


def test_a_run_within_every_budget_has_passed() -> None:
    assert judged(a_run()) == (Verdict.PASSED, 0)


def test_a_run_over_a_budget_has_failed() -> None:
    assert judged(a_run(201 * MB)) == (Verdict.FAILED, 1)


@pytest.mark.parametrize("ending", ["raised", "exited", "crashed"])
def test_a_task_that_raises_or_exits_is_an_error_whatever_was_measured(
    ending: Ending,
) -> None:
    assert judged(replace(a_run(), ending=ending)) == (Verdict.ERROR, 3)
    assert judged(replace(a_run(300 * MB), ending=ending)) == (Verdict.ERROR, 3)


@pytest.mark.parametrize("why", ["cloud_limit", "host_memory", "out_of_memory"])
def test_a_run_killed_for_its_memory_has_the_verdict_killed(why: KilledBecause) -> None:
    run = replace(a_run(), ending="killed", killed_because=why)
    assert judged(run) == (Verdict.KILLED, 4)


def test_a_run_out_of_time_has_the_verdict_timeout() -> None:
    run = replace(a_run(), ending="timeout", killed_because="timeout")
    assert judged(run) == (Verdict.TIMEOUT, 5)


def test_budgets_are_not_judged_after_ctrl_c() -> None:
    run = replace(a_run(), ending="killed", killed_because="interrupted")
    assert judged(run) == (Verdict.INCONCLUSIVE, 130)


@pytest.mark.parametrize("why", ["stuck", "watcher_lost"])
def test_a_run_that_was_not_watched_to_the_end_is_inconclusive(
    why: KilledBecause,
) -> None:
    for task_bytes in (10 * MB, 300 * MB):
        run = replace(a_run(task_bytes), ending="killed", killed_because=why)
        assert judged(run) == (Verdict.INCONCLUSIVE, 6)


@pytest.mark.parametrize("task_bytes", [10 * MB, 300 * MB])
def test_a_task_whose_body_did_not_run_is_inconclusive(task_bytes: int) -> None:
    run = replace(a_run(task_bytes), not_run="was replaced by a task that has not run")
    assert judged(run) == (Verdict.INCONCLUSIVE, 6)
    assert judged(a_run(), run) == (Verdict.INCONCLUSIVE, 6)
    assert ending_verdict(run) is Verdict.INCONCLUSIVE


def test_a_run_without_measured_values_is_inconclusive() -> None:
    assert judged(a_run(None)) == (Verdict.INCONCLUSIVE, 6)


def test_a_run_without_any_checks_is_inconclusive() -> None:
    assert verdict_of([a_run()], []) is Verdict.INCONCLUSIVE


def test_one_failed_run_decides_the_verdict() -> None:
    assert judged(a_run(), replace(a_run(), ending="raised")) == (Verdict.ERROR, 3)


def test_a_returned_run_without_a_verdict_exits_with_zero() -> None:
    assert exit_code_of([a_run()], None) == 0
