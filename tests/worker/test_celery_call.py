"""A Celery task runs as in a child of a real worker; no task is sent."""

from dataclasses import replace
from pathlib import Path

import pytest

from limerun.engine.local import LocalWorker
from limerun.errors import TaskError
from limerun.judge.budget_checks import checks_of
from limerun.judge.verdict import verdict_of
from limerun.measure.summary import summarize
from limerun.progress import Progress
from limerun.records import Outcome, Retry, Run, TaskTimeLimits, Verdict
from tests.builders import OPENING, a_budget
from tests.conftest import IDLE_BYTES, RunTask, launch_for

pytestmark = pytest.mark.slow
TASKS = Path(__file__).parents[1] / "tasks" / "celery_tasks.py"


def run_under(name: str, handler: TaskTimeLimits | None) -> Outcome:
    with LocalWorker(launch_for(f"{TASKS}:{name}"), Progress()) as worker:
        worker.load()
        return worker.run(replace(OPENING, handler=handler))


def summarized(outcome: Outcome) -> Run:
    return summarize(outcome, idle_baseline_bytes=IDLE_BYTES, source_rows=None)


def test_the_request_looks_like_that_of_a_message_from_a_queue(
    outcome_of: RunTask,
) -> None:
    assert outcome_of(f"{TASKS}:request", path="x").result == {
        "id": 36,
        "retries": 0,
        "eager": False,
        "direct": False,
        "kwargs": {"path": "x"},
        "host": "celery",
        "queue": "celery",
        "task": "celery_tasks.request",
        "root": True,
    }


def test_an_updated_state_can_be_read_without_a_backend(
    outcome_of: RunTask,
) -> None:
    assert outcome_of(f"{TASKS}:progress").result == [{"done": 1}, "PROGRESS"]


def test_handlers_and_signals_are_called_as_in_a_celery_worker(
    outcome_of: RunTask,
) -> None:
    outcome = outcome_of(f"{TASKS}:handled")
    assert outcome.result == ["call True"]
    assert outcome.output.stdout.split("\n")[:-1] == [
        "worker_process_init",
        "task_prerun",
        "before_start",
        "on_success",
        "after_return SUCCESS",
    ]


def test_failure_handlers_run_and_the_traceback_begins_in_the_task(
    outcome_of: RunTask,
) -> None:
    outcome = outcome_of(f"{TASKS}:fails")
    assert outcome.ending == "raised"
    assert "on_failure\nafter_return FAILURE" in outcome.output.stdout
    assert outcome.error is not None
    assert outcome.error.type == "KeyError"
    first = outcome.error.traceback.splitlines()[1]
    assert "celery_tasks.py" in first


def test_a_retry_runs_at_once_and_its_countdown_is_recorded(
    outcome_of: RunTask,
) -> None:
    outcome = outcome_of(f"{TASKS}:retried", times=2)
    assert outcome.result == [0, 1, 2]
    assert outcome.retries == (Retry(countdown_seconds=90.0, why="OSError: flaky"),) * 2


def test_a_retry_uses_the_arguments_passed_to_it(outcome_of: RunTask) -> None:
    outcome = outcome_of(f"{TASKS}:retried_with_other_arguments", page=1)
    assert outcome.result == 3
    assert len(outcome.retries) == 2


def test_retries_stop_at_their_limit_with_the_last_error(outcome_of: RunTask) -> None:
    outcome = outcome_of(f"{TASKS}:retried", times=9)
    assert outcome.error is not None
    assert (outcome.error.type, len(outcome.retries)) == ("OSError", 2)


def test_autoretry_does_not_hide_the_parameters_of_the_task(
    outcome_of: RunTask,
) -> None:
    assert outcome_of(f"{TASKS}:flaky", limit=3).result == 3
    with pytest.raises(TaskError, match="no parameter 'limt'; it takes limit"):
        outcome_of(f"{TASKS}:flaky", limt=3)


def test_a_class_based_task_must_be_named_by_its_instance(outcome_of: RunTask) -> None:
    assert outcome_of(f"{TASKS}:by_class", limit=4).result == 4
    with pytest.raises(TaskError, match=r"is a class; .*app.register_task"):
        outcome_of(f"{TASKS}:ByClass")


def test_sent_tasks_are_counted_whichever_way_they_are_sent(
    outcome_of: RunTask,
) -> None:
    outcome = outcome_of(f"{TASKS}:sends")
    assert outcome.result == "sent"
    assert outcome.sent_tasks == {
        "celery_tasks.add": 8,
        "celery_tasks.shared": 1,
        "elsewhere.other": 1,
    }


def test_tasks_sent_by_a_plain_function_are_only_counted(outcome_of: RunTask) -> None:
    outcome = outcome_of(f"{TASKS}:sends_from_a_plain_function")
    assert outcome.sent_tasks == {"celery_tasks.add": 1}


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_tasks_sent_by_child_processes_are_not_delivered(
    outcome_of: RunTask, method: str
) -> None:
    outcome = outcome_of(f"{TASKS}:sends_from_a_process", method=method)
    assert (outcome.error, outcome.result) == (None, "sent")


