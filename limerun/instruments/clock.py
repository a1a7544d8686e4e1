"""Measure how long each part of a task takes, by segment and by kind of work.

A part is a segment that the task names, or work that hooks report: "database", "http",
"sources". The time of a thread counts for the innermost open part, so the times of all
parts add up to the duration.
"""

import os
import time
from collections.abc import Callable
from threading import get_ident, get_native_id

from limerun.instruments.segment_timeline import SegmentTimeline

OWN = "own"
_MAX_PARTS = 300
_OTHERS = "(other segments)"


class TimedPart:
    """A segment or a kind of work; its parent is the part in which it was opened."""

    __slots__ = ("calls", "children", "cpu", "depth", "kind", "label", "name", "wall")

    def __init__(self, name: str, kind: str, within: "TimedPart | None") -> None:
        self.name = name
        self.kind = kind
        self.depth: int = 0 if within is None else within.depth + (kind == OWN)
        self.label: str = name if kind == OWN or within is None else within.label
        self.calls = 0
        self.wall = 0.0
        self.cpu = 0.0
        self.children: dict[tuple[str, str], TimedPart] = {}


_Open = tuple[TimedPart, float, float]
"""An open part, and its seconds and CPU seconds that are not added yet."""


class _Thread:
    """The open parts of one thread."""

    __slots__ = ("cpu", "root", "stack", "wall")

    def __init__(self) -> None:
        self.root = TimedPart("", OWN, None)
        self.stack = [self.root]
        self.wall = time.monotonic()
        self.cpu = time.thread_time()


