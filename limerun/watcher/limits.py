"""Enforce a task's own time limits: send a signal, then kill the worker."""

import os
import signal
from collections.abc import Callable

from limerun.watcher.lines import Message


class LimitWatch:
    """The limits of the current attempt, on the monotonic clock."""

    def __init__(
        self, pid: int, say: Callable[[Message], None], kill: Callable[[str], None]
    ) -> None:
        self._pid, self._say, self._kill = pid, say, kill
        self._soft_at: float | None = None
        self._hard_at: float | None = None

    def begin(self, message: Message, now: float) -> None:
        """Start both limits now; they replace the limits of an earlier attempt."""
        soft, hard = message["soft_seconds"], message["hard_seconds"]
        self._soft_at = None if soft is None else now + soft
        self._hard_at = None if hard is None else now + hard

    def end(self) -> None:
        """Stop enforcing limits: the task has returned."""
        self._soft_at = self._hard_at = None

    def enforce(self, now: float) -> None:
        """Send the signal at the soft limit, once; kill the worker at the hard one."""
        if self._soft_at is not None and now >= self._soft_at:
            self._soft_at = None
            self._say({"event": "soft_limit"})
            os.kill(self._pid, signal.SIGUSR1)  # as the pool of a Celery worker does
        if self._hard_at is not None and now >= self._hard_at:
            self._kill("time_limit")
