"""Measure which lines take the time, with pyinstrument and a sampling thread."""

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
"""If there is no call for longer than this, samples show where the task was. For
shorter times, calls show it better, because a sample usually finds a thread at a loop's
jump."""
_RENDERERS = {"speedscope": "SpeedscopeRenderer", "cpu_html": "HTMLRenderer"}


class CpuInstrument(CallInstrument):
    """Measures wall-clock seconds by line of the user's code, and as a call tree."""

    tool = "pyinstrument"
    unit = "seconds"

    def __init__(
        self,
        is_users: IsUsers,
        interval_seconds: float,
        *,
        without_profiler: bool = False,
    ) -> None:
        """Create the instrument; without a profiler, only the second thread samples."""
        self._profiler: Any = None
        if without_profiler:
            self.tool = "stacks sampled by a thread"
        else:
            self._profiler = _pyinstrument(interval_seconds)
        self._sums = LineSums(is_users)
        self._tree = CallTree(is_users)
        self._sampler = StackSampler()
        self._added = 0
        self._until = 0.0
        self._in_advance = 0.0
        self._ended = 0.0
        self._session: Any = None
        self._hook: object = None
        self._lost_hook = False

    def start(self) -> None:
        """Start sampling."""
        self._sampler.start()
        if self._profiler is not None:
            self._profiler.start()
            self._hook = sys.getprofile()
        self._until = time.perf_counter()

    def stop(self) -> None:
        """Stop sampling."""
        self._ended = time.perf_counter()
        if self._profiler is not None:
            self._lost_hook = sys.getprofile() is not self._hook
            self._session = self._profiler.stop()
        self._sampler.stop()

    def clash(self) -> str | None:
        """Return a message if the task has set its own profiler, else None."""
        return CLASH if self._lost_hook else None

    def summary(self) -> dict[str, object]:
        """Return the seconds of each line, the tree, and the user's functions."""
        records = self._records()
        end = len(records)  # the tree grows while the task runs
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
        """Add the time since the previous call to the places where the task was."""
        self._until += seconds
        samples = self._sampler.until(self._until)
        added = min(seconds, self._in_advance)
        self._in_advance -= added
        if seconds < _GAP_SECONDS or not samples:
            samples = [tuple(frames)]
        for sample in samples:
            # At the same place, use the call's stack: it knows built-in functions too.
            same = _innermost(sample) == _innermost(frames)
            stack = frames if same else sample
            self._add_stack(stack, (seconds - added) / len(samples))

    def _add_open(self) -> None:
        """Add the time since the last call, which may be long.

        A task that waits makes no calls, and a task that sets its own profiler hides
        them.
        """
        now = self._ended or time.perf_counter()
        seconds = now - self._until - self._in_advance
        samples = self._sampler.until(now) if seconds >= _GAP_SECONDS else []
        for sample in samples:
            self._add_stack(sample, seconds / len(samples))
        self._in_advance += seconds if samples else 0.0

    def _add_stack(self, frames: Sequence[Frame], seconds: float) -> None:
        self._sums.add(frames, seconds, 0)
        self._tree.add(list(reversed(frames)), seconds)

    def _records(self) -> Sequence[Any]:
        if self._session is not None:
            return self._session.frame_records  # type: ignore[no-any-return]
        # pyinstrument has no public access to its records while it runs.
        active = getattr(self._profiler, "_active_session", None)
        return getattr(active, "frame_records", ())

    def render(self, names: Sequence[str], title: str) -> dict[str, str]:
        """Return the text of each rendering: "speedscope" or "cpu_html"."""
        from pyinstrument import renderers

        session = self._session
        session.target_description = title
        session.start_call_stack = [""]  # removes the worker's frames
        session.frame_records = [
            (of_task, seconds)
            for stack, seconds in session.frame_records
            if (of_task := _without_worker(stack))
        ]
        texts: dict[str, str] = {}
        for name in names:
            renderer: Callable[..., Any] = getattr(renderers, _RENDERERS[name])
            # speedscope shows each call separately, in the order of time: a filter
            # for calls below 1 % would remove every call in a loop.
            unfiltered = {"processor_options": {"filter_threshold": 0.0}}
            options: dict[str, Any] = unfiltered if name == "speedscope" else {}
            texts[name] = renderer(**options).render(session)
        return texts


def _pyinstrument(interval_seconds: float) -> Any:
    try:
        import pyinstrument
    except ImportError as error:
        raise MissingTool(
            "the task's Python has no pyinstrument: pip install 'limerun[profile]'"
        ) from error
    return pyinstrument.Profiler(interval=interval_seconds, async_mode="disabled")


def _frame(entry: str) -> Frame:
    """Parse pyinstrument's frame: function NUL file NUL first line SOH l<line>."""
    identifier, *attributes = entry.split("\x01")
    function, file, line = identifier.split("\x00")
    for attribute in attributes:
        if attribute.startswith("l"):
            line = attribute[1:]
    return file, int(line), function


def _innermost(frames: Sequence[Frame]) -> Frame | None:
    return next((frame for frame in frames if frame[0] != _BUILT_IN), None)


def _is_worker(file: str) -> bool:
    return file == _THREAD or _WORKER in file


def _without_worker(stack: Sequence[str]) -> list[str]:
    """Return a stack, outermost frame first, without the frames that called the task."""
    first = 0
    while first < len(stack) and _is_worker(_frame(stack[first])[0]):
        first += 1
    return list(stack[first:])
