"""Compute the tick marks of a chart's axis. Pure."""

import math
from collections.abc import Callable
from dataclasses import dataclass

_STEPS = (1, 2, 2.5, 5, 10)
_CLOCK = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200)
"""Distances between marks that are easy to read, in seconds."""
_LEAST = 1e-12
"""An axis shorter than this has only the mark 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A tick mark on an axis."""

    share: float
    """Its position, from 0 (start of the axis) to 1."""
    text: str


def marks(top: float, most: int, text: Callable[[float], str]) -> tuple[Mark, ...]:
    """Return marks at round values from 0 to `top`: 0 and at most `most` others."""
    return _placed(top, _step(top, most), text)


def clock_marks(
    seconds: float, most: int, text: Callable[[float], str]
) -> tuple[Mark, ...]:
    """Return marks on an axis of time, from 0 s."""
    wanted = (step for step in _CLOCK if seconds / step <= most)
    step = next(wanted, 0.0) if seconds > most else 0.0
    return _placed(seconds, step or _step(seconds, most), text)


def _step(top: float, most: int) -> float:
    if not top > _LEAST:
        return 1.0
    power = 10.0 ** math.floor(math.log10(top / most))
    return next(power * step for step in (*_STEPS, 20) if top / (power * step) <= most)


def _placed(top: float, step: float, text: Callable[[float], str]) -> tuple[Mark, ...]:
    count = int(top / step + 1e-9) if top > _LEAST else 0
    return tuple(
        Mark(share=number * step / top if number else 0.0, text=text(number * step))
        for number in range(count + 1)
    )
