"""Write an instrument's results to a file, and end its run before it is killed.

After the watcher's SIGKILL, a worker cannot report anything. So a run that would exceed
a limit is ended from inside, a little earlier, by an exception in the task's thread.
If the task may end its process itself, results are written at each tick and before
`os._exit`.
"""

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import NoReturn

_TICK_SECONDS = 0.05
_WRITE_SECONDS = 1.0
_MAX_WRITING_SHARE = 0.05
"""Largest share of the run's time that writing may take."""
_STOP_AGAIN_SECONDS = 1.0

# A signal that tasks do not use; on Windows, which lacks it, the signal of Ctrl-C.
_SIGNAL = getattr(signal, "SIGXCPU", signal.SIGINT)


class Stopped(BaseException):
    """Raised in the task's thread when the run has reached its time or memory limit."""


class SnapshotWriter:
    """A thread beside the task that calls `tick`, writes results and stops the run."""

    def __init__(
        self,
        path: str,
        stop_after_seconds: float | None,
        stop_above_bytes: int | None,
        durable: bool,
    ) -> None:
        self._path = path
        self._durable = durable
        self._write_seconds = _TICK_SECONDS if durable else _WRITE_SECONDS
        self._writing = threading.Lock()
        self._exit = os._exit
        self._stop_after = stop_after_seconds
        self._stop_above = stop_above_bytes
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._over = False
        self.stopped: str | None = None

    def begin(self, tick: Callable[[], None], summary: Callable[[], object]) -> None:
        """Start the thread; called in the task's thread.

        Args:
            tick: Called 20 times a second.
            summary: Returns the results so far, as JSON values.
        """
        signal.signal(_SIGNAL, self._raise)
        self._began = time.monotonic()
        self._idle_bytes = _resident_bytes()
        self._main = threading.get_ident()
        if self._durable:
            self._write_before_exit(summary)
        self._thread = threading.Thread(
            target=self._run, args=(tick, summary), daemon=True
        )
        self._thread.start()

    def over(self) -> None:
        """Record that the task has ended, so that it is no longer stopped."""
        self._over = True

    def end(self) -> None:
        """End the thread."""
        os._exit = self._exit
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, tick: Callable[[], None], summary: Callable[[], object]) -> None:
        next_write = self._began + self._write_seconds
        next_stop = 0.0
        while not self._ended.wait(_TICK_SECONDS):
            tick()
            now = time.monotonic()
            if now >= next_write:
                began = time.thread_time()
                self._write(summary())
                # CPU time, as wall time includes waiting for the task's GIL.
                used = time.thread_time() - began
                next_write = now + max(self._write_seconds, used / _MAX_WRITING_SHARE)
            why = self._why_stop(now)
            if why and now >= next_stop:
                next_stop = now + _STOP_AGAIN_SECONDS
                self._stop(why)

    def _write(self, summary: object) -> None:
        part = f"{self._path}.part"
        with self._writing:
            with open(part, "w", encoding="utf-8") as file:
                json.dump(summary, file)
            os.replace(part, self._path)

    def _write_before_exit(self, summary: Callable[[], object]) -> None:
        worker = os.getpid()

        def write_and_exit(status: int) -> NoReturn:
            if os.getpid() == worker:  # not in a fork of the task
                self._write(summary())
            self._exit(status)

        os._exit = write_and_exit

    def _why_stop(self, now: float) -> str | None:
        if self._stop_after is not None and now - self._began >= self._stop_after:
            return "time"
        if self._stop_above is not None:
            task_bytes = _resident_bytes() - self._idle_bytes
            if task_bytes >= self._stop_above:
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
            raise Stopped(f"stopped by limerun, at its {self.stopped} limit")


def _resident_bytes() -> int:
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0  # unknown without /proc: only the watcher's limits apply
