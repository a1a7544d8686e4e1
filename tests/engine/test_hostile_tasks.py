"""Whatever a task does to its process, its ending and its measurements stay right."""

import os
import re
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from limerun.engine import channels
from limerun.engine.local import LocalWorker
from limerun.errors import StartTimeoutError, WatchError
from limerun.judge.findings import findings_of
from limerun.judge.verdict import verdict_of
from limerun.progress import Progress
from limerun.records import Run, Verdict
from tests.builders import BUDGET, TASK
from tests.conftest import ROOT, launch_for

pytestmark = pytest.mark.slow
HOSTILE = ROOT / "tests" / "tasks" / "hostile.py"
MB = 1_000_000
RunHostile = Callable[..., Run]


@pytest.fixture
def run_hostile(run_of: Callable[..., Run]) -> RunHostile:
    def run(task: str, /, background_wait: float = 600, **parameters: object) -> Run:
        launch = replace(launch_for(""), background_wait_seconds=background_wait)
        return run_of(f"{HOSTILE}:{task}", launch, **parameters)

    return run


def line_of(comment: str) -> int:
    lines = HOSTILE.read_text().splitlines()
    [number] = [at for at, line in enumerate(lines, 1) if line.endswith(f"# {comment}")]
    return number


# --- who reports -------------------------------------------------------------------


@pytest.mark.parametrize("leave", ["return", "raise", "exit"])
@pytest.mark.parametrize(
    ("end", "ending"),
    [
        ("return", "returned"),
        ("raise", "raised"),
        ("SIGKILL", "crashed"),
        ("SIGSEGV", "crashed"),
        ("Ctrl-C", "killed"),
    ],
)
def test_a_forked_child_that_returns_from_the_task_does_not_report_for_it(
    run_hostile: RunHostile, leave: str, end: str, ending: str
) -> None:
    run = run_hostile("forks_and_ends", leave=leave, end=end, runner=os.getpid())
    assert run.ending == ending
    assert run.forks_left == 1
    assert run.result == ("parent" if end == "return" else None)


def test_a_forked_child_that_returns_from_the_task_ends_with_its_own_status(
    run_hostile: RunHostile,
) -> None:
    assert run_hostile("exit_statuses").result == [0, 1, 0]


def test_a_child_forked_during_import_does_not_report(
    run_of: Callable[..., Run], tmp_path: Path
) -> None:
    task = tmp_path / "forking.py"
    task.write_text(
        "import os\nCHILD = os.fork()\nif CHILD:\n    os.waitpid(CHILD, 0)\n"
        "def go():\n    return CHILD > 0\n"
    )
    assert run_of(f"{task}:go").result is True


@pytest.mark.parametrize("end", ["return", "raise"])
def test_an_exit_after_the_end_of_the_task_is_not_a_return(
    run_hostile: RunHostile, end: str
) -> None:
    """A thread of the task may call os._exit at any moment."""
    run = run_hostile("is_ended_after", end=end)
    assert (run.ending, run.exit_status) == ("exited", 0)
    assert verdict_of([run], ()) is Verdict.ERROR


# --- results and errors ------------------------------------------------------------


SHOWN = {
    "repr raises": "<hostile.RaisesOnRepr>",
    "repr exits": "<hostile.ExitsOnRepr>",
    "text": "a text",
    "items": "<hostile.Items>",
    "attributes": "<hostile.Lying>",
    "class": "<hostile.Unbound>",
    "metaclass": "<object>",
    "inside": "<dict of 1 items>",
}


@pytest.mark.parametrize("which", ["repr exits", "class", "metaclass"])
def test_a_result_that_cannot_be_represented_is_described_by_its_type(
    run_hostile: RunHostile, which: str
) -> None:
    run = run_hostile("returns_result", which=which)
    assert (run.ending, run.result, run.not_run) == ("returned", SHOWN[which], None)


def test_the_worker_describes_every_result(run_hostile: RunHostile) -> None:
    described = run_hostile("describes_all", kind="unshowable").result
    assert described == {name: [None, shown] for name, shown in SHOWN.items()}


