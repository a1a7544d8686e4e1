"""The runs of one size become a size point; disturbances are reported as noise."""

import math

import pytest

from limerun.measure.growth.extrapolation import noise_factor
from limerun.measure.growth.size_points import (
    LONG_ENOUGH_SECONDS,
    NOTABLE_NOISE,
    UNKNOWN_NOISE,
    floor_of,
    noise_of,
    size_points_of,
)
from tests.builders import CALIBRATION, a_growth_run


def test_the_median_of_each_size_counts() -> None:
    runs = [
        *(a_growth_run(10, seconds) for seconds in (0.5, 0.6, 5.0)),
        a_growth_run(20, 0.9),
    ]
    first, second = size_points_of(runs)
    assert (first.rows, first.runs) == (10, 3)
    assert first.duration_seconds == first.cpu_seconds == pytest.approx(0.6)
    assert (second.rows, second.runs) == (20, 1)
    assert second.duration_seconds == pytest.approx(0.9)


def test_time_that_is_neither_computing_nor_in_statements_is_waiting() -> None:
    [size_point] = size_points_of(
        [a_growth_run(duration_seconds=1.0, cpu_seconds=0.3, database_seconds=0.5)]
    )
    assert size_point.cpu_seconds == pytest.approx(0.3)
    assert size_point.database_seconds == pytest.approx(0.5)
    assert size_point.wait_seconds == pytest.approx(0.2)


def test_the_parts_add_up_to_the_duration_if_their_medians_are_of_different_runs() -> (
    None
):
    runs = [
        a_growth_run(duration_seconds=1.0, cpu_seconds=cpu, database_seconds=database)
        for cpu, database in ((0.9, 0.1), (0.1, 0.7), (0.6, None))
    ]
    [size_point] = size_points_of(runs)
    parts = (
        size_point.cpu_seconds,
        size_point.database_seconds,
        size_point.wait_seconds,
    )
    assert sum(parts) == pytest.approx(size_point.duration_seconds) == pytest.approx(1)
    assert min(parts) >= 0


def test_runs_without_any_duration_have_parts_of_zero() -> None:
    [size_point] = size_points_of([a_growth_run(seconds=0.0)])
    assert size_point.duration_seconds == size_point.cpu_seconds == 0


def test_computing_but_not_waiting_is_corrected_for_the_speed_of_the_machine() -> None:
    usual = [a_growth_run(rows, 0.5) for rows in (1, 2, 3)]
    slow = a_growth_run(
        4,
        duration_seconds=1.5,
        cpu_seconds=1.0,
        calibration_seconds=2 * CALIBRATION,
    )
    point = size_points_of([*usual, slow])[-1]
    assert point.cpu_seconds == pytest.approx(0.5**0.7)
    assert point.wait_seconds == pytest.approx(0.5)


def test_runs_without_a_calibration_are_not_corrected() -> None:
    runs = [a_growth_run(1, 0.5), a_growth_run(2, 1.0, calibration_seconds=None)]
    assert size_points_of(runs)[-1].duration_seconds == pytest.approx(1.0)


@pytest.mark.parametrize(("seconds", "accepted"), [(0.05, True), (0.0499, False)])
def test_a_size_is_accepted_if_it_takes_at_least_fifty_milliseconds(
    seconds: float, accepted: bool
) -> None:
    [size_point] = size_points_of(
        [a_growth_run(duration_seconds=seconds, cpu_seconds=seconds)]
    )
    assert size_point.accepted is accepted


def test_steady_empty_runs_allow_shorter_sizes() -> None:
    steady = [
        a_growth_run(1, cpu_seconds=c, duration_seconds=c) for c in (0.0010, 0.0014)
    ]
    assert floor_of(steady) == pytest.approx(0.002)
    shaky = [a_growth_run(1, cpu_seconds=c, duration_seconds=c) for c in (0.001, 0.021)]
    assert floor_of(shaky) == LONG_ENOUGH_SECONDS
    assert floor_of(steady[:1]) == LONG_ENOUGH_SECONDS


def test_memory_is_the_median_or_unknown_if_it_was_not_measured() -> None:
    runs = [a_growth_run(task_bytes=size) for size in (5, 7, 100, None)]
    assert size_points_of(runs)[0].task_bytes == 7
    assert size_points_of(runs[3:])[0].task_bytes is None


# --- noise -----------------------------------------------------------------------------


def test_the_calibration_shows_how_much_the_speed_of_the_machine_varied() -> None:
    runs = [a_growth_run(10), a_growth_run(20, calibration_seconds=1.5 * CALIBRATION)]
    moved = noise_of(runs, size_points_of(runs)).calibration_moved
    assert moved == pytest.approx(0.5)


@pytest.mark.parametrize("spread", [0.9 * NOTABLE_NOISE, 1.1 * NOTABLE_NOISE])
def test_noise_is_the_deviation_between_runs_of_one_size(spread: float) -> None:
    off = math.exp(spread / math.sqrt(2))  # of two runs, each is so far from the mean
    runs = [
        a_growth_run(rows, 0.2 * rows * factor)
        for rows in (10, 20)
        for factor in (1 / off, off)
    ]
    noise = noise_of(runs, size_points_of(runs))
    assert noise.duration_spread == pytest.approx(spread)
    assert noise.widening == pytest.approx(noise_factor(spread))
    assert bool(noise.reasons) is (spread > NOTABLE_NOISE)


def test_without_repeated_runs_noise_is_assumed_but_not_reported() -> None:
    runs = [a_growth_run(10, calibration_seconds=None)]
    noise = noise_of(runs, size_points_of(runs))
    assert (noise.calibration_moved, noise.duration_spread) == (None, None)
    assert noise.reasons == ()
    assert noise.widening == pytest.approx(noise_factor(UNKNOWN_NOISE))


def test_runs_that_are_too_short_do_not_show_the_noise() -> None:
    runs = [a_growth_run(seconds=0.001), a_growth_run(seconds=0.011)]
    assert noise_of(runs, size_points_of(runs)).duration_spread is None
