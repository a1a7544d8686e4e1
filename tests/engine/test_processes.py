"""All processes of a task count, including short ones, however they are started."""

import os
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from limerun.judge.budget_checks import checks_of
from limerun.records import Run
from limerun.watcher import host
from tests.builders import a_budget
from tests.conftest import ROOT, launch_for

pytestmark = pytest.mark.slow
RunOf = Callable[..., Run]
MB = 1_000_000
TASKS = ROOT / "tests" / "tasks" / "processes.py"
IMPORTS = ROOT / "tests" / "tasks" / "imports_that_start.py"
UNREAD = replace(launch_for(""), sampling_seconds=5)
"""Nobody reads a process that lives for less."""
STARTS = (
    *("fork", "fork_twice", "fork_unwaited", "vfork", "spawn", "shell", "thread"),
    *("process", "killed", "huge_pages"),
)


def within_budget(run: Run, memory_mb: int) -> bool | None:
    """Return whether the run's memory is within a budget."""
    return checks_of(a_budget(memory=memory_mb * MB), [run])[0].passed


@pytest.mark.parametrize("launch", [UNREAD, launch_for("")], ids=["unread", "read"])
@pytest.mark.parametrize("start", STARTS)
def test_a_child_process_above_the_budget_never_passes(
    start: str, launch: object, run_of: RunOf
) -> None:
    huge = host.huge_page_bytes()
    run = run_of(f"{TASKS}:{start}", launch, size_mb=60)
    assert not run.memory.exact
    assert within_budget(run, 30) is False
    assert within_budget(run, 55) is not True
    # Other programs' huge pages cannot be distinguished.
    assert within_budget(run, 100) is True or host.huge_page_bytes() > huge


@pytest.mark.parametrize("launch", [UNREAD, launch_for("")], ids=["unread", "read"])
@pytest.mark.parametrize("start", ["vfork", "fork", "fork_twice", "process"])
def test_a_small_process_beside_a_large_worker_passes(
    start: str, launch: object, run_of: RunOf
) -> None:
    """Although its high-water mark includes the worker's memory."""
    huge = host.huge_page_bytes()
    run = run_of(f"{TASKS}:small", launch, held_mb=150, start=start)
    assert not run.memory.exact
    assert within_budget(run, 200) is True or host.huge_page_bytes() > huge
    assert within_budget(run, 149) is False


def test_a_process_that_may_have_ended_unmeasured_prevents_a_pass(
    run_of: RunOf,
) -> None:
    run = run_of(f"{TASKS}:forgotten", UNREAD, size_mb=60)
    assert run.memory.task_high_bytes is None
    assert within_budget(run, 500) is None
    assert "ignores SIGCHLD" in (run.memory.why or "")


def test_processes_started_during_import_do_not_count(run_of: RunOf) -> None:
    run = run_of(f"{IMPORTS}:does_nothing")
    assert run.memory.baseline_bytes is not None
    assert run.memory.baseline_bytes > 40 * MB
    assert within_budget(run, 2) is True


def test_memory_allocated_later_by_a_process_started_during_import_counts(
    run_of: RunOf,
) -> None:
    run = run_of(f"{IMPORTS}:has_it_grow")
    assert within_budget(run, 50) is False
    assert run.memory.task_high_bytes is not None
    assert run.memory.task_high_bytes < 200 * MB


def test_ending_a_process_started_during_import_does_not_affect_the_result(
    run_of: RunOf,
) -> None:
    assert within_budget(run_of(f"{IMPORTS}:ends_it"), 2) is True


def test_in_memory_files_are_measured_only_if_they_are_mapped(run_of: RunOf) -> None:
    mapped = run_of(f"{TASKS}:files_in_memory", size_mb=60, mapped=True)
    assert within_budget(mapped, 30) is False
    unmapped = run_of(f"{TASKS}:files_in_memory", size_mb=60, mapped=False)
    assert within_budget(unmapped, 30) is None
    assert "memfd" in (unmapped.memory.why or "")


@pytest.mark.parametrize("launch", [UNREAD, launch_for("")], ids=["unread", "read"])
def test_in_memory_files_that_were_closed_again_prevent_a_pass(
    launch: object, run_of: RunOf
) -> None:
    run = run_of(f"{TASKS}:closed_files_in_memory", launch, size_mb=60)
    assert within_budget(run, 30) is None
    assert within_budget(run, 80) is True


@pytest.mark.parametrize("ending", ["return", "exit", "kill", "Ctrl-C"])
def test_limerun_removes_the_shared_memory_that_multiprocessing_would_remove(
    ending: str, run_of: RunOf
) -> None:
    name = f"limerun-{uuid.uuid4()}"
    task = f"{TASKS}:leaves_shared_memory"
    run = run_of(task, name=name, ending=ending, runner=os.getpid())
    assert "resource_tracker" in run.output.stderr
    assert not Path("/dev/shm", name).exists()
