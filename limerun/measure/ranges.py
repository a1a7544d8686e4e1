"""A figure that is not known exactly: from the least that it may be to the most."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FigureRange:
    """The least, the likely and the most; none is below nothing."""

    low: float
    likely: float
    high: float

    def __add__(self, other: "FigureRange") -> "FigureRange":
        """Return the range of a sum whose parts err together."""
        return FigureRange(
            self.low + other.low, self.likely + other.likely, self.high + other.high
        )

    def widened(self, factor: float) -> "FigureRange":
        """Return the range with both ends moved apart."""
        return FigureRange(self.low / factor, self.likely, self.high * factor)


NOTHING = FigureRange(0.0, 0.0, 0.0)
