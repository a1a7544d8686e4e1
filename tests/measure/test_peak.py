"""Which value is the peak, and how reliable it is."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limerun.measure.peak import memory_of
from limerun.records import Outcome, Processes
from limerun.records.field_types import Ending, KilledBecause
from tests.builders import IDLE, MB, an_outcome


def test_the_high_water_mark_read_at_the_end_is_the_peak() -> None:
    outcome = an_outcome(baseline=50, samples=[50, 180, 60], high_water=350)
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    assert memory.peak_bytes == 350 * MB
    assert memory.sampled_peak_bytes == 180 * MB
    assert memory.task_bytes == 300 * MB
    assert memory.handler_total_bytes == 500 * MB
    assert memory.exact
    assert memory.method == "VmHWM, reset at the baseline"


def test_the_kernels_peak_is_used_if_the_worker_ended_itself() -> None:
    outcome = replace(
        an_outcome(baseline=50, samples=[50, 60], high_water=60),
        read_at_end=False,
        maxrss_bytes=200 * MB,
        launcher_bytes=12 * MB,
    )
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    assert memory.peak_bytes == 200 * MB
    assert memory.exact


def test_a_kernel_peak_inherited_from_the_launcher_is_ignored() -> None:
    outcome = replace(
        an_outcome(baseline=9, samples=[9, 10], high_water=10),
        read_at_end=False,
        maxrss_bytes=500 * MB,
        launcher_bytes=500 * MB,
    )
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    assert memory.peak_bytes == 10 * MB
    assert not memory.exact
    assert memory.why
    assert bounds(outcome) == (1, 491.5)


@pytest.mark.parametrize(
    ("ending", "killed_because", "why"),
    [
        ("returned", None, "the task closed the pipes to limerun"),
        ("raised", None, "the task closed the pipes to limerun"),
        ("exited", None, "the worker ended by itself"),
        ("crashed", None, "the worker ended by itself"),
        ("killed", "cloud_limit", "the worker was killed"),
    ],
)
def test_a_missing_last_reading_is_explained(
    ending: Ending, killed_because: KilledBecause | None, why: str
) -> None:
    outcome = replace(
        an_outcome(baseline=9, high_water=10),
        read_at_end=False,
        ending=ending,
        killed_because=killed_because,
    )
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    assert memory.why == f"{why}: growth in its last moment may be missing"
    assert memory.task_high_bytes is None


def test_without_a_reset_a_mark_above_that_of_the_start_is_exact() -> None:
    outcome = replace(
        an_outcome(baseline=50, samples=[50, 90], high_water=120),
        reset_error="Permission denied",
        baseline_high_water_bytes=70 * MB,
    )
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    assert memory.peak_bytes == 120 * MB
    assert memory.exact


def test_without_a_reset_a_mark_reached_during_start_up_is_not_used() -> None:
    outcome = replace(
        an_outcome(baseline=50, samples=[50, 60], high_water=70),
        reset_error="Permission denied",
        baseline_high_water_bytes=70 * MB,
    )
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    assert memory.peak_bytes == 60 * MB
    assert memory.high_water_bytes is None
    assert not memory.exact


def test_a_peak_from_samples_alone_is_called_sampled() -> None:
    outcome = an_outcome(baseline=50, samples=[50, 60], high_water=0)
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    assert (memory.method, memory.exact) == ("sampled", False)
    assert memory.peak_bytes == 60 * MB


def test_a_kernel_peak_above_the_samples_may_be_from_start_up() -> None:
    outcome = an_outcome(baseline=50, samples=[50, 60], high_water=0)
    memory = memory_of(replace(outcome, maxrss_bytes=80 * MB), idle_baseline_bytes=IDLE)
    assert (memory.method, memory.exact) == ("wait4", False)
    assert memory.peak_bytes == 80 * MB
    assert memory.why is not None
    assert "may be from the start-up" in memory.why


def with_processes(outcome: Outcome, **known: Any) -> Outcome:
    """Return an outcome with processes that the task started; sizes in MB."""
    sizes: dict[str, Any] = {
        name: value * MB if type(value) is int else value
        for name, value in known.items()
    }
    processes = replace(outcome.processes, **{"started": True, **sizes})
    return replace(outcome, processes=processes)


def bounds(outcome: Outcome) -> tuple[float, float | None]:
    """Return the least and the most memory that the task took, in MB."""
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    high = memory.task_high_bytes
    assert memory.task_low_bytes is not None
    return memory.task_low_bytes / MB, None if high is None else high / MB


def test_an_exact_peak_has_equal_bounds() -> None:
    assert bounds(an_outcome(baseline=50, samples=[50], high_water=350)) == (300, 300)


def test_a_task_that_started_processes_has_bounds() -> None:
    outcome = with_processes(
        an_outcome(baseline=50, samples=[50, 240], high_water=80),
        **{"largest_bytes": 160, "low_bytes": 170, "high_bytes": 180},
    )
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    assert bounds(outcome) == (170, 210)
    assert memory.task_bytes == 190 * MB
    assert memory.peak_bytes == 240 * MB
    assert memory.largest_child_bytes == 160 * MB
    assert not memory.exact
    assert memory.why
    assert "started processes" in memory.why


def test_the_upper_bound_adds_the_workers_mark_and_the_other_processes() -> None:
    outcome = with_processes(an_outcome(baseline=50, high_water=200), high_bytes=2)
    assert bounds(outcome) == (150, 152)


@pytest.mark.parametrize("who", ["worker", "watcher"])
def test_the_mark_of_an_unread_process_counts_only_if_it_is_not_inherited(
    who: str,
) -> None:
    quiet = an_outcome(baseline=50, samples=[50, 55], high_water=60)

    def waited(size: int) -> Outcome:
        if who == "watcher":
            return with_processes(quiet, unread_peak_bytes=size, high_bytes=100)
        known = with_processes(quiet, high_bytes=100)
        return replace(known, children_peak_bytes=size * MB)

    assert bounds(waited(159)) == (109, 10 + 159)
    assert bounds(waited(60)) == (10, 110)


def test_a_childs_mark_above_the_workers_proves_that_a_process_was_started() -> None:
    outcome = replace(
        an_outcome(baseline=50, high_water=60), children_peak_bytes=159 * MB
    )
    assert not memory_of(outcome, idle_baseline_bytes=IDLE).exact


def test_the_upper_bound_of_a_fork_is_limited_by_its_page_faults() -> None:
    """A process with so few page faults cannot have mapped more memory."""
    outcome = replace(
        with_processes(an_outcome(baseline=50, high_water=200), high_bytes=1),
        children_peak_bytes=203 * MB,
    )
    assert bounds(outcome) == (153, 150 + 16)


def test_processes_started_during_import_do_not_count() -> None:
    outcome = with_processes(
        an_outcome(baseline=150, samples=[150, 150], high_water=50),
        **{"started": False, "baseline_bytes": 100},
    )
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    assert (memory.task_bytes, memory.exact) == (0, True)


def test_growth_of_a_process_started_during_import_counts() -> None:
    outcome = with_processes(
        an_outcome(baseline=150, samples=[150, 160], high_water=70),
        **{"started": False, "low_bytes": 30, "high_bytes": 35, "baseline_bytes": 100},
    )
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    assert bounds(outcome) == (30, 55)
    assert not memory.exact


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (with_processes(an_outcome(), high_bytes=None), "ignores SIGCHLD"),
        (replace(an_outcome(), mark_fell=True), "mark fell"),
        (replace(an_outcome(), read_at_end=False), "last moment"),
    ],
)
def test_the_upper_bound_is_unknown_if_something_may_be_missing(
    outcome: Outcome, why: str
) -> None:
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    assert bounds(outcome) == (10, None)
    assert not memory.exact
    assert memory.why
    assert why in memory.why


def test_files_in_memory_that_no_process_maps_may_belong_to_the_task() -> None:
    outcome = with_processes(
        an_outcome(baseline=50, high_water=60), started=False, unmapped_bytes=40
    )
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    assert bounds(outcome) == (10, 50)
    assert not memory.exact
    assert memory.why == (
        "up to 40.0 MB may have been in files in memory (memfd, /dev/shm) or in pipes, "
        "which belong to no process"
    )


@pytest.mark.parametrize(
    ("children_cpu", "high"), [(0.001, 10 + 5 + 32), (1.0, 10 + 5 + 300), (None, 315)]
)
def test_huge_pages_of_children_count_only_as_far_as_there_was_time_to_fill_them(
    children_cpu: float | None, high: int
) -> None:
    outcome = replace(
        with_processes(
            an_outcome(baseline=50, high_water=60),
            **{"high_bytes": 5, "huge_bytes": 300, "orphans_cpu_seconds": 0.001},
        ),
        children_cpu_seconds=children_cpu,
    )
    assert bounds(outcome) == (10, high)


SIZES = st.integers(0, 500)


@given(
    st.builds(
        an_outcome,
        baseline=SIZES,
        samples=st.lists(SIZES, min_size=1),
        high_water=SIZES,
    ),
    st.builds(
        Processes,
        started=st.booleans(),
        largest_bytes=SIZES.map(MB.__mul__),
        low_bytes=SIZES.map(MB.__mul__),
        high_bytes=st.none() | SIZES.map(MB.__mul__),
        unread_peak_bytes=SIZES.map(MB.__mul__),
        baseline_bytes=SIZES.map(MB.__mul__),
        huge_bytes=SIZES.map(MB.__mul__),
        orphans_cpu_seconds=st.floats(0, 1),
        unmapped_bytes=SIZES.map(MB.__mul__),
    ),
    SIZES.map(MB.__mul__),
)
def test_task_memory_is_within_its_bounds_and_exact_only_without_a_range(
    outcome: Outcome, processes: Processes, waited: int
) -> None:
    whole = replace(outcome, processes=processes, children_peak_bytes=waited)
    memory = memory_of(whole, idle_baseline_bytes=IDLE)
    low, task, high = memory.task_low_bytes, memory.task_bytes, memory.task_high_bytes
    assert low is not None
    assert task is not None
    assert 0 <= processes.low_bytes <= low <= task
    assert high is None or task <= high
    assert (high is None) or (processes.high_bytes is not None)
    assert not (memory.exact and (low != high or processes.started))
    assert memory.exact or memory.why


def test_the_memory_of_a_task_that_releases_memory_is_never_negative() -> None:
    outcome = an_outcome(baseline=50, samples=[40, 45], high_water=0)
    assert memory_of(outcome, idle_baseline_bytes=IDLE).task_bytes == 0
