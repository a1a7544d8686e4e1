"""Compute check digits. Pure.

Tables for four digits at a time are small enough for the processor's cache.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from limerun.dataset.words.randomness import Numbers

DIGITS_AT_ONCE = 4
_CHUNK = 10**DIGITS_AT_ONCE
_NONE = 10
"""Marks a check digit of ten, which cannot be written: no such number exists."""

Cells = np.ndarray[tuple[int, int], np.dtype[np.uint8]]
CheckDigit = Callable[[Numbers, int], Numbers]
"""Maps numbers without check digit, and their width, to check digits; 10 means none."""


@lru_cache(maxsize=1)
def four_digits() -> Cells:
    """Return the digits of all four-digit numbers."""
    numbers = np.arange(_CHUNK)[:, None]
    places = 10 ** np.arange(DIGITS_AT_ONCE - 1, -1, -1)
    return (numbers // places % 10).astype(np.uint8)


def luhn(bodies: Numbers) -> Numbers:
    """Return Luhn check digits, for numbers of any length."""
    total, left = np.zeros_like(bodies), bodies
    while left.any():
        left, chunk = np.divmod(left, _CHUNK)
        total += _luhn_sums()[chunk]
    return -total % 10


@lru_cache(maxsize=1)
def _luhn_sums() -> Numbers:
    digits = four_digits().astype(np.int64)
    doubled = digits[:, 1::2] * 2
    summed = doubled // 10 + doubled % 10 + digits[:, 0::2]
    sums: Numbers = summed.sum(axis=1)
    return sums


def weighed(bodies: Numbers, weights: Sequence[int]) -> Numbers:
    """Return the weighted sum of each number's digits.

    Args:
        bodies: Numbers with as many digits as there are weights.
        weights: The weights, from the first digit to the last.
    """
    total, left, end = np.zeros_like(bodies), bodies, len(weights)
    while end > 0:
        left, chunk = np.divmod(left, _CHUNK)
        total += _weighed_chunks(tuple(weights[max(end - DIGITS_AT_ONCE, 0) : end]))[
            chunk
        ]
        end -= DIGITS_AT_ONCE
    return total


@lru_cache(maxsize=64)
def _weighed_chunks(weights: tuple[int, ...]) -> Numbers:
    digits = four_digits()[:, DIGITS_AT_ONCE - len(weights) :].astype(np.int64)
    sums: Numbers = digits @ np.array(weights, np.int64)
    return sums


def iso7064(bodies: Numbers, places: int) -> Numbers:
    """Return check digits of ISO 7064, MOD 11,10, for numbers of a width."""
    products = np.full(len(bodies), 10, np.int64)
    end = places
    while end > 0:
        width = end % DIGITS_AT_ONCE or DIGITS_AT_ONCE
        end -= width
        chunk = bodies // 10**end % 10**width
        products = _iso7064_steps(width)[products, chunk]
    return (11 - products) % 10


@lru_cache(maxsize=4)
def _iso7064_steps(width: int) -> Numbers:
    """Return ISO 7064's next product for each current product and `width` digits."""
    products = np.repeat(np.arange(11)[:, None], 10**width, axis=1)
    numbers = np.arange(10**width)
    for place in range(width - 1, -1, -1):
        total = (numbers // 10**place + products) % 10
        products = np.where(total == 0, 10, total) * 2 % 11
    return products


def mod11(bodies: Numbers, weights: Sequence[int]) -> Numbers:
    """Return MOD 11 check digits, for numbers with as many digits as weights.

    A check digit of ten cannot be written.
    """
    return -weighed(bodies, weights) % 11


def _mod11_from_right(weights: Sequence[int]) -> CheckDigit:
    """Return MOD 11 with repeating weights, from the last digit to the first."""

    def check(bodies: Numbers, width: int) -> Numbers:
        every = [weights[place % len(weights)] for place in range(width)]
        return mod11(bodies, every[::-1])

    return check


CHECKS: Mapping[str, CheckDigit] = {
    "luhn": lambda bodies, _: luhn(bodies),
    "mod11": _mod11_from_right((2, 3, 4, 5, 6, 7)),  # Norway's and Denmark's
    "mod11-finnish": _mod11_from_right((2, 4, 8, 5, 10, 9, 7)),  # the business id
    "iso7064": iso7064,  # MOD 11,10: Germany's VAT and tax numbers
}


def checked(check: CheckDigit, bodies: Numbers, width: int) -> Numbers:
    """Append check digits to numbers of a width; -1 if a number has no check digit."""
    digits = check(bodies, width)
    return np.where(digits >= _NONE, -1, bodies * 10 + digits)


def is_checked(
    check: CheckDigit, numbers: Numbers, width: int
) -> npt.NDArray[np.bool_]:
    """Return which numbers have a valid check digit; the width includes it."""
    right: npt.NDArray[np.bool_] = check(numbers // 10, width - 1) == numbers % 10
    return right
