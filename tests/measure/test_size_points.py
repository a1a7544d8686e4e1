"""The runs of one size become a size point; disturbances are reported as noise."""

import pytest

from limerun.measure.growth.size_points import (
    LONG_ENOUGH_SECONDS,
    MOST_MOVED,
    MOST_SPREAD,
    floor_of,
    noise_of,
    size_points_of,
)
from limerun.records import GrowthRun
from tests.builders import a_growth_run


def test_the_least_disturbed_run_of_each_size_counts() -> None:
    runs = [
        a_growth_run(10, duration_seconds=0.5, cpu_seconds=0.4),
        a_growth_run(10, duration_seconds=0.6, cpu_seconds=0.3),
        a_growth_run(20, duration_seconds=0.9, cpu_seconds=0.8),
    ]
    first, second = size_points_of(runs)
    assert (first.rows, first.runs) == (10, 2)
    assert (first.duration_seconds, first.cpu_seconds) == (0.5, 0.3)
    assert (second.rows, second.runs, second.duration_seconds) == (20, 1, 0.9)


def test_statement_time_in_an_embedded_database_is_subtracted_from_cpu_time() -> None:
    [size_point] = size_points_of(
        [a_growth_run(duration_seconds=1.0, cpu_seconds=1.0, database_seconds=0.4)]
    )
    assert size_point.cpu_seconds == pytest.approx(0.6)
    assert size_point.database_seconds == pytest.approx(0.4)
    assert size_point.wait_seconds == pytest.approx(0.0)


def test_waiting_for_a_database_server_is_database_time() -> None:
    [size_point] = size_points_of(
        [a_growth_run(duration_seconds=1.0, cpu_seconds=0.3, database_seconds=0.5)]
    )
    assert size_point.cpu_seconds == pytest.approx(0.3)
    assert size_point.database_seconds == pytest.approx(0.5)
    assert size_point.wait_seconds == pytest.approx(0.2)


def test_measured_waiting_in_statements_is_not_subtracted_from_cpu_time() -> None:
    [size_point] = size_points_of(
        [
            a_growth_run(
                duration_seconds=1.0,
                cpu_seconds=0.5,
                database_seconds=0.5,
                database_wait_seconds=0.3,
            )
        ]
    )
    assert size_point.cpu_seconds == pytest.approx(0.3)  # 0.2 of 0.5 in statements
    assert size_point.database_seconds == pytest.approx(0.5)
    assert size_point.wait_seconds == pytest.approx(0.2)


@pytest.mark.parametrize("cpu", [0.2, 1.0, 4.0])
@pytest.mark.parametrize("database", [None, 0.1, 3.0])
def test_the_parts_add_up_to_the_duration(cpu: float, database: float | None) -> None:
    run = a_growth_run(duration_seconds=1.0, cpu_seconds=cpu, database_seconds=database)
    [size_point] = size_points_of([run])
    parts = (
        size_point.cpu_seconds,
        size_point.database_seconds,
        size_point.wait_seconds,
    )
    assert sum(parts) == pytest.approx(1.0)
    assert min(parts) >= 0


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


def paced(*paces: float) -> list[GrowthRun]:
    return [
        a_growth_run(10 * (at + 1), calibration_seconds=pace)
        for at, pace in enumerate(paces)
    ]


@pytest.mark.parametrize(("slower", "noisy"), [(0.149, False), (0.151, True)])
def test_a_large_change_of_machine_speed_is_noise(slower: float, noisy: bool) -> None:
    assert MOST_MOVED == 0.15
    runs = paced(0.01, 0.01 * (1 + slower))
    noise = noise_of(runs, size_points_of(runs))
    assert noise.calibration_moved == pytest.approx(slower)
    assert bool(noise.reasons) is noisy
    assert noise.widening == pytest.approx(1 + slower if noisy else 1.0)


def test_only_the_machine_speed_during_runs_that_count_matters() -> None:
    quiet, disturbed = (
        a_growth_run(10),
        a_growth_run(10, cpu_seconds=0.9, calibration_seconds=0.05),
    )
    runs = [quiet, disturbed, a_growth_run(20)]
    assert noise_of(runs, size_points_of(runs)).calibration_moved == pytest.approx(0.0)


@pytest.mark.parametrize(("spread", "noisy"), [(1.49, False), (1.51, True)])
def test_runs_of_one_size_that_differ_too_much_are_noise(
    spread: float, noisy: bool
) -> None:
    assert MOST_SPREAD == 1.5
    runs = [
        a_growth_run(duration_seconds=0.2),
        a_growth_run(duration_seconds=0.2 * spread),
    ]
    noise = noise_of(runs, size_points_of(runs))
    assert noise.duration_spread == pytest.approx(spread)
    assert bool(noise.reasons) is noisy
    assert noise.widening == pytest.approx(spread if noisy else 1.0)


def test_without_a_calibration_noise_is_judged_from_the_durations_alone() -> None:
    runs = [
        a_growth_run(calibration_seconds=None),
        a_growth_run(calibration_seconds=None),
    ]
    noise = noise_of(runs, size_points_of(runs))
    assert (noise.calibration_moved, noise.duration_spread) == (None, 1.0)


def test_noise_is_unknown_without_runs_that_count() -> None:
    runs = [a_growth_run(duration_seconds=0.001, cpu_seconds=0.001)]
    noise = noise_of(runs, size_points_of(runs))
    assert (noise.calibration_moved, noise.duration_spread) == (None, None)
    assert noise.reasons == ()
