"""What chance alone would explain. Pure."""

import math

UNLIKELY = 0.01
"""For values found where others of their kind stand: explained by chance, or not."""
VERY_UNLIKELY = 1e-6
"""For rows, of which there are many columns in every proof."""


def beyond_chance(observed: int, expected: float, unlikely: float) -> bool:
    """Say whether so many are too many to be chance.

    Args:
        observed: How many there are.
        expected: How many chance gives on average (Poisson).
        unlikely: The probability under which it is no chance any more.
    """
    if observed <= expected:
        return False
    return _at_least(observed, expected) < unlikely


def _at_least(observed: int, expected: float) -> float:
    """Return the probability of so many or more."""
    if expected <= 0:
        return 0.0
    if expected > 1_000:
        away = (observed - 0.5 - expected) / math.sqrt(expected)
        return 0.5 * math.erfc(away / math.sqrt(2))
    # From the observed count upwards: exact also where it is next to nothing.
    term = math.exp(
        -expected + observed * math.log(expected) - math.lgamma(observed + 1)
    )
    total, count = 0.0, observed
    while term > total * 1e-12:
        total += term
        count += 1
        term *= expected / count
    return total
