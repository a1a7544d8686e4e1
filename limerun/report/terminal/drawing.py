"""Draw bars and curves from characters, with or without Unicode. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyphs:
    """The characters to draw with."""

    passed: str
    failed: str
    unknown: str
    note: str
    arrow: str
    dot: str
    line: str
    bar: str
    rest: str
    levels: str
    """Characters from an empty to a full cell."""
    ellipsis: str


UNICODE = Glyphs(
    passed="✓",
    failed="✗",
    unknown="–",  # noqa: RUF001 - a dash wider than a minus is intended
    note="·",
    arrow="→",
    dot="●",
    line="┄",
    bar="━",
    rest="─",
    levels=" ▁▂▃▄▅▆▇█",
    ellipsis="…",
)
ASCII = Glyphs(
    passed="ok",
    failed="X",
    unknown="-",
    note="*",
    arrow="->",
    dot="*",
    line="-",
    bar="#",
    rest=".",
    levels=" ._:|#",
    ellipsis="...",
)


def glyphs_for(encoding: str) -> Glyphs:
    """Return the characters that an encoding supports."""
    return UNICODE if encoding.lower().replace("_", "-").startswith("utf") else ASCII


def bar(share: float, width: int, glyphs: Glyphs) -> tuple[str, str]:
    """Return the filled and the empty part of a bar; a share above 1 fills it."""
    filled = round(min(1.0, max(0.0, share)) * width)
    if share > 0 and filled == 0:
        filled = 1
    return glyphs.bar * filled, glyphs.rest * (width - filled)


def resampled(
    times: Sequence[float], values: Sequence[float], columns: int
) -> list[float]:
    """Return the highest value in each of `columns` equal time intervals.

    An interval without a value repeats the previous one.
    """
    if not values:
        return []
    begin, span = min(times), max(times) - min(times)
    highest: list[float | None] = [None] * columns
    for at, value in zip(times, values, strict=True):
        column = min(columns - 1, int((at - begin) / span * columns)) if span else 0
        before = highest[column]
        highest[column] = value if before is None else max(before, value)
    filled: list[float] = []
    for each in highest:
        filled.append(each if each is not None else filled[-1])
    return filled


def curve(values: Sequence[float], top: float, rows: int, glyphs: Glyphs) -> list[str]:
    """Return the rows of a filled curve from 0 to `top`, the highest row first."""
    levels = len(glyphs.levels) - 1
    heights = [_height(value, top, rows * levels) for value in values]
    return [
        "".join(
            glyphs.levels[min(levels, max(0, height - row * levels))]
            for height in heights
        )
        for row in reversed(range(rows))
    ]


def _height(value: float, top: float, steps: int) -> int:
    if value <= 0 or top <= 0:
        return 0
    return min(steps, max(1, round(value / top * steps)))