def test_an_error_without_a_message_is_still_an_error(run_hostile: RunHostile) -> None:
    run = run_hostile("raises_without_text")
    assert run.ending == "raised"
    assert run.error is not None
    assert run.error.type == "hostile.RaisesOnStr"
    assert "cannot be shown" in run.error.message


def test_an_error_with_an_endless_message_is_still_an_error(
    run_hostile: RunHostile,
) -> None:
    """The process ends while the message is formatted, like at a time limit."""
    run = run_hostile("raises_and_ends_in_its_text")
    assert (run.ending, run.exit_status, run.signal) == ("raised", None, None)
    assert run.error is not None
    assert run.error.type == "hostile.EndsInItsText"
    assert run.error.message == "<its message cannot be shown>"
    assert run.last_line is not None
    assert run.last_line.line == line_of("the error without an end")


@pytest.mark.parametrize("how", ["os._exit", "os.kill", "in a thread"])
def test_a_task_that_ends_its_process_is_reported_with_its_line(
    run_hostile: RunHostile, how: str
) -> None:
    run = run_hostile("ends_itself", how=how)
    assert run.last_line is not None
    assert run.last_line.line == line_of(how)


def test_the_end_of_a_forked_child_does_not_change_the_reported_line(
    run_hostile: RunHostile,
) -> None:
    run = run_hostile("forks_a_child_that_ends_itself")
    assert (run.ending, run.signal) == ("crashed", "SIGKILL")
    assert run.last_line is None
    assert run.last_line_why == "the process ended before it could show its line"


def test_an_error_message_of_megabytes_is_truncated(run_hostile: RunHostile) -> None:
    run = run_hostile("raises_with_megabytes", megabytes=20)
    assert run.error is not None
    assert len(run.error.type) <= 1_000
    assert len(run.error.message) <= 4_000
    assert len(run.error.traceback) < 100_000
    assert "KeyError" in run.error.traceback
    assert "direct cause" in run.error.traceback


LAZY = [
    "a coroutine",
    "a generator",
    "an async generator",
    "an iterator (map)",
    "an iterator (filter)",
    "an iterator (zip)",
    "an iterator (itertools.islice)",
    "an iterator (hostile.Rows)",
    "an awaitable (hostile.Awaitable)",
    "a coroutine in a list",
    "a generator in a dict",
    "an iterator (map) in a tuple",
    "a function",
    "a function in a list",
]


@pytest.mark.parametrize("what", ["a coroutine", "an iterator (hostile.Rows)"])
def test_a_task_whose_body_has_not_run_never_passes(
    run_hostile: RunHostile, what: str
) -> None:
    run = run_hostile("returns_lazily", what=what)
    assert run.not_run == f"returned {what}, whose body has not run"
    assert run.ending == "returned"
    assert verdict_of([run], ()) is Verdict.INCONCLUSIVE


def test_every_result_whose_body_has_not_run_is_detected(
    run_hostile: RunHostile,
) -> None:
    described: Any = run_hostile("describes_all", kind="lazy").result
    assert {what: why for what, (why, _) in described.items()} == {
        what: f"returned {what}, whose body has not run" for what in LAZY
    }


def test_an_ordinary_result_does_not_mean_that_the_body_has_not_run(
    run_hostile: RunHostile,
) -> None:
    described: Any = run_hostile("describes_all", kind="whole").result
    assert len(described) == 6
    assert {why for why, _ in described.values()} == {None}


@pytest.mark.no_coverage
def test_tracing_that_a_task_leaves_on_does_not_change_its_ending(
    run_hostile: RunHostile,
) -> None:
    run = run_hostile("is_traced")
    assert (run.ending, run.result, run.error) == ("returned", 7, None)


def test_a_body_that_has_not_run_is_detected_even_without_the_last_message(
    run_hostile: RunHostile,
) -> None:
    run = run_hostile("makes_descriptors_non_blocking_and_is_lazy")
    assert run.not_run is not None
    assert verdict_of([run], ()) is Verdict.INCONCLUSIVE


# --- what still runs ---------------------------------------------------------------


def rules_of(run: Run) -> list[str]:
    found = findings_of(
        task=TASK,
        dataset=None,
        production_rows={},
        budget=BUDGET,
        runs=[run],
        checks=(),
    )
    return [finding.rule for finding in found]


