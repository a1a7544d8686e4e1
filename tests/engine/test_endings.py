"""Every way in which a task may end, in real processes."""

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace

import psutil
import pytest

from limerun.records import Run
from tests.conftest import Note, launch_for

pytestmark = pytest.mark.slow
RunOf = Callable[..., Run]
MB = 1_000_000


def test_the_result_of_a_task_that_returns_is_in_the_run(run_of: RunOf) -> None:
    run = run_of("returns", value=7)
    assert (run.ending, run.result, run.error) == ("returned", {"value": 7}, None)
    assert run.duration_seconds


def test_the_traceback_of_a_task_that_raises_contains_no_frames_of_limerun(
    run_of: RunOf,
) -> None:
    run = run_of("raises")
    assert run.ending == "raised"
    assert run.error is not None
    assert run.error.type == "ValueError"
    assert run.error.message == "the export has no [bold]header[/]"
    assert "behaviours.py" in run.error.traceback
    assert "worker/main.py" not in run.error.traceback


def test_sys_exit_is_recorded_as_exited_with_its_status(run_of: RunOf) -> None:
    run = run_of("calls_sys_exit")
    assert (run.ending, run.exit_status) == ("exited", 3)


def test_os_exit_is_recorded_as_exited_whatever_its_status(run_of: RunOf) -> None:
    run = run_of("leaves_successfully")
    assert (run.ending, run.exit_status) == ("exited", 0)


def test_a_segmentation_fault_is_recorded_as_a_crash_with_its_signal(
    run_of: RunOf,
) -> None:
    run = run_of("crashes")
    assert (run.ending, run.signal) == ("crashed", "SIGSEGV")


def test_a_task_that_kills_itself_is_a_crash_and_not_out_of_memory(
    run_of: RunOf,
) -> None:
    run = run_of("kills_itself")
    assert (run.ending, run.signal, run.killed_because) == ("crashed", "SIGKILL", None)


def test_a_task_killed_at_its_memory_limit_has_values_up_to_that_point(
    run_of: RunOf,
) -> None:
    launch = replace(launch_for(""), kill_task_bytes=100 * MB)
    run = run_of("grows", launch, mb_per_second=500, up_to_mb=2000)
    assert (run.ending, run.killed_because) == ("killed", "cloud_limit")
    assert run.memory.task_bytes is not None
    assert run.memory.task_bytes >= 100 * MB
    assert max(run.series.rss_bytes) > 50 * MB
    assert run.duration_seconds


def test_the_worker_is_killed_before_this_machine_runs_out_of_memory(
    run_of: RunOf,
) -> None:
    available = psutil.virtual_memory().available
    launch = replace(launch_for(""), reserve_bytes=available - 300 * MB)
    run = run_of("grows", launch, mb_per_second=1000, up_to_mb=3000)
    assert (run.ending, run.killed_because) == ("killed", "host_memory")
    # Other programs may use more or less memory than before.
    assert run.memory.task_bytes is not None


def test_a_task_that_exceeds_its_timeout_is_ended_and_measured(run_of: RunOf) -> None:
    launch = replace(launch_for(""), timeout_seconds=0.3)
    run = run_of("never_ends", launch)
    assert (run.ending, run.killed_because) == ("timeout", "timeout")
    assert run.duration_seconds
    assert run.series.t_seconds


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_the_run_but_keeps_the_measured_values(
    run_of: RunOf, note: Note, number: signal.Signals
) -> None:
    def send_signal_when_running() -> None:
        note.read()
        os.kill(os.getpid(), number)

    threading.Thread(target=send_signal_when_running, daemon=True).start()
    run = run_of("says_that_it_began_and_waits", note=str(note.path))
    assert (run.ending, run.killed_because) == ("killed", "interrupted")
    assert run.memory.peak_bytes
