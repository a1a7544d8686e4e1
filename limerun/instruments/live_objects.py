"""Record how many objects of each limetype are in memory over time."""

import time
from collections.abc import Callable, Mapping

_MAX_READINGS = 400


class LiveObjects:
    """Reads counts periodically; drops every second reading when there are too many."""

    def __init__(self, counts: Callable[[], Mapping[str, int]]) -> None:
        self._counts = counts
        self._start = 0.0
        self._every = 1
        self._ticks = 0
        self._readings: list[tuple[float, dict[str, int]]] = []

    def start(self) -> None:
        """Start the clock of the readings."""
        self._start = time.monotonic()

    def read(self, *, last: bool = False) -> None:
        """Take a reading, if one is due."""
        if not self._start:
            return
        self._ticks += 1
        if self._ticks % self._every and not last:
            return
        now = dict(self._counts())
        self._readings.append((time.monotonic() - self._start, now))
        if len(self._readings) >= _MAX_READINGS:
            pairs = zip(self._readings[::2], self._readings[1::2], strict=False)
            self._readings = [max(pair, key=_total) for pair in pairs]
            self._every *= 2

    def summary(self) -> dict[str, object]:
        """Return {at: seconds since the start, alive: {name: counts}}."""
        readings = list(self._readings)
        names = sorted({name for _, counts in readings for name in counts})
        return {
            "at": [round(at, 3) for at, _ in readings],
            "alive": {
                name: [counts.get(name, 0) for _, counts in readings] for name in names
            },
        }


def _total(reading: tuple[float, Mapping[str, int]]) -> int:
    return sum(reading[1].values())