def test_the_memory_of_a_thread_that_outlives_the_task_is_measured(
    run_hostile: RunHostile,
) -> None:
    run = run_hostile("leaves_thread", size_mb=100)
    assert run.left_running is not None
    assert (run.left_running.threads, run.left_running.threads_at_end) == (1, 0)
    assert run.memory.task_bytes is not None
    assert run.memory.task_bytes > 90 * MB
    assert "effect.running" in rules_of(run)


def test_the_run_waits_for_an_endless_thread_until_the_time_limit(
    run_hostile: RunHostile,
) -> None:
    run = run_hostile("leaves_thread_for_ever", background_wait=0)
    assert run.ending == "returned"
    assert run.left_running is not None
    assert run.left_running.threads_at_end == 1


def test_the_run_waits_for_a_process_that_outlives_the_task(
    run_hostile: RunHostile,
) -> None:
    run = run_hostile("leaves_process", seconds=3)
    assert run.left_running is not None
    assert (run.left_running.processes, run.left_running.processes_at_end) == (1, 0)
    assert "effect.running" in rules_of(run)


def test_a_process_that_does_not_end_is_terminated(run_hostile: RunHostile) -> None:
    run = run_hostile("leaves_process", seconds=300, background_wait=0)
    assert run.left_running is not None
    assert run.left_running.processes_at_end == 1


@pytest.mark.parametrize("task", ["leaves_idle_executor", "uses_shared_memory"])
def test_idle_helper_processes_do_not_count_as_work_left_running(
    run_hostile: RunHostile, task: str
) -> None:
    assert run_hostile(task).left_running is None


@pytest.mark.parametrize(
    ("task", "parameters"),
    [
        ("leaves_idle_pool", {"method": "fork"}),
        ("leaves_idle_pool", {"method": "spawn"}),
        ("leaves_idle_process_executor", {}),
        ("leaves_idle_queue", {}),
    ],
)
def test_an_idle_process_pool_does_not_count_as_work_left_running(
    run_hostile: RunHostile, task: str, parameters: dict[str, object]
) -> None:
    run = run_hostile(task, **parameters)
    assert run.ending == "returned"
    assert run.left_running is None


@pytest.mark.parametrize("kind", ["pool", "executor"])
def test_a_busy_process_pool_counts_as_work_left_running(
    run_hostile: RunHostile, kind: str
) -> None:
    run = run_hostile("leaves_pool_at_work", kind=kind, background_wait=0)
    assert run.left_running is not None
    assert run.left_running.threads_at_end
    assert run.left_running.processes_at_end == 1


def test_a_fork_that_leaves_the_task_late_does_not_count_as_left_running(
    run_hostile: RunHostile,
) -> None:
    run = run_hostile("leaves_fork_behind")
    assert (run.result, run.forks_left) == ("parent", 1)
    assert run.left_running is None or run.left_running.processes == 0


# --- clocks, descriptors, the watcher ----------------------------------------------


def test_a_task_that_replaces_the_clocks_is_timed_correctly(
    run_hostile: RunHostile,
) -> None:
    run = run_hostile("stops_all_clocks")
    assert run.ending == "returned"
    assert isinstance(run.result, float)
    assert run.duration_seconds is not None
    assert run.duration_seconds >= run.result


EVENTS = (
    *("nonsense", "loaded", "unloadable", "baseline", "killed", "samples", "finished"),
    *("described", "returned", "limits", "done", "ended", "born"),
)


@pytest.mark.parametrize(
    "text",
    [
        "no line end",
        "garbage\n[1]\n\xff\n\n" + '{"event": 1}\n',
        *(f'\n{{"event": "{event}"}}\n' for event in ("killed", "finished", "ended")),
        "".join(f'\n{{"event": "{event}"}}\n' for event in EVENTS),
    ],
    ids=["no line end", "garbage", "killed", "finished", "ended", "every event"],
)
def test_garbage_on_every_descriptor_does_not_change_the_result(
    run_hostile: RunHostile, text: str
) -> None:
    run = run_hostile("writes_into_every_descriptor", text=text)
    assert run.ending == "returned"
    assert isinstance(run.result, int)
    assert run.result > 0
    assert run.duration_seconds


