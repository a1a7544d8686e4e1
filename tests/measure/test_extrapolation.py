"""A predicted range contains the true value and is wide enough."""

import random
from collections.abc import Callable

import pytest

from limerun.measure.growth.extrapolation import Extrapolation, spare

SIZES = [1_000 * 2**k for k in range(7)]
LAWS: dict[str, Callable[[float], float]] = {
    "line": lambda n: 2e-5 * n,
    "start and line": lambda n: 0.5 + 2e-5 * n,
    "square": lambda n: 2e-10 * n * n,
    "start and square": lambda n: 0.3 + 2e-10 * n * n,
    "line and square": lambda n: 1e-5 * n + 1e-10 * n * n,
    "power of 1.3": lambda n: 1e-6 * n**1.3,
}


def noisy(law: Callable[[float], float], seed: int) -> list[float]:
    """Return the minimum of three runs, each up to 10 % too long."""
    drawn = random.Random(seed)
    return [law(n) * min(drawn.uniform(1, 1.1) for _ in range(3)) for n in SIZES]


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("times", [1, 3, 10, 30])
def test_the_range_contains_the_true_value_in_nine_of_ten_cases(
    name: str, times: int
) -> None:
    law, held = LAWS[name], 0
    for seed in range(10):
        told = Extrapolation(SIZES, noisy(law, seed), floor=0.001)
        found = told(SIZES[-1] * times)
        held += found.low <= law(SIZES[-1] * times) <= found.high
    assert held >= 9


@pytest.mark.parametrize("name", LAWS)
def test_the_range_never_narrows_with_distance(name: str) -> None:
    told = Extrapolation(SIZES, noisy(LAWS[name], 3), floor=0.001)
    widths = []
    for times in (1, 2, 4, 8, 16, 32):
        found = told(SIZES[-1] * times)
        assert found.low <= found.likely <= found.high
        widths.append(found.high / found.low)
    assert widths == sorted(widths)


def test_each_bound_keeps_a_distance_that_grows_with_the_size() -> None:
    assert spare(-1) == spare(0) < spare(1) < spare(5)
    for doublings in (0, 1, 5):
        found = Extrapolation(SIZES, [2e-5 * n for n in SIZES], floor=0.001)(
            SIZES[-1] * 2**doublings
        )
        assert found.high / found.likely >= spare(doublings)
        assert found.likely / found.low >= spare(doublings)


def test_noise_widens_the_range_and_more_runs_do_not_change_an_exact_line() -> None:
    figures = [2e-5 * n for n in SIZES]
    widths = []
    for noise in (0.0, 0.05, 0.3):
        found = Extrapolation(
            SIZES, figures, floor=0.001, runs=[1, 1, 1, 1, 3, 3, 3], noise=noise
        )(SIZES[-1] * 4)
        assert found.low <= 2e-5 * SIZES[-1] * 4 <= found.high
        widths.append(found.high / found.low)
    assert widths == sorted(set(widths))


def test_a_range_contains_the_line_through_the_last_sizes_unless_growth_is_bent() -> (
    None
):
    # Past 8,000 rows, each row takes longer, once and for all: a processor's cache.
    cliff = [1e-5 * n + 1.5e-5 * max(0, n - 8_000) for n in SIZES]
    far = SIZES[-1] * 16
    found = Extrapolation(SIZES, cliff, floor=0.001)(far)
    assert found.low <= 1e-5 * far + 1.5e-5 * (far - 8_000) <= found.high
    bent = Extrapolation(SIZES, [2e-10 * n * n for n in SIZES], floor=0.001)(far)
    assert bent.low > 2e-10 * SIZES[-1] * far


def test_the_range_is_wider_if_no_curve_fits_the_sizes_well() -> None:
    steady = [2e-5 * n for n in SIZES]
    jumping = [t * (3 if at % 2 else 1) for at, t in enumerate(steady)]
    widths = []
    for figures in (steady, jumping):
        found = Extrapolation(SIZES, figures, floor=0.001)(SIZES[-1] * 10)
        widths.append(found.high / found.low)
    assert widths[1] > 1.5 * widths[0]


@pytest.mark.parametrize(
    ("name", "doubling"), [("line", 2.0), ("square", 4.0), ("start and line", 1.6)]
)
def test_the_doubling_factor_shows_the_effect_of_twice_the_rows(
    name: str, doubling: float
) -> None:
    figures = [LAWS[name](n) for n in SIZES]
    told = Extrapolation(SIZES, figures, floor=0.001).doubling()
    assert told == pytest.approx(doubling, rel=0.1)


def test_a_jump_at_the_largest_size_is_a_surprise() -> None:
    figures = [2e-5 * n for n in SIZES]
    calm = Extrapolation(SIZES, figures, floor=0.001).surprise()
    figures[-2:] = [figures[-2] * 2, figures[-1] * 4]
    cliff = Extrapolation(SIZES, figures, floor=0.001).surprise()
    assert calm == pytest.approx(1.0, rel=0.05)
    assert cliff is not None
    assert cliff > 3


def test_sizes_too_short_to_measure_do_not_predict_a_surprise() -> None:
    figures = [1e-5] * 5 + [0.1, 0.2]
    assert Extrapolation(SIZES, figures, floor=0.05).surprise() is None


def test_values_that_are_all_zero_are_predicted_to_stay_zero() -> None:
    found = Extrapolation(SIZES, [0.0] * len(SIZES), floor=0.001)
    assert found(10**6).high == 0.0
    assert found.doubling() is None
    assert found.surprise() is None


def test_a_size_that_took_no_time_is_not_used_to_test_the_prediction() -> None:
    figures = [2e-5 * n for n in SIZES]
    told = Extrapolation(SIZES, [*figures[:-1], 0.0], floor=0.001)
    assert told(SIZES[-1] * 2).high > 0
