"""Curves whose terms are known are found again, and carried on."""

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
        ({"1": 0.4, "n": 2e-5}, 1.1),
        ({"n log n": 1e-6}, 1.3),
        ({"n^2": 1e-9}, 1.1),
        ({"n": 1e-5, "n^2": 1e-9}, 1.3),
        ({"1": 0.2, "n^2": 1e-9}, 1.1),
    ],
)
def test_an_exact_curve_is_carried_on_to_thirty_times_its_top(
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
def test_a_line_with_noise_is_carried_on_within_its_double(
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
def test_any_figures_give_curves_that_never_fall_below_nothing(
    figures: list[float],
) -> None:
    sizes = [2**k for k in range(len(figures))]
    fit = fit_curves(sizes, figures, scale_of(figures))
    for rows in (1, sizes[-1], sizes[-1] * 1000):
        assert fit(rows) >= 0
        assert math.isfinite(fit(rows))
    assert all(factor > 0 for factor in fit.terms.values())


def test_what_is_always_nothing_has_no_curve() -> None:
    fit = fit_curves(SIZES, [0.0] * len(SIZES), [1.0] * len(SIZES))
    assert fit.curves == ()
    assert fit(10) == 0.0
    assert fit.terms == {}


def test_figures_in_the_noise_of_what_they_are_parts_of_bend_nothing() -> None:
    # 2 ms, then 30 ms, beside a second: that is jitter, and no square of the rows.
    figures = [0.002, 0.003, 0.008, 0.007, 0.035]
    fit = fit_curves(SIZES[:5], figures, [1.0] * 5)
    alone = fit_curves(SIZES[:5], figures, scale_of(figures))
    far = SIZES[4] * 128
    assert fit(far) < alone(far)


def test_two_points_are_not_bent() -> None:
    fit = fit_curves([1, 2], [1.0, 2.0], [1.0, 2.0])
    assert all(len(curve.terms) == 1 for curve in fit.curves)


def test_figures_that_no_sum_of_terms_can_give_have_no_curve() -> None:
    assert fit_curves(SIZES, [-1.0] * len(SIZES), [1.0] * len(SIZES)).curves == ()
