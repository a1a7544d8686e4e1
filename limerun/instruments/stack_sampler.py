"""Look at the stacks of threads from beside them, where a profiler of calls is blind."""

import dis
import sys
import threading
import time
from collections import deque
from types import CodeType, FrameType

from limerun.instruments.lines import Frame

_INTERVAL_SECONDS = 0.005  # the interpreter lets nobody in more often
_MOST_LOOKS = 20_000


class StackSampler:
    """A thread that notes which line the task is in, a few hundred times a second.

    A profiler of calls takes its stacks when a function is called or returns. A loop
    that calls nothing is no event to it: the loop's time goes to whatever is called
    next, and a task that waits for ever is in no stack at all. Nor does it see any
    other thread: while the task's own waits, the look goes to the one that computes.
    """

    def __init__(self) -> None:
        self._taken: deque[tuple[float, tuple[Frame, ...]]] = deque(maxlen=_MOST_LOOKS)
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._loops: dict[tuple[CodeType, int], int] = {}
        self._used: dict[int, float] = {}

    def start(self) -> None:
        """Begin to look at the thread that calls this."""
        self._watched = threading.get_ident()
        self._task_thread = threading.current_thread()
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def until(self, at: float) -> list[tuple[Frame, ...]]:
        """Hand over the stacks from before an instant, the innermost frame first."""
        found = []
        while self._taken and self._taken[0][0] <= at:
            found.append(self._taken.popleft()[1])
        return found

    def _look_on(self) -> None:
        while not self._ended.wait(_INTERVAL_SECONDS):
            frame = sys._current_frames().get(self._busiest())
            at = time.perf_counter()
            stack = []
            while frame is not None:
                code = frame.f_code
                stack.append((code.co_filename, self._line(frame), code.co_name))
                frame = frame.f_back
            self._taken.append((at, tuple(stack)))

    def _busiest(self) -> int:
        """Return the thread that computed most since the last look.

        The task's own where that is not known, or where all of them wait.
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
        """Return the line that a frame is in; where a loop turns, the loop's own."""
        line: int | None = frame.f_lineno  # the jump back may be in none
        if line is not None:
            return line
        code, at = frame.f_code, frame.f_lasti
        known = self._loops.get((code, at))
        if known is None:
            known = self._loops[code, at] = _line_of_jump(code, at)
        return known


def _cpu_seconds(thread: int | None) -> float | None:
    """Return the CPU time of a thread, by its native id; None: not known here.

    The clock's number is made as Linux makes it (include/linux/posix-timers.h), since
    `time.pthread_getcpuclockid` may crash for a thread that has ended. A file of /proc
    would let go of the GIL, and wait for it again, at each reading.
    """
    if thread is None or sys.platform != "linux":
        return None
    try:
        return time.clock_gettime((~thread << 3) | 6)
    except OSError:
        return None


def _line_of_jump(code: CodeType, at: int) -> int:
    """Return the line that an instruction jumps to; if it does not, the function's."""
    for instruction in dis.get_instructions(code):
        if instruction.offset == at and isinstance(instruction.argval, int):
            for start, end, line in code.co_lines():
                if start <= instruction.argval < end and line is not None:
                    return line
    return code.co_firstlineno
