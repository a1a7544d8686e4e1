"""Control the worker's process: how it ends, what still runs, which line it is on.

The watcher can read the worker's current line although limerun has no thread in it.
"""

import faulthandler
import os
import signal
import sys

from limerun.worker import protocol
from limerun.worker.counters import FORKS_LEFT, LEFT
from limerun.worker.standard import now, pause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import FrameType
    from typing import Any

_POLL_SECONDS = 0.005

# Keep the functions themselves: the task may replace them in the module.
_getpid, _exit, _frames = os.getpid, os._exit, sys._current_frames
_pid = _getpid()
_counters: "memoryview[int] | None" = None


def count_in(counters: "memoryview[int]") -> None:
    """Use these counters to record how this process and its forks end."""
    global _counters
    _counters = counters


def leave_if_forked(status: int = 0) -> None:
    """End this process silently if the task has forked it from the worker.

    Only the original process reports: a child that returns from the task
    function would otherwise continue as a second worker.
    """
    if _getpid() == _pid:
        return
    _flush()
    if _counters is not None:
        _counters[FORKS_LEFT] += 1
    _exit(status)


def leave(status: int) -> None:
    """End at once, without waiting for the task's threads and exit handlers."""
    _flush()
    if _counters is not None:
        _counters[LEFT] = 1
    _exit(status)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            continue


def show_log() -> None:
    """Show log records from INFO on, as a task handler does, unless logging is set up.

    No handler is added, because `logging.basicConfig` in the task would then do
    nothing.
    """
    logging = sys.modules.get("logging")
    root = getattr(logging, "root", None)
    last_resort = getattr(logging, "lastResort", None)
    if root is None or last_resort is None or root.handlers:
        return
    assert logging is not None
    root.setLevel(logging.INFO)
    last_resort.setLevel(logging.INFO)
    last_resort.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )


def show_line_on_signal(fd: int) -> None:
    """On a signal or a crash, write the stack of the main thread to a descriptor.

    This works even during a long C call. It is off in a forked child, whose line is not
    the worker's.
    """
    number = getattr(signal, "SIGRTMAX", None)
    if number is None:
        return
    number = int(number) - protocol.LINE_SIGNAL_BELOW_MAX
    faulthandler.register(number, file=fd, all_threads=False)
    if not faulthandler.is_enabled():  # the user has set PYTHONFAULTHANDLER
        faulthandler.enable(file=fd, all_threads=False)
        os.register_at_fork(after_in_child=faulthandler.disable)

    def forget(number: int = number) -> None:
        faulthandler.unregister(number)

    os.register_at_fork(after_in_child=forget)


def show_line_before_own_end(fd: int) -> None:
    """Write a thread's stack before it ends the process by `os._exit` or SIGKILL.

    Afterwards the process can no longer show its stack. Forked children write nothing:
    their line is not the worker's.
    """
    worker = _getpid()

    def showing(
        function: "Callable[..., object]", ends: "Callable[..., bool]"
    ) -> "Callable[..., object]":
        def call(*args: object, **kwargs: object) -> object:
            if _getpid() == worker and ends(*args):
                faulthandler.dump_traceback(file=fd, all_threads=False)
            return function(*args, **kwargs)

        for name in ("__name__", "__qualname__", "__doc__", "__module__"):
            setattr(call, name, getattr(function, name))
        return call

    def is_own_kill(pid: object = None, number: object = None) -> bool:
        # Other signals do not certainly end the process.
        return pid == worker and number == getattr(signal, "SIGKILL", None)

    os._exit = showing(os._exit, lambda *_: True)  # type: ignore[assignment]
    os.kill = showing(os.kill, is_own_kill)  # type: ignore[assignment]


def running_threads() -> "set[int]":
    """Return the identifiers of all threads that run Python code now."""
    return set(_frames())


def wait_for_threads(
    send: "Callable[..., None]", before: "set[int]", seconds: float
) -> None:
    """Count running threads, wait for those started since `before`, and count again."""
    threads, idle_pids = _still_running(before)
    forks_left = 0 if _counters is None else _counters[FORKS_LEFT]
    send(protocol.RETURNED, idle_pids=idle_pids)
    until, left = now() + seconds, threads
    while left and now() < until:
        pause(_POLL_SECONDS)
        left, idle_pids = _still_running(before)
    send(
        protocol.DONE,
        threads=threads,
        threads_left=left,
        forks_left=forks_left,
        idle_pids=idle_pids,
    )


def _still_running(before: "set[int]") -> "tuple[int, list[int]]":
    """Return how many threads started since `before` are working, and idle processes.

    A thread or process that waits for work is idle: a thread of an executor, or a pool
    of processes without an unfinished call.
    """
    at_work, idle_pids = 0, []
    for ident, frame in _frames().items():
        if ident not in before:
            pids = _idle_pids(frame)
            at_work += pids is None
            idle_pids += pids or []
    return at_work, idle_pids


def _idle_pids(top: "FrameType") -> "list[int] | None":
    """Return the processes that an idle thread keeps ready; None if it is working."""
    above: FrameType | None = None
    frame: FrameType | None = top
    while frame is not None:
        code = frame.f_code
        keeper = _KEEPERS.get(code.co_name)
        if keeper is not None and code.co_filename.endswith(keeper[0]):
            try:
                return keeper[1](frame.f_locals, above)
            except Exception:  # another Python version has other variables
                return None
        above, frame = frame, frame.f_back
    return None


def _idle_worker(
    _names: "Mapping[str, Any]", above: "FrameType | None"
) -> "list[int] | None":
    return [] if above is None else None


def _idle_pool(
    names: "Mapping[str, Any]", _above: "FrameType | None"
) -> "list[int] | None":
    if names["cache"]:  # calls that have no result yet
        return None
    return [each.pid for each in names.get("pool", ()) if hasattr(each, "pid")]


def _idle_executor(
    names: "Mapping[str, Any]", _above: "FrameType | None"
) -> "list[int] | None":
    manager = names["self"]
    return None if manager.pending_work_items else list(manager.processes or ())


def _idle_queue(
    names: "Mapping[str, Any]", above: "FrameType | None"
) -> "list[int] | None":
    is_waiting = above is not None and above.f_code.co_name == "wait"
    return [] if is_waiting and not names["buffer"] else None


_POOL = os.path.join("multiprocessing", "pool.py")
_KEEPERS: "dict[str, tuple[str, Callable[..., list[int] | None]]]" = {
    "_worker": (os.path.join("concurrent", "futures", "thread.py"), _idle_worker),
    "worker": (_POOL, _idle_worker),
    "_handle_workers": (_POOL, _idle_pool),
    "_handle_tasks": (_POOL, _idle_pool),
    "_handle_results": (_POOL, _idle_pool),
    "run": (os.path.join("concurrent", "futures", "process.py"), _idle_executor),
    "_feed": (os.path.join("multiprocessing", "queues.py"), _idle_queue),
}
"""Functions of the standard library that keep threads and processes ready for work."""