@pytest.mark.parametrize(
    ("end", "ending"), [("return", "returned"), ("raise", "raised")]
)
@pytest.mark.no_coverage
def test_a_task_that_closes_all_descriptors_is_still_measured(
    run_hostile: RunHostile, end: str, ending: str
) -> None:
    run = run_hostile("closes_all_descriptors", end=end)
    assert run.ending == ending
    assert "closed the pipes to limerun" in (run.memory.why or "")
    assert run.memory.task_high_bytes is not None
    assert run.memory.task_high_bytes < 200 * MB


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSTOP"])
def test_a_run_without_its_watcher_is_inconclusive_and_leaves_no_process(
    run_hostile: RunHostile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setattr(channels, "SILENT_SECONDS", 6)
    note = tmp_path / "pid"
    run = run_hostile("signals_watcher", name=name, note=str(note))
    assert (run.ending, run.killed_because) == ("killed", "watcher_lost")
    assert verdict_of([run], ()) is Verdict.INCONCLUSIVE
    assert not psutil.pid_exists(int(note.read_text()))


def test_a_watcher_killed_before_the_task_starts_is_not_an_error_in_limerun(
    tmp_path: Path,
) -> None:
    task = tmp_path / "killing.py"
    task.write_text(
        "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\n"
        "time.sleep(300)\ndef go(): ...\n"
    )
    launch = replace(launch_for(f"{task}:go"))
    with pytest.raises(WatchError), LocalWorker(launch, Progress()) as worker:
        worker.load()
    assert WatchError.exit_code == 6
    assert not psutil.Process().children()


# --- signals -----------------------------------------------------------------------


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_process_pool_ends_with_the_run(run_hostile: RunHostile, method: str) -> None:
    assert run_hostile("uses_pool", method=method).result == [0, 1, 4, 9]


def test_a_child_can_be_terminated_even_if_limerun_ignores_the_signal(
    run_hostile: RunHostile,
) -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        run = run_hostile("terminates_a_child")
    finally:
        signal.signal(signal.SIGTERM, before)
    assert run.result == -signal.SIGTERM


# --- the last line -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "comment", "ending"),
    [
        ("sleep", "sleeps here", "killed"),
        ("loop", "loops here", "killed"),
        ("crash", "crashes here", "crashed"),
        ("raise", "raises here", "raised"),
    ],
)
def test_a_run_that_does_not_return_reports_its_last_line(
    run_hostile: RunHostile, how: str, comment: str, ending: str
) -> None:
    line = line_of(comment)
    run = run_hostile("is_at_a_line", how=how, line=line, runner=os.getpid())
    assert run.ending == ending
    assert run.last_line is not None
    at = run.last_line.line - line
    assert Path(run.last_line.file) == HOSTILE
    assert 0 <= at <= (1 if how == "loop" else 0)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("blocks", "blocks or ignores the signal"),
        ("ignores", "blocks or ignores the signal"),
        ("closes", "closed the pipes"),
    ],
)
def test_a_killed_task_without_a_known_line_gives_the_reason(
    run_hostile: RunHostile, how: str, why: str
) -> None:
    run = run_hostile("does_not_hear", how=how, runner=os.getpid())
    assert (run.ending, run.last_line) == ("killed", None)
    assert why in (run.last_line_why or "")


def test_an_endless_import_times_out_and_reports_its_line(
    tmp_path: Path,
) -> None:
    task = tmp_path / "sleepy.py"
    task.write_text("import time\n\ntime.sleep(300)\ndef go(): ...\n")
    launch = replace(launch_for(f"{task}:go"), start_seconds=6)
    with (
        pytest.raises(
            StartTimeoutError, match=re.escape("sleepy.py, line 3")
        ) as raised,
        LocalWorker(launch, Progress()) as worker,
    ):
        worker.load()
    assert raised.value.exit_code == 5


def test_an_interpreter_that_never_answers_times_out(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexec sleep 300\n")
    python.chmod(0o755)
    launch = replace(launch_for("x:y"), python=str(python), start_seconds=1)
    with pytest.raises(StartTimeoutError), LocalWorker(launch, Progress()) as worker:
        worker.load()
    assert not psutil.Process(os.getpid()).children()
