"""The sizes are as large as the time limit allows."""

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limerun.measure.growth.size_schedule import (
    LARGEST,
    PASSES,
    Step,
    foreseen_seconds,
    grid_of,
    next_size,
    steps_of,
    worth_repeating,
)
from tests.builders import a_growth_run


def steps_taken(
    cost: Callable[[int], float],
    *,
    to_rows: int = 1_000_000,
    within: float = 120.0,
    around: float = 0.5,
    passes: int | None = None,
) -> tuple[list[Step], float]:
    """Return the first pass of a task with this cost, and its seconds."""
    steps: list[Step] = []
    elapsed = 0.0
    grid = grid_of(to_rows)
    while (rows := next_size(grid, steps, within - elapsed, passes)) is not None:
        step = Step(rows, cost(rows), cost(rows) + around)
        steps.append(step)
        elapsed += step.whole_seconds
    return steps, elapsed


def whole(steps: list[Step], elapsed: float, passes: int = PASSES) -> float:
    again = worth_repeating([step.rows for step in steps], steps)
    return elapsed + (passes - 1) * sum(again.values())


@given(st.integers(1, 10**9))
def test_the_sizes_are_repeated_halves_of_the_requested_size(to_rows: int) -> None:
    grid = grid_of(to_rows)
    assert grid[-1] == to_rows
    assert list(grid) == sorted(set(grid))
    assert grid[0] <= 64
    assert all(2 * a - b in (0, 1) for a, b in itertools.pairwise(grid))


LAWS: dict[str, Callable[[int], float]] = {
    "line": lambda n: 2e-5 * n,
    "quick line": lambda n: 1e-7 * n,
    "start and line": lambda n: 1.0 + 2e-5 * n,
    "square": lambda n: 1e-8 * n * n,
    "nothing": lambda n: 0.001,
}


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("within", [60.0, 120.0])
def test_the_planned_runs_finish_within_the_time_limit(
    name: str, within: float
) -> None:
    steps, elapsed = steps_taken(LAWS[name], within=within)
    assert len(steps) >= 4
    assert whole(steps, elapsed) <= within


@pytest.mark.parametrize("name", LAWS)
def test_with_little_time_more_sizes_are_preferred_to_more_passes(name: str) -> None:
    steps, elapsed = steps_taken(LAWS[name], within=15.0)
    assert len(steps) >= 4
    assert elapsed <= 15.0


@pytest.mark.parametrize("name", ["line", "start and line", "square"])
def test_most_of_the_time_limit_is_used(name: str) -> None:
    steps, elapsed = steps_taken(LAWS[name], within=120.0)
    assert whole(steps, elapsed) >= 120.0 / 8  # one doubling more would not have fitted


def test_more_time_allows_larger_sizes() -> None:
    tops = [
        steps_taken(LAWS["line"], within=w)[0][-1].rows for w in (15.0, 60.0, 240.0)
    ]
    assert tops == sorted(set(tops))


def test_the_sizes_end_at_the_requested_one() -> None:
    steps, _ = steps_taken(LAWS["quick line"], to_rows=10_000)
    assert steps[-1].rows == 10_000


def test_runs_too_short_to_measure_are_skipped_quickly_and_not_repeated() -> None:
    steps, _ = steps_taken(LAWS["quick line"])
    sizes = [step.rows for step in steps]
    assert sizes[1] >= 7 * sizes[0]
    assert not {sizes[0], sizes[1]} & set(worth_repeating(sizes, steps))


def test_sizes_that_take_hardly_longer_than_starting_a_worker_are_skipped() -> None:
    grid = grid_of(64_000)
    first = Step(grid[0], 0.01, 5.0)
    grown = Step(grid[3], 0.02, 5.0)  # eight times as many rows
    long = Step(grid[3], 10.0, 15.0)
    assert next_size(grid, [first, grown], 1_000.0, None) == grid[6]
    assert next_size(grid, [first, long], 1_000.0, None) == grid[4]


def test_only_the_largest_sizes_are_repeated() -> None:
    steps, _ = steps_taken(LAWS["line"])
    grid = grid_of(1_000_000)
    assert worth_repeating(grid, steps) == {
        step.rows: step.whole_seconds for step in steps[-LARGEST:]
    }
    assert list(worth_repeating(grid, steps[:1])) == [steps[0].rows]


def test_the_largest_sizes_are_run_even_if_they_were_skipped_at_first() -> None:
    steps = [Step(10, 0.001, 0.5), Step(80, 0.002, 0.5), Step(640, 0.4, 0.9)]
    found = worth_repeating((10, 20, 40, 80, 160, 320, 640, 1_280), steps)
    assert found == {160: 0.9, 320: 0.9, 640: 0.9}


def test_a_long_constant_start_is_not_predicted_to_grow() -> None:
    steps, _ = steps_taken(LAWS["start and line"])
    sizes = [step.rows for step in steps]
    assert sizes[1] >= 7 * sizes[0]
    known = [Step(100, 1.0, 1.5), Step(800, 1.02, 1.5)]
    assert foreseen_seconds(known, 1_600) < 2.0


def test_quadratic_growth_is_predicted_once_it_is_measured() -> None:
    known = [Step(n, 1e-8 * n * n, 1e-8 * n * n + 0.5) for n in (100, 5_000, 10_000)]
    assert foreseen_seconds(known, 20_000) == pytest.approx(4.5, rel=0.1)


def test_more_requested_passes_lead_to_smaller_sizes() -> None:
    few, _ = steps_taken(LAWS["line"], passes=1)
    many, elapsed = steps_taken(LAWS["line"], passes=8)
    assert few[-1].rows > many[-1].rows
    assert whole(many, elapsed, passes=8) <= 120.0


def test_runs_that_only_waited_for_a_processor_do_not_stop_the_schedule() -> None:
    steps = [Step(n, 0.0, 0.5) for n in (10, 20, 40)]
    assert next_size((10, 20, 40, 80, 160, 320), steps, 100.0, None) == 320
    assert foreseen_seconds(steps, 320) < 1.0


def test_contention_makes_larger_sizes_take_longer_too() -> None:
    quiet = [Step(n, 1e-3 * n, 1e-3 * n + 0.5) for n in (10, 1_000, 2_000)]
    busy = [Step(n, 1e-3 * n, 4e-3 * n + 0.5) for n in (10, 1_000, 2_000)]
    assert foreseen_seconds(quiet, 4_000) == pytest.approx(4.5, rel=0.1)
    assert foreseen_seconds(busy, 4_000) == pytest.approx(16.5, rel=0.1)


def test_the_first_run_of_each_size_shows_what_it_costs() -> None:
    runs = [
        a_growth_run(20, 0.4, whole_seconds=1.0),
        a_growth_run(10, 0.2),
        a_growth_run(20, 0.3, whole_seconds=0.7),
    ]
    assert steps_of(runs) == [Step(10, 0.2, 0.2), Step(20, 0.4, 1.0)]


def test_the_smallest_size_is_run_even_if_the_time_limit_is_too_short() -> None:
    steps, _ = steps_taken(LAWS["line"], within=0.001)
    assert len(steps) == 1


@pytest.mark.parametrize(("least", "smallest"), [(1, 63), (500, 500), (501, 1_000)])
def test_sizes_below_the_minimum_are_left_out(least: int, smallest: int) -> None:
    grid = grid_of(4_000, least)
    assert (grid[0], grid[-1]) == (smallest, 4_000)
    assert grid_of(4_000, 5_000) == (4_000,)
