"""Adopt and kill the processes that a killed watcher leaves behind."""

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
    """Make this process the parent of orphaned descendants during a run.

    This works only on Linux: elsewhere, init becomes the parent.
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
    """Return the process ids of this process's children."""
    if procfs.lists_children():
        return frozenset(procfs.children_of(os.getpid()))
    import psutil  # imported here: it takes 20 ms

    return frozenset(child.pid for child in psutil.Process().children())


def kill_orphans(before: frozenset[int]) -> None:
    """Kill every new child, until no new one appears.

    Args:
        before: The earlier children, which are not orphans.
    """
    while orphans := child_pids() - before:
        for pid in orphans:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
