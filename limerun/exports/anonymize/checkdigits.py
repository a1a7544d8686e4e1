"""Numbers whose last digit checks the others: its forms, and how to make it. Pure."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from limerun.exports.anonymize.permutations import Numbers

_NONE = 10
"""What cannot be written as a digit: there is no such number."""

CheckDigit = Callable[[Numbers, int], Numbers]
"""From bodies, and how many digits they have, to check digits; 10 is none."""


def _luhn(bodies: Numbers, width: int) -> Numbers:
    total, left = np.zeros_like(bodies), bodies
    for place in range(width):
        left, digit = np.divmod(left, 10)
        product = digit * (2 - place % 2)
        total += product // 10 + product % 10
    return -total % 10


def _mod11(bodies: Numbers, width: int) -> Numbers:
    """Weights 2 to 7 from the right, and again: Norway's and Denmark's."""
    return _eleven(bodies, [2 + place % 6 for place in range(width)])


def _finnish(bodies: Numbers, width: int) -> Numbers:
    """Weights 2, 4, 8, 5, 10, 9, 7 from the right: Finland's business id."""
    return _eleven(
        bodies, [(2, 4, 8, 5, 10, 9, 7)[place % 7] for place in range(width)]
    )


def _eleven(bodies: Numbers, weights: list[int]) -> Numbers:
    total, left = np.zeros_like(bodies), bodies
    for weight in weights:
        left, digit = np.divmod(left, 10)
        total += digit * weight
    return -total % 11


def _iso7064(bodies: Numbers, width: int) -> Numbers:
    """MOD 11,10: Germany's VAT and tax numbers."""
    product = np.full_like(bodies, 10)
    for place in range(width - 1, -1, -1):
        total = (bodies // 10**place + product) % 10
        product = np.where(total == 0, 10, total) * 2 % 11
    return (11 - product) % 10


CHECKS: Mapping[str, CheckDigit] = {
    "luhn": _luhn,
    "mod11": _mod11,
    "mod11-finnish": _finnish,
    "iso7064": _iso7064,
}


def checked(check: CheckDigit, bodies: Numbers, width: int) -> Numbers:
    """Return bodies of a width with their check digit; -1 where there is none."""
    digits = check(bodies, width)
    return np.where(digits >= _NONE, -1, bodies * 10 + digits)


def is_checked(
    check: CheckDigit, numbers: Numbers, width: int
) -> npt.NDArray[np.bool_]:
    """Tell which numbers of a width, the check digit within, are right."""
    right: npt.NDArray[np.bool_] = check(numbers // 10, width - 1) == numbers % 10
    return right
