"""Enforce a task's time limits as a worker pool does: send a signal, then kill.

The watcher measures the time. At the soft limit it sends the same signal as a worker,
so the task gets the same exception; at the hard limit it ends the process.
"""

import signal
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from limerun.worker.protocol import LIMITS

_SIGNAL: int | None = getattr(signal, "SIGUSR1", None)


class AttemptLimits:
    """The limits of the task handler, and of tasks that set their own."""

    def __init__(
        self,
        handler: "dict[str, float | None] | None",
        send: Callable[..., None],
    ) -> None:
        """Store the handler's limits from the config; None: there are no limits."""
        self._handler = handler
        self._send = send
        self._error: type[Exception] | None = None
        self._armed = False

    def begin(self, soft: float | None = None, hard: float | None = None) -> None:
        """Start measuring the time of one attempt.

        Args:
            soft: The task's own soft limit in seconds; None: use the handler's.
            hard: The task's own hard limit in seconds; None: use the handler's.
        """
        if self._handler is None:
            return
        soft = soft or self._handler["soft_seconds"]
        hard = hard or self._handler["hard_seconds"]
        if _SIGNAL is None:
            soft = None
        if soft is None and hard is None:
            return
        if soft is not None and self._error is None:
            self._error = _soft_time_limit_exceeded()
            signal.signal(_SIGNAL, self._raise)  # type: ignore[arg-type]
        self._armed = True
        with suppress(Exception):  # the task may have closed the pipe before it retried
            self._send(LIMITS, soft_seconds=soft, hard_seconds=hard)

    def end(self) -> None:
        """Stop enforcing limits: ignore signals from now on."""
        self._armed = False

    def _raise(self, number: int, frame: FrameType | None) -> None:
        if self._armed and self._error is not None:
            raise self._error

    def around(self, call: Callable[..., object]) -> Callable[..., object]:
        """Wrap a call so that the handler's limits apply to it."""

        def limited(*arguments: object, **parameters: object) -> object:
            self.begin()
            try:
                return call(*arguments, **parameters)
            finally:
                self.end()

        return limited


def _soft_time_limit_exceeded() -> type[Exception]:
    try:
        from billiard.exceptions import SoftTimeLimitExceeded as OfCelery
    except ImportError:
        return SoftTimeLimitExceeded
    known: type[Exception] = OfCelery
    return known


class SoftTimeLimitExceeded(Exception):
    """The soft time limit was exceeded; used if Celery is not installed."""
