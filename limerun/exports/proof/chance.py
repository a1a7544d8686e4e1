"""Decide whether chance alone explains a number of matches. Pure."""

import math

UNLIKELY = 0.01
"""Probability below which chance does not explain matching values."""
VERY_UNLIKELY = 1e-6
"""The same for unchanged rows: stricter, because every proof tests many columns."""


def beyond_chance(observed: int, expected: float, unlikely: float) -> bool:
    """Return whether the probability of a count by chance is below `unlikely`.

    Counts by chance have a Poisson distribution with the expected count as its mean.
    """
    if observed <= expected:
        return False
    return _at_least(observed, expected) < unlikely


def _at_least(observed: int, expected: float) -> float:
    """Return the probability of this count or a higher one."""
    if expected <= 0:
        return 0.0
    if expected > 1_000:
        deviations = (observed - 0.5 - expected) / math.sqrt(expected)
        return 0.5 * math.erfc(deviations / math.sqrt(2))
    # Sum upwards from the observed count: exact also for tiny probabilities.
    term = math.exp(
        -expected + observed * math.log(expected) - math.lgamma(observed + 1)
    )
    total, count = 0.0, observed
    while term > total * 1e-12:
        total += term
        count += 1
        term *= expected / count
    return total
