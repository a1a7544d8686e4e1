"""Check digits computed from lookup tables equal those computed digit by digit."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limerun.dataset.words.check_digits import CHECKS, checked, is_checked, weighed

_FINNISH = (2, 4, 8, 5, 10, 9, 7)


def luhn(digits: list[int]) -> int:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        product = digit * (2 - place % 2)
        total += product // 10 + product % 10
    return -total % 10


def mod11(weights: tuple[int, ...]) -> Callable[[list[int]], int]:
    def check(digits: list[int]) -> int:
        places = enumerate(reversed(digits))
        return -sum(digit * weights[at % len(weights)] for at, digit in places) % 11

    return check


def iso7064(digits: list[int]) -> int:
    product = 10
    for digit in digits:
        product = ((digit + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10


ONE_BY_ONE: dict[str, Callable[[list[int]], int]] = {
    "luhn": luhn,
    "mod11": mod11((2, 3, 4, 5, 6, 7)),
    "mod11-finnish": mod11(_FINNISH),
    "iso7064": iso7064,
}


@settings(max_examples=60)
@given(
    st.integers(1, 17).flatmap(
        lambda width: st.tuples(
            st.just(width), st.lists(st.integers(0, 10**width - 1), min_size=1)
        )
    )
)
@pytest.mark.parametrize("name", CHECKS)
def test_check_digits_match_those_computed_digit_by_digit(
    name: str, numbers: tuple[int, list[int]]
) -> None:
    width, bodies = numbers
    expected = [ONE_BY_ONE[name]([*map(int, f"{body:0{width}}")]) for body in bodies]
    made = CHECKS[name](np.array(bodies, np.int64), width)
    assert made.tolist() == expected


@pytest.mark.parametrize(
    ("name", "number"),
    [
        (
            "luhn",
            5560360793,
        ),  # examples published by the offices that issue the numbers
        ("mod11", 974760673),
        ("mod11-finnish", 1120389),
        ("iso7064", 136695976),
    ],
)
def test_a_published_number_has_a_valid_check_digit(name: str, number: int) -> None:
    width = len(str(number))
    numbers = np.arange(number // 10 * 10, number // 10 * 10 + 10)
    right = is_checked(CHECKS[name], numbers, width)
    assert numbers[right].tolist() == [number]


def test_a_body_without_a_possible_check_digit_gives_no_number() -> None:
    bodies = np.arange(10_000_000, 10_000_100)
    made = checked(CHECKS["mod11"], bodies, 8)
    none = CHECKS["mod11"](bodies, 8) == 10
    assert none.any()
    assert (made[none] == -1).all()
    assert is_checked(CHECKS["mod11"], made[~none], 9).all()


@given(
    st.lists(st.integers(0, 99), min_size=1, max_size=18), st.integers(0, 10**18 - 1)
)
def test_a_weighted_sum_applies_the_first_weight_to_the_first_digit(
    weights: list[int], number: int
) -> None:
    digits = [*map(int, f"{number % 10 ** len(weights):0{len(weights)}}")]
    [total] = weighed(np.array([number % 10 ** len(weights)]), weights).tolist()
    assert total == sum(a * b for a, b in zip(digits, weights, strict=True))
