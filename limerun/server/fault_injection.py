"""Decide which requests to an API fail: too many at once, or at random."""

import math
import time
from collections import deque
from collections.abc import Callable
from typing import Any

_MASK = (1 << 64) - 1


class RateLimit:
    """Limits the number of requests in a sliding window of time.

    Args:
        per_second: Requests per second; below one, it is one request per longer window.
        clock: Returns the time in seconds.
    """

    def __init__(
        self, per_second: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        most = max(1, int(per_second))
        self._window = most / per_second
        self._admitted: deque[float] = deque(maxlen=most)
        self._clock = clock

    def seconds_to_wait(self) -> int:
        """Admit a request and return 0, or return the seconds to wait before a retry.

        These are whole seconds, rounded up, as in `Retry-After`.
        """
        now = self._clock()
        if len(self._admitted) == self._admitted.maxlen:
            left = self._admitted[0] + self._window - now
            if left > 0:
                return math.ceil(left)
        self._admitted.append(now)
        return 0


class OneFault:
    """Lets one request fail, as `limerun resilience` asks for.

    Args:
        fault: Its "kind" and the "number" of the request; None: no request fails.
    """

    def __init__(self, fault: dict[str, Any] | None) -> None:
        self._kind = "" if fault is None else str(fault["kind"])
        self._left = 0 if fault is None else int(fault["number"])

    def next_kind(self) -> str:
        """Return how the next request fails; "" if it does not."""
        self._left -= 1
        return "" if self._left else self._kind


class Failures:
    """Decides at random which requests fail: the same ones in every run."""

    def __init__(self, rate: float, key: int) -> None:
        self._below = int(rate * 2**63)
        self._key = key
        self._number = 0

    def next_status(self) -> int | None:
        """Return the status that the next request fails with, or None."""
        self._number += 1
        drawn = _mixed(self._key, self._number)
        if drawn >> 1 >= self._below:
            return None
        return 503 if drawn & 1 else 500


def _mixed(key: int, number: int) -> int:
    """Return 64 random bits for a number, by splitmix64 as in datasets."""
    word = (key + number * 0x9E3779B97F4A7C15) & _MASK
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
    word = (word ^ (word >> 27)) * 0x94D049BB133111EB & _MASK
    return word ^ (word >> 31)
