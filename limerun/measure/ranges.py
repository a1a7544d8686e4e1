"""Represents a figure that is not known exactly by a range of values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FigureRange:
    """The lowest, most likely and highest value; none is negative."""

    low: float
    likely: float
    high: float

    def __add__(self, other: "FigureRange") -> "FigureRange":
        """Return the range of a sum whose parts err in the same direction."""
        return FigureRange(
            self.low + other.low, self.likely + other.likely, self.high + other.high
        )

    def times(self, factor: float) -> "FigureRange":
        """Return the range, multiplied by a factor."""
        return FigureRange(self.low * factor, self.likely * factor, self.high * factor)

    def widened(self, factor: float) -> "FigureRange":
        """Return the range, widened at both ends."""
        return FigureRange(self.low / factor, self.likely, self.high * factor)


NOTHING = FigureRange(0.0, 0.0, 0.0)
