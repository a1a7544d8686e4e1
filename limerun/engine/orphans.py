"""End what a killed watcher leaves behind: its orphans become this process's own."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from limerun.watcher import procfs

_PR_SET_CHILD_SUBREAPER = 36
_PR_GET_CHILD_SUBREAPER = 37


@contextmanager
def adopting_orphans() -> Iterator[None]:
    """Let this process be the parent of what descendants of it leave behind.

    Only on Linux, and only for the time of a run: elsewhere orphans go to init.
    """
    if sys.platform != "linux":
        yield
        return
    import ctypes

    prctl = ctypes.CDLL(None).prctl
    before = ctypes.c_int()
    prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(before), 0, 0, 0)
    prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        prctl(_PR_SET_CHILD_SUBREAPER, before.value, 0, 0, 0)


def child_pids() -> frozenset[int]:
    """Return this process's own children."""
    if procfs.lists_children():
        return frozenset(procfs.children_of(os.getpid()))
    import psutil  # reads every process of the machine, and takes 20 ms to import

    return frozenset(child.pid for child in psutil.Process().children())


def kill_orphans(before: frozenset[int]) -> None:
    """Kill every child that is new, until no new one appears.

    Args:
        before: Children that are not orphans.
    """
    while orphans := child_pids() - before:
        for pid in orphans:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
