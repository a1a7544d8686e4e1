"""Keep what an instrument sees in a file, and end its run before it must be killed.

The watcher's SIGKILL leaves no time to tell anything. So a run that would end like
that is ended from inside, a little before: by an exception in the task's thread. One
whose task ends its process by itself is kept at each tick, and before `os._exit`.
"""

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import NoReturn

_TICK_SECONDS = 0.05
_KEEP_SECONDS = 1.0
_MOST_SHARE = 0.05
"""Of the run, that may go into writing what is kept."""
_AGAIN_SECONDS = 1.0

# Nobody else uses this one; where there are no such signals, Ctrl-C's has to do.
_SIGNAL = getattr(signal, "SIGXCPU", signal.SIGINT)


class Stopped(BaseException):
    """The run has lasted, or taken, as much as it may: raised in the task's thread."""


class Keeper:
    """A thread beside the task: it ticks, keeps and stops."""

    def __init__(
        self,
        path: str,
        stop_after_seconds: float | None,
        stop_above_bytes: int | None,
        durable: bool,
    ) -> None:
        self._path = path
        self._durable = durable
        self._keep_seconds = _TICK_SECONDS if durable else _KEEP_SECONDS
        self._writing = threading.Lock()
        self._exit = os._exit
        self._stop_after = stop_after_seconds
        self._stop_above = stop_above_bytes
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._over = False
        self.stopped: str | None = None

    def begin(self, tick: Callable[[], None], told: Callable[[], object]) -> None:
        """Begin, in the task's thread.

        Args:
            tick: Called every twentieth of a second.
            told: What is known by now, as JSON can carry it.
        """
        signal.signal(_SIGNAL, self._raise)
        self._began = time.monotonic()
        self._idle_bytes = _resident_bytes()
        self._main = threading.get_ident()
        if self._durable:
            self._keep_before_exit(told)
        self._thread = threading.Thread(
            target=self._live, args=(tick, told), daemon=True
        )
        self._thread.start()

    def over(self) -> None:
        """Stop nothing any more: the task has ended."""
        self._over = True

    def end(self) -> None:
        """End the thread."""
        os._exit = self._exit
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _live(self, tick: Callable[[], None], told: Callable[[], object]) -> None:
        next_keep = self._began + self._keep_seconds
        next_stop = 0.0
        while not self._ended.wait(_TICK_SECONDS):
            tick()
            now = time.monotonic()
            if now >= next_keep:
                used = time.thread_time()
                self._keep(told())
                # Not how long it took: it waits for the task to let go of the GIL.
                took = time.thread_time() - used
                next_keep = now + max(self._keep_seconds, took / _MOST_SHARE)
            why = self._why_stop(now)
            if why and now >= next_stop:
                next_stop = now + _AGAIN_SECONDS
                self._stop(why)

    def _keep(self, told: object) -> None:
        part = f"{self._path}.part"
        with self._writing:
            with open(part, "w", encoding="utf-8") as file:
                json.dump(told, file)
            os.replace(part, self._path)

    def _keep_before_exit(self, told: Callable[[], object]) -> None:
        worker = os.getpid()

        def keep_and_exit(status: int) -> NoReturn:
            if os.getpid() == worker:  # a fork of the task's has nothing to tell
                self._keep(told())
            self._exit(status)

        os._exit = keep_and_exit

    def _why_stop(self, now: float) -> str | None:
        if self._stop_after is not None and now - self._began >= self._stop_after:
            return "time"
        if self._stop_above is not None:
            taken = _resident_bytes() - self._idle_bytes
            if taken >= self._stop_above:
                return "memory"
        return None

    def _stop(self, why: str) -> None:
        if self._over:
            return
        self.stopped = why
        if hasattr(signal, "pthread_kill"):
            signal.pthread_kill(self._main, _SIGNAL)
        else:
            signal.raise_signal(_SIGNAL)

    def _raise(self, *_: object) -> None:
        if not self._over:
            raise Stopped(f"stopped by limerun, for its {self.stopped}")


def _resident_bytes() -> int:
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0  # not seen here: the watcher's limits must do