class TimeLedger:
    """Adds the time of each thread to its innermost open part."""

    def __init__(self) -> None:
        self._threads: dict[int, _Thread] = {}
        self._parts = 0
        self._main: _Thread | None = None
        self._main_ident = 0
        self._running = False
        self.bands = SegmentTimeline()
        self._waited: float | None = None
        self._schedule = ""
        self._helper_cpu = 0.0
        self._elsewhere: dict[str, float] = {}

    def start(self) -> None:
        """Start the clock; called in the task's thread."""
        self._schedule = f"/proc/self/task/{get_native_id()}/schedstat"
        self._waited = _waited_for_cpu(self._schedule)
        self._main_ident = get_ident()
        self._main = self._threads[self._main_ident] = _Thread()
        self.bands.start(self._main.wall)
        self._main_cpu = self._main.cpu
        self._process_cpu = time.process_time()
        self._children_cpu = _children_cpu()
        self._running = True

    def stop(self) -> None:
        """Stop, after adding the time since the last change in the task's thread."""
        self._elsewhere = self.cpu_elsewhere()
        self._running = False
        if self._main is not None:
            self._charge(self._main)

    # --- events -----------------------------------------------------------------

    def enter(self, name: str) -> None:
        """Open a segment."""
        self._open(name, OWN)

    def leave(self, name: str) -> None:
        """Close the segment of this name that was opened last."""
        self._close(name, OWN)

    def begin(self, kind: str) -> None:
        """Start a kind of work."""
        self._open(kind, kind)

    def end(self, kind: str) -> None:
        """End a kind of work."""
        self._close(kind, kind)

    def count(self, kind: str) -> None:
        """Count a call for the innermost open part, if it is of this kind."""
        thread = self._threads.get(get_ident())
        if self._running and thread is not None and thread.stack[-1].kind == kind:
            thread.stack[-1].calls += 1

    def _open(self, name: str, kind: str) -> None:
        if not self._running:
            return
        thread = self._threads.get(get_ident())
        if thread is None:
            thread = self._threads[get_ident()] = _Thread()
        top = thread.stack[-1]
        if kind != OWN and top.kind == kind:
            thread.stack.append(top)  # nested in itself: a redirect, a nested fetch
            return
        self._charge(thread)
        part = top.children.get((name, kind))
        if part is None:
            part = self._part(top, name, kind)
        if kind == OWN:
            part.calls += 1
        thread.stack.append(part)

    def _part(self, top: TimedPart, name: str, kind: str) -> TimedPart:
        if kind == OWN and self._parts >= _MAX_PARTS:
            name = _OTHERS
        self._parts += 1
        return top.children.setdefault((name, kind), TimedPart(name, kind, top))

    def _close(self, name: str, kind: str) -> None:
        thread = self._threads.get(get_ident())
        if not self._running or thread is None:
            return
        stack = thread.stack
        self._charge(thread)
        # A generator may be closed long after the part in which it was opened.
        for place in range(len(stack) - 1, 0, -1):
            part = stack[place]
            if part.kind == kind and part.name in (name, _OTHERS):
                del stack[place]
                return

    def _charge(self, thread: _Thread) -> None:
        """Add the time since the last change to the innermost open part."""
        wall, cpu = time.monotonic(), time.thread_time()
        top = thread.stack[-1]
        top.wall += wall - thread.wall
        top.cpu += cpu - thread.cpu
        if thread is self._main:
            self.bands.add(top.label, thread.wall, wall)
        thread.wall, thread.cpu = wall, cpu

    def exclude_this_thread(self) -> None:
        """Exclude the calling thread, which is limerun's, from the task's CPU time."""
        self._helper_cpu = time.thread_time()

    def cpu_elsewhere(self) -> dict[str, float]:
        """Return the CPU seconds of the task's other threads and of its processes.

        Only processes that the task has waited for count. Empty if the CPU time of the
        task's thread is unknown.
        """
        if not self._running:
            return self._elsewhere
        main = self._main_cpu_now()
        if main is None:
            return {}
        threads = time.process_time() - self._process_cpu - self._helper_cpu
        return {
            "threads": max(0.0, threads - (main - self._main_cpu)),
            "processes": _children_cpu() - self._children_cpu,
        }

    def _main_cpu_now(self) -> float | None:
        """Return the CPU time of the task's thread; works in any thread."""
        if get_ident() == self._main_ident:
            return time.thread_time()
        if not hasattr(time, "pthread_getcpuclockid"):
            return None
        return time.clock_gettime(time.pthread_getcpuclockid(self._main_ident))

    def cpu_wait_seconds(self) -> float | None:
        """Return how long the task's thread waited for a CPU; None if unknown."""
        now = _waited_for_cpu(self._schedule)
        return None if now is None or self._waited is None else now - self._waited

    # --- results ----------------------------------------------------------------

    def parts(self) -> list[list[object]]:
        """Return [name, depth, kind, calls, wall, cpu, whether in another thread].

        The parent of a part is the last segment before it with a smaller depth.
        """
        rows: list[list[object]] = []
        now = self._open_now()
        for thread in list(self._threads.values()):
            _add_rows(thread.root, thread is not self._main, rows, now)
        return rows

    def _open_now(self) -> _Open | None:
        """Return the innermost open part of the task's thread; works in any thread.

        Time is added to a part when it closes. This method finds a part that never
        closes, because the task is killed while it waits.
        """
        thread = self._main
        if not self._running or thread is None:
            return None
        used = self._main_cpu_now()
        cpu = 0.0 if used is None else max(0.0, used - thread.cpu)
        return thread.stack[-1], time.monotonic() - thread.wall, cpu


def _children_cpu() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _waited_for_cpu(path: str) -> float | None:
    try:
        with open(path, "rb") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return None


def _add_rows(
    part: TimedPart, elsewhere: bool, rows: list[list[object]], now: _Open | None
) -> None:
    _, wall, cpu = now if now is not None and part is now[0] else (part, 0.0, 0.0)
    rows.append(
        [
            part.name,
            part.depth,
            part.kind,
            part.calls,
            part.wall + wall,
            part.cpu + cpu,
            elsewhere,
        ]
    )
    # Close other kinds of work first, as they belong to this segment.
    for child in sorted(part.children.values(), key=lambda each: each.kind == OWN):
        _add_rows(child, elsewhere, rows, now)


def timed(
    clock: TimeLedger,
    kind: str,
    function: Callable[..., object],
    *,
    counted: bool = False,
) -> Callable[..., object]:
    """Wrap a function: its time is added to a kind, and its calls are counted."""

    def call(*args: object, **kwargs: object) -> object:
        clock.begin(kind)
        try:
            if counted:
                clock.count(kind)
            return function(*args, **kwargs)
        finally:
            clock.end(kind)

    call.__name__ = getattr(function, "__name__", "call")
    return call
