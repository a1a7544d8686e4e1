"""Which figure is the peak, and how far it can be trusted."""

from dataclasses import replace

from limerun.measure.peak import memory_of
from tests.measure.outcomes import IDLE, MB, an_outcome


def test_the_kernel_s_mark_is_the_peak_when_it_was_read_at_the_end() -> None:
    outcome = an_outcome(baseline=50, samples=[50, 180, 60], high_water=350)
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    assert memory.peak_bytes == 350 * MB
    assert memory.sampled_peak_bytes == 180 * MB
    assert memory.task_bytes == 300 * MB
    assert memory.handler_total_bytes == 500 * MB
    assert memory.exact
    assert memory.method == "VmHWM, reset at the baseline"


def test_the_account_of_a_worker_that_ended_itself_counts_if_it_is_its_own() -> None:
    outcome = replace(
        an_outcome(baseline=50, samples=[50, 60], high_water=60),
        read_at_end=False,
        maxrss_bytes=200 * MB,
        launcher_bytes=12 * MB,
    )
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    assert memory.peak_bytes == 200 * MB
    assert memory.exact


def test_an_account_inherited_from_the_launcher_is_never_trusted() -> None:
    outcome = replace(
        an_outcome(baseline=9, samples=[9, 10], high_water=10),
        read_at_end=False,
        maxrss_bytes=500 * MB,
        launcher_bytes=500 * MB,
    )
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    assert memory.peak_bytes == 10 * MB
    assert not memory.exact
    assert memory.note


def test_without_a_reset_a_mark_above_the_start_s_own_is_still_exact() -> None:
    outcome = replace(
        an_outcome(baseline=50, samples=[50, 90], high_water=120),
        reset_error="Permission denied",
        baseline_high_water_bytes=70 * MB,
    )
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    assert memory.peak_bytes == 120 * MB
    assert memory.exact


def test_without_a_reset_a_mark_of_the_start_says_nothing_of_the_task() -> None:
    outcome = replace(
        an_outcome(baseline=50, samples=[50, 60], high_water=70),
        reset_error="Permission denied",
        baseline_high_water_bytes=70 * MB,
    )
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    assert memory.peak_bytes == 60 * MB
    assert memory.high_water_bytes is None
    assert not memory.exact


def test_samples_alone_are_called_samples() -> None:
    outcome = an_outcome(baseline=50, samples=[50, 60], high_water=0)
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    assert (memory.method, memory.exact) == ("sampled", False)
    assert memory.peak_bytes == 60 * MB


def test_the_sum_over_the_tree_is_the_peak_when_there_are_children() -> None:
    outcome = replace(
        an_outcome(baseline=50, samples=[50, 240], high_water=80),
        largest_child_bytes=160 * MB,
    )
    memory = memory_of(outcome, idle_baseline_bytes=IDLE)
    assert memory.peak_bytes == 240 * MB
    assert memory.largest_child_bytes == 160 * MB
    assert not memory.exact


def test_a_waited_child_s_peak_is_added_to_the_worker_only_if_it_is_its_own() -> None:
    own = replace(
        an_outcome(baseline=50, samples=[50, 55], high_water=60),
        children_peak_bytes=159 * MB,
    )
    inherited = replace(own, children_peak_bytes=60 * MB)
    assert memory_of(own, idle_baseline_bytes=IDLE).peak_bytes == (159 + 50) * MB
    assert memory_of(inherited, idle_baseline_bytes=IDLE).peak_bytes == 60 * MB


def test_a_task_that_gives_memory_back_never_takes_less_than_nothing() -> None:
    outcome = an_outcome(baseline=50, samples=[40, 45], high_water=0)
    assert memory_of(outcome, idle_baseline_bytes=IDLE).task_bytes == 0
