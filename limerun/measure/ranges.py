"""A figure that is not known exactly: from the least that it may be to the most."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Range:
    """The least, the likely and the most; none is below nothing."""

    low: float
    likely: float
    high: float

    def __add__(self, other: "Range") -> "Range":
        """Return the range of a sum whose parts err together."""
        return Range(
            self.low + other.low, self.likely + other.likely, self.high + other.high
        )


NOTHING = Range(0.0, 0.0, 0.0)
