"""Curves with known terms are recognized and extrapolated."""

import math
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from limerun.measure.growth.fits import BASES, fit_curves

SIZES = [1_000 * 2**k for k in range(7)]


def scale_of(figures: list[float]) -> list[float]:
    return [max(each, 1e-3) for each in figures]


@pytest.mark.parametrize(
    ("terms", "far"),
    [
        ({"1": 0.4}, 1.05),
        ({"n": 2e-5}, 1.05),
        ({"1": 0.4, "n": 2e-5}, 1.15),
        ({"n log n": 1e-6}, 1.3),
        ({"n^2": 1e-9}, 1.1),
        ({"n": 1e-5, "n^2": 1e-9}, 1.3),
        ({"1": 0.2, "n^2": 1e-9}, 1.1),
    ],
)
def test_an_exact_curve_is_extrapolated_to_thirty_times_its_largest_size(
    terms: dict[str, float], far: float
) -> None:
    def true(n: float) -> float:
        return sum(factor * BASES[name](n) for name, factor in terms.items())

    figures = [true(n) for n in SIZES]
    fit = fit_curves(SIZES, figures, scale_of(figures))
    told = fit(SIZES[-1] * 30)
    assert true(SIZES[-1] * 30) / far <= told <= true(SIZES[-1] * 30) * far


@given(
    start=st.floats(0.05, 1.0),
    each=st.floats(1e-4, 1e-3),
    seed=st.integers(0, 10_000),
)
def test_a_noisy_line_is_extrapolated_within_a_factor_of_two(
    start: float, each: float, seed: int
) -> None:
    drawn = random.Random(seed)
    figures = [(start + each * n) * drawn.uniform(1.0, 1.05) for n in SIZES]
    fit = fit_curves(SIZES, figures, scale_of(figures))
    true = start + each * SIZES[-1] * 10
    assert true / 1.5 <= fit(SIZES[-1] * 10) <= true * 2.0


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=9),
)
@example([0.0, 5e-324])
def test_fitted_curves_never_fall_below_zero(
    figures: list[float],
) -> None:
    sizes = [2**k for k in range(len(figures))]
    fit = fit_curves(sizes, figures, scale_of(figures))
    for rows in (1, sizes[-1], sizes[-1] * 1000):
        assert fit(rows) >= 0
        assert math.isfinite(fit(rows))
    assert all(factor > 0 for factor in fit.terms.values())


def test_values_that_are_all_zero_have_no_curve() -> None:
    fit = fit_curves(SIZES, [0.0] * len(SIZES), [1.0] * len(SIZES))
    assert fit.curves == ()
    assert fit(10) == fit.deviation(10) == 0.0
    assert fit.terms == {}


def test_values_within_the_noise_of_the_total_do_not_bend_the_curve() -> None:
    # 2 ms and then 30 ms of a total of one second are jitter, not quadratic growth.
    figures = [0.002, 0.003, 0.008, 0.007, 0.035]
    fit = fit_curves(SIZES[:5], figures, [1.0] * 5)
    alone = fit_curves(SIZES[:5], figures, scale_of(figures))
    far = SIZES[4] * 128
    assert fit(far) < alone(far)


def test_two_points_are_fitted_with_a_single_term() -> None:
    fit = fit_curves([1, 2], [1.0, 2.0], [1.0, 2.0])
    assert all(len(curve.terms) == 1 for curve in fit.curves)


def test_values_that_no_sum_of_terms_can_produce_have_no_curve() -> None:
    assert fit_curves(SIZES, [-1.0] * len(SIZES), [1.0] * len(SIZES)).curves == ()