def test_sent_tasks_are_counted_even_if_celery_is_imported_inside_the_task(
    outcome_of: RunTask, tmp_path: Path
) -> None:
    task = tmp_path / "later.py"
    task.write_text(
        "def run():\n"
        "    from celery import Celery\n"
        "    app = Celery('later', broker='redis://127.0.0.1:1')\n"
        "    return app.send_task('elsewhere.other').id != ''\n"
    )
    outcome = outcome_of(f"{task}:run")
    assert outcome.result is True
    assert outcome.sent_tasks == {"elsewhere.other": 1}


@pytest.mark.parametrize("by", ["task", "retried", "chain", "group", "chord"])
def test_a_task_that_replaces_itself_never_passes(outcome_of: RunTask, by: str) -> None:
    outcome = outcome_of(f"{TASKS}:replaced", by=by)
    assert outcome.not_run == "was replaced by a task that has not run"
    assert outcome.sent_tasks
    assert set(outcome.sent_tasks) == {"celery_tasks.add"}
    assert (outcome.ending, outcome.result) == ("returned", None)
    assert verdict_of([summarized(outcome)], ()) is Verdict.INCONCLUSIVE


def test_a_task_that_raises_ignore_never_passes(
    outcome_of: RunTask,
) -> None:
    outcome = outcome_of(f"{TASKS}:ignores")
    assert outcome.not_run == (
        "raised Ignore (it is revoked), so a worker would store no result"
    )
    assert outcome.sent_tasks == {}


def test_a_task_with_late_acknowledgement_runs_in_the_same_way(
    outcome_of: RunTask,
) -> None:
    assert outcome_of(f"{TASKS}:late").result == "done"
    rejected = outcome_of(f"{TASKS}:late", fails=True)
    assert rejected.error is not None
    assert rejected.error.type == "OSError"


def test_a_task_outside_a_chord_cannot_add_to_a_chord(outcome_of: RunTask) -> None:
    outcome = outcome_of(f"{TASKS}:adds_to_its_chord")
    assert outcome.error is not None
    assert "not member of any chord" in outcome.error.message


@pytest.mark.parametrize(
    ("name", "error"),
    [("rejects", "no such queue"), ("waits", "sent tasks are counted, not run")],
)
def test_a_call_that_cannot_succeed_raises_its_error(
    outcome_of: RunTask, name: str, error: str
) -> None:
    outcome = outcome_of(f"{TASKS}:{name}")
    assert outcome.error is not None
    assert error in outcome.error.message


def test_a_plain_async_function_is_refused_but_a_decorated_one_runs(
    outcome_of: RunTask,
) -> None:
    assert outcome_of(f"{TASKS}:runs_async").result == 3
    for name, message in [
        ("is_async", "is async"),
        ("signature", "is a Celery signature"),
    ]:
        with pytest.raises(TaskError, match=message):
            outcome_of(f"{TASKS}:{name}")


def test_reaching_the_soft_limit_raises_an_exception_in_the_task(
    outcome_of: RunTask,
) -> None:
    outcome = outcome_of(f"{TASKS}:cleans_up")
    assert outcome.result == "cleaned up"
    assert outcome.time_limits == TaskTimeLimits(soft_seconds=3, reached="soft")
    run = summarized(outcome)
    budget = a_budget(memory=10**9, idle=10**9)
    check = checks_of(budget, [run])[-1]
    assert (check.name, check.passed) == ("limits.task", False)
    outcome = outcome_of(f"{TASKS}:runs_into_its_soft_limit")
    assert outcome.error is not None
    assert outcome.error.type == "billiard.exceptions.SoftTimeLimitExceeded"


def test_reaching_the_hard_limit_ends_the_task_like_a_timeout(
    outcome_of: RunTask,
) -> None:
    outcome = outcome_of(f"{TASKS}:runs_into_its_hard_limit")
    assert (outcome.ending, outcome.killed_because) == ("timeout", "time_limit")
    assert outcome.time_limits == TaskTimeLimits(hard_seconds=0.2, reached="hard")


@pytest.mark.parametrize(
    ("handler", "ending"),
    [
        (TaskTimeLimits(hard_seconds=0.2), "timeout"),
        (TaskTimeLimits(soft_seconds=1), "raised"),
    ],
)
def test_the_time_limits_of_the_handler_apply_to_any_task(
    handler: TaskTimeLimits, ending: str
) -> None:
    outcome = run_under("sleeps", handler)
    assert outcome.ending == ending
    assert outcome.time_limits is not None
    assert outcome.time_limits.reached is not None


def test_each_attempt_gets_the_full_time_and_instrument_runs_have_no_limit() -> None:
    outcome = run_under("starts_its_limits_again", TaskTimeLimits(hard_seconds=50))
    assert outcome.time_limits == TaskTimeLimits(soft_seconds=20, hard_seconds=30)
    assert len(outcome.retries) == 2
    assert run_under("starts_its_limits_again", None).time_limits is None
