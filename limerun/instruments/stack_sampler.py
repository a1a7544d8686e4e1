"""Sample the stacks of threads, to see what a call-based profiler cannot see."""

import dis
import sys
import threading
import time
from collections import deque
from types import CodeType, FrameType

from limerun.instruments.lines import Frame

_INTERVAL_SECONDS = 0.005  # the interpreter's switch interval
_MAX_SAMPLES = 20_000


class StackSampler:
    """A thread that records the task's current line up to 200 times a second.

    A profiler of calls records a stack only when a function is called or returns. The
    time of a loop without calls is added to the next call, and a task that waits
    forever appears in no stack. The profiler does not see other threads either: while
    the task's thread waits, this sampler records the thread that computes.
    """

    def __init__(self) -> None:
        self._samples: deque[tuple[float, tuple[Frame, ...]]] = deque(
            maxlen=_MAX_SAMPLES
        )
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._loops: dict[tuple[CodeType, int], int] = {}
        self._used: dict[int, float] = {}

    def start(self) -> None:
        """Start sampling; called in the task's thread."""
        self._watched = threading.get_ident()
        self._task_thread = threading.current_thread()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop sampling."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def until(self, at: float) -> list[tuple[Frame, ...]]:
        """Remove and return the stacks up to a time, innermost frames first."""
        found = []
        while self._samples and self._samples[0][0] <= at:
            found.append(self._samples.popleft()[1])
        return found

    def _sample(self) -> None:
        while not self._ended.wait(_INTERVAL_SECONDS):
            frame = sys._current_frames().get(self._busiest())
            at = time.perf_counter()
            stack = []
            while frame is not None:
                code = frame.f_code
                stack.append((code.co_filename, self._line(frame), code.co_name))
                frame = frame.f_back
            self._samples.append((at, tuple(stack)))

    def _busiest(self) -> int:
        """Return the thread that used the most CPU time since the last sample.

        If that is unknown, or if all threads wait, return the task's thread.
        """
        before, self._used = self._used, {}
        busiest, most = self._watched, 0.0
        for thread in (self._task_thread, *threading.enumerate()):
            if thread is self._thread or thread.ident is None:
                continue
            used = _cpu_seconds(thread.native_id)
            if used is None or thread.ident in self._used:
                continue
            self._used[thread.ident] = used
            computed = used - before.get(thread.ident, 0.0)
            if computed > most:
                busiest, most = thread.ident, computed
        return busiest

    def _line(self, frame: FrameType) -> int:
        """Return a frame's current line; at the jump back of a loop, its first line."""
        line: int | None = frame.f_lineno  # None at some jumps back
        if line is not None:
            return line
        code, at = frame.f_code, frame.f_lasti
        known = self._loops.get((code, at))
        if known is None:
            known = self._loops[code, at] = _line_of_jump(code, at)
        return known


def _cpu_seconds(thread: int | None) -> float | None:
    """Return the CPU time of a thread with this native id; None if unknown.

    The clock's number is computed as in Linux (include/linux/posix-timers.h), because
    `time.pthread_getcpuclockid` may crash for a thread that has ended. Reading /proc
    instead would release the GIL each time, and wait to get it back.
    """
    if thread is None or sys.platform != "linux":
        return None
    try:
        return time.clock_gettime((~thread << 3) | 6)
    except OSError:
        return None


def _line_of_jump(code: CodeType, at: int) -> int:
    """Return the line that an instruction jumps to, else the function's first line."""
    for instruction in dis.get_instructions(code):
        if instruction.offset == at and isinstance(instruction.argval, int):
            for start, end, line in code.co_lines():
                if start <= instruction.argval < end and line is not None:
                    return line
    return code.co_firstlineno
