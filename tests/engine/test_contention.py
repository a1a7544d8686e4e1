"""The scheduler statistics of a real task."""

from dataclasses import replace
from pathlib import Path

import pytest

from limerun.records import Run
from tests.conftest import ROOT, launch_for
from tests.engine.test_processes import RunOf

PROCESSES = ROOT / "tests" / "tasks" / "processes.py"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not Path("/proc/thread-self/schedstat").exists(),
        reason="the kernel keeps no scheduler statistics",
    ),
]


def check_parts(run: Run) -> None:
    """Check that the parts add up to the duration, and that the range is within it."""
    assert run.duration_seconds is not None
    parts = (
        run.cpu_seconds,
        run.database_seconds,
        run.waiting_seconds,
        run.contention_seconds,
    )
    assert sum(each or 0.0 for each in parts) == pytest.approx(run.duration_seconds)
    assert run.uncontended_low_seconds is not None
    assert run.uncontended_high_seconds is not None
    low, high = run.uncontended_low_seconds, run.uncontended_high_seconds
    assert 0 < low <= high <= run.duration_seconds


def test_the_uncontended_duration_of_a_single_thread_has_equal_bounds(
    run_of: RunOf,
) -> None:
    run = run_of("returns")
    check_parts(run)
    assert run.uncontended_low_seconds == run.uncontended_high_seconds
    assert run.others_cpu_seconds is None


def test_cpu_time_and_contention_of_a_started_process_are_counted(
    run_of: RunOf,
) -> None:
    run = run_of(f"{PROCESSES}:spawn", size_mb=60)
    check_parts(run)
    assert run.others_cpu_seconds is not None
    assert run.others_contention_seconds is not None


def test_the_duration_of_a_task_that_limerun_kills_has_parts(run_of: RunOf) -> None:
    check_parts(run_of("never_ends", replace(launch_for(""), timeout_seconds=0.3)))


def test_the_duration_of_a_task_that_kills_itself_has_parts_if_it_was_read(
    run_of: RunOf,
) -> None:
    run = run_of("kills_itself")
    if run.contention_seconds is None:  # it had ended before the watcher could read
        assert run.uncontended_low_seconds is None
        assert run.uncontended_high_seconds is None
    else:
        check_parts(run)
