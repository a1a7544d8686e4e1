"""Where the time goes, by pyinstrument: a stack each millisecond or so."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from limerun.instruments.calls import CallTree
from limerun.instruments.lines import (
    CLASH,
    CallInstrument,
    Frame,
    IsUsers,
    LineSums,
    MissingTool,
)
from limerun.instruments.stack_sampler import StackSampler

_WORKER = os.path.join("limerun", "worker", "")
_THREAD = "<thread>"  # pyinstrument begins each stack with the thread's name
_BUILT_IN = "<built-in>"
_GAP_SECONDS = 0.005
"""So long without a call: where the task was is asked of the looks from beside it. Not
for less: they find a thread mostly where its loops turn, so calls tell better there."""
_RENDERERS = {"speedscope": "SpeedscopeRenderer", "cpu_html": "HTMLRenderer"}


class CpuInstrument(CallInstrument):
    """Wall-clock seconds by line of the user's code, and by who called whom."""

    tool = "pyinstrument"
    unit = "seconds"

    def __init__(
        self,
        is_users: IsUsers,
        interval_seconds: float,
        *,
        without_profiler: bool = False,
    ) -> None:
        """Make it; without a profiler, stacks are only looked at from beside."""
        self._profiler: Any = None
        if without_profiler:
            self.tool = "stacks from a thread beside"
        else:
            self._profiler = _pyinstrument(interval_seconds)
        self._sums = LineSums(is_users)
        self._tree = CallTree(is_users)
        self._looks = StackSampler()
        self._added = 0
        self._until = 0.0
        self._in_advance = 0.0
        self._ended = 0.0
        self._session: Any = None
        self._hook: object = None
        self._lost_hook = False

    def start(self) -> None:
        """Begin taking stacks."""
        self._looks.start()
        if self._profiler is not None:
            self._profiler.start()
            self._hook = sys.getprofile()
        self._until = time.perf_counter()

    def stop(self) -> None:
        """Take no more."""
        self._ended = time.perf_counter()
        if self._profiler is not None:
            self._lost_hook = sys.getprofile() is not self._hook
            self._session = self._profiler.stop()
        self._looks.stop()

    def clash(self) -> str | None:
        """Return that the task set a profiler, if it did."""
        return CLASH if self._lost_hook else None

    def summary(self) -> dict[str, object]:
        """Return the seconds of each line, the tree, and the user's functions."""
        records = self._records()
        end = len(records)  # it grows while the task runs
        for stack, seconds in records[self._added : end]:
            frames = [_frame(entry) for entry in reversed(stack)]
            self._add(frames, seconds)
        self._added = end
        self._add_open()
        return {
            "tool": self.tool,
            "unit": self.unit,
            "total": self._sums.total,
            "lines": self._sums.ranked(),
            "tree": self._tree.lines(),
            "functions": self._tree.functions(),
        }

    def _add(self, frames: list[Frame], seconds: float) -> None:
        """Add the time up to a call, by where the task was meanwhile."""
        self._until += seconds
        looks = self._looks.until(self._until)
        told = min(seconds, self._in_advance)
        self._in_advance -= told
        if seconds < _GAP_SECONDS or not looks:
            looks = [tuple(frames)]
        for look in looks:
            # The same place: then the stack of the call knows a built-in function too.
            same = _innermost(look) == _innermost(frames)
            self._add_stack(frames if same else look, (seconds - told) / len(looks))

    def _add_open(self) -> None:
        """Add the time since the last call: of a task that waits, there is none.

        Nor is there any after the task has set a profiler instead of this one.
        """
        now = self._ended or time.perf_counter()
        seconds = now - self._until - self._in_advance
        looks = self._looks.until(now) if seconds >= _GAP_SECONDS else []
        for look in looks:
            self._add_stack(look, seconds / len(looks))
        self._in_advance += seconds if looks else 0.0

    def _add_stack(self, frames: Sequence[Frame], seconds: float) -> None:
        self._sums.add(frames, seconds, 0)
        self._tree.add(list(reversed(frames)), seconds)

    def _records(self) -> Sequence[Any]:
        if self._session is not None:
            return self._session.frame_records  # type: ignore[no-any-return]
        # While it runs pyinstrument gives no public way to what it has so far.
        active = getattr(self._profiler, "_active_session", None)
        return getattr(active, "frame_records", ())

    def render(self, names: Sequence[str], title: str) -> dict[str, str]:
        """Return the text of each rendering: "speedscope" or "cpu_html"."""
        from pyinstrument import renderers

        session = self._session
        session.target_description = title
        session.start_call_stack = [""]  # what it was leads to the worker
        session.frame_records = [
            (of_task, seconds)
            for stack, seconds in session.frame_records
            if (of_task := _without_worker(stack))
        ]
        made: dict[str, str] = {}
        for name in names:
            renderer: Callable[..., Any] = getattr(renderers, _RENDERERS[name])
            # In the order of time each call stands alone: dropping what is under a
            # hundredth of the whole would drop every call of a loop.
            whole = {"processor_options": {"filter_threshold": 0.0}}
            options: dict[str, Any] = whole if name == "speedscope" else {}
            made[name] = renderer(**options).render(session)
        return made


def _pyinstrument(interval_seconds: float) -> Any:
    try:
        import pyinstrument
    except ImportError as error:
        raise MissingTool(
            "pyinstrument is not installed beside the task: "
            "pip install 'limerun[profile]'"
        ) from error
    return pyinstrument.Profiler(interval=interval_seconds, async_mode="disabled")


def _frame(entry: str) -> Frame:
    """Read an entry of pyinstrument's: function NUL file NUL first line SOH l<line>."""
    identifier, *attributes = entry.split("\x01")
    function, file, line = identifier.split("\x00")
    for attribute in attributes:
        if attribute.startswith("l"):
            line = attribute[1:]
    return file, int(line), function


def _innermost(frames: Sequence[Frame]) -> Frame | None:
    return next((frame for frame in frames if frame[0] != _BUILT_IN), None)


def _is_worker_s(file: str) -> bool:
    return file == _THREAD or _WORKER in file


def _without_worker(stack: Sequence[str]) -> list[str]:
    """Return a stack, the outermost first, without the frames that called the task."""
    first = 0
    while first < len(stack) and _is_worker_s(_frame(stack[first])[0]):
        first += 1
    return list(stack[first:])
