"""A curve is thinned without losing its extremes."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limerun.measure.series import MAX_POINTS, thin, worst_gap


def test_a_short_curve_stays_complete() -> None:
    assert thin([0.0, 0.1, 0.2], [1, 9, 2]) == ((0.0, 0.1, 0.2), (1, 9, 2))


def test_half_an_hour_of_samples_is_thinned_to_at_most_two_thousand_points() -> None:
    values = [i % 977 for i in range(180_000)]
    times, kept = thin([0.01 * i for i in range(180_000)], values)
    assert len(times) == len(kept) <= MAX_POINTS
    assert len(times) > MAX_POINTS * 0.9


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=400), st.integers(4, 60))
def test_thinning_keeps_the_peak_and_both_ends(values: list[int], points: int) -> None:
    times, kept = thin(list(map(float, range(len(values)))), values, points)
    assert max(kept) == max(values)
    assert (kept[0], kept[-1]) == (values[0], values[-1])
    assert len(kept) <= max(points, 2)
    assert all(earlier < later for earlier, later in itertools.pairwise(times))
    assert all(values[int(at)] == value for at, value in zip(times, kept, strict=True))


def test_a_single_short_spike_survives_thinning() -> None:
    values = [10] * 50_000
    values[31_337] = 300
    _, kept = thin([float(i) for i in range(50_000)], values)
    assert 300 in kept


def test_the_worst_gap_is_the_longest_time_between_two_samples() -> None:
    assert worst_gap([0.0, 0.01, 0.05, 0.06]) == pytest.approx(0.04)
    assert worst_gap([1.0]) is None
