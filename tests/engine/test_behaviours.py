"""Any task is measured correctly and leaves no processes or files behind."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from limerun.records import Run
from tests.conftest import RunTask, launch_for

pytestmark = pytest.mark.slow
RunOf = Callable[..., Run]
MB = 1_000_000
SHORT_WAIT = replace(launch_for(""), background_wait_seconds=0.2)
SLACK = 3 * MB  # the interpreter's own memory varies by some hundred kB


def assert_took(run: Run, size_bytes: int, slack: int = SLACK) -> None:
    assert run.memory.task_bytes is not None
    assert abs(run.memory.task_bytes - size_bytes) < slack, run.memory


def test_a_spike_inside_one_call_that_holds_the_gil_is_measured_fully(
    run_of: RunOf,
) -> None:
    run = run_of("spikes_inside_one_call", size_mb=100)
    assert_took(run, 100 * MB)
    assert run.memory.exact


def test_the_memory_of_a_failing_task_is_measured(run_of: RunOf) -> None:
    assert_took(run_of("raises_holding", size_mb=80), 80 * MB)


@pytest.mark.no_coverage
def test_memory_is_measured_even_if_os_exit_follows_a_spike(run_of: RunOf) -> None:
    """This also holds if a large process started the watcher.

    The kernel's account at the end may be less than the mark that was read before, by its
    own error; the peak then is a narrow range.
    """
    held = b"\x01" * (400 * MB)
    run = run_of("leaves_without_a_word", size_mb=100)
    del held
    assert_took(run, 100 * MB)
    low, high = run.memory.task_low_bytes, run.memory.task_high_bytes
    assert low is not None
    assert high is not None
    assert high - low <= 0.5 * MB


def test_megabytes_of_output_are_truncated_and_cost_no_task_memory(
    run_of: RunOf,
) -> None:
    run = run_of("prints", megabytes=20)
    assert run.ending == "returned"
    assert_took(run, 0)
    assert len(run.output.stdout) < 200_000
    assert "bytes left out" in run.output.stdout
    assert run.output.stdout.endswith("the last line\n")
    assert run.output.stderr == "and to stderr\n"


def test_a_task_that_closes_its_streams_still_returns_its_result(run_of: RunOf) -> None:
    run = run_of("closes_its_streams")
    assert (run.ending, run.result) == ("returned", "closed")


def test_a_task_that_closes_every_descriptor_is_still_measured(run_of: RunOf) -> None:
    run = run_of("closes_every_descriptor", size_mb=100)
    assert run.ending == "returned"
    assert_took(run, 100 * MB)


def test_a_task_may_change_its_working_directory(run_of: RunOf) -> None:
    assert run_of("changes_directory").result == "/"


def test_a_task_may_handle_signals(run_of: RunOf) -> None:
    assert run_of("handles_signals").ending == "returned"


def test_threads_left_running_do_not_delay_the_end(run_of: RunOf) -> None:
    run = run_of("leaves_threads_running", SHORT_WAIT)
    assert (run.ending, run.result) == ("returned", "left")


def test_a_daemonized_child_ends_with_the_run(run_of: RunOf, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    run = run_of("daemonizes", SHORT_WAIT, note=str(note))
    assert run.ending == "returned"
    child = int(note.read_text())
    assert not psutil.pid_exists(child)


def test_a_remaining_child_counts_towards_the_peak_and_ends_with_the_run(
    run_of: RunOf,
) -> None:
    run = run_of("starts_a_child_that_stays", SHORT_WAIT, size_mb=100)
    assert run.memory.largest_child_bytes is not None
    assert run.memory.largest_child_bytes > 100 * MB
    assert run.memory.task_bytes is not None
    assert run.memory.task_bytes > 100 * MB
    assert not run.memory.exact


def test_a_child_too_short_for_the_samples_is_measured_by_the_kernel(
    run_of: RunOf,
) -> None:
    launch = replace(launch_for(""), sampling_seconds=5)
    run = run_of("starts_a_short_child", launch, size_mb=150)
    assert run.memory.largest_child_bytes is not None
    assert run.memory.largest_child_bytes > 150 * MB
    assert run.memory.task_bytes is not None
    assert run.memory.task_bytes > 150 * MB


def test_starting_small_children_does_not_count_the_memory_of_the_task_twice(
    run_of: RunOf,
) -> None:
    """Between vfork and exec a child shows the memory of its parent."""
    run = run_of("starts_many_small_children", size_mb=100)
    assert_took(run, 100 * MB, slack=20 * MB)


def test_the_memory_of_limerun_does_not_affect_the_measured_worker(
    run_of: RunOf,
) -> None:
    small = run_of("spikes_inside_one_call", size_mb=50)
    held = b"\x01" * (400 * MB)
    large = run_of("spikes_inside_one_call", size_mb=50)
    del held
    assert small.memory.baseline_bytes is not None
    assert large.memory.baseline_bytes is not None
    assert abs(small.memory.baseline_bytes - large.memory.baseline_bytes) < MB
    assert_took(large, 50 * MB)


def test_a_result_that_json_cannot_represent_is_described(run_of: RunOf) -> None:
    assert run_of("returns_what_json_cannot_say").result == "<set of 2 items>"
    assert run_of("returns_far_too_much").result == "<list of 100000 items>"


def test_child_processes_do_not_inherit_the_pipes_of_the_worker(
    outcome_of: RunTask,
) -> None:
    outcome = outcome_of("starts_many_small_children", size_mb=1)
    assert outcome.read_at_end
