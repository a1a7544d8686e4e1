"""Start the worker's process, and end it with all processes that it started."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

from limerun.watcher.lines import Message
from limerun.watcher.procfs import descendants_of, own_high_water_bytes

_END_SECONDS = 12.0
_TRACKER_SECONDS = 10.0  # on a busy machine it may still be starting
_TRACKER = b"multiprocessing.resource_tracker"
_FORK_SERVER = b"multiprocessing.forkserver"
_PR_SET_CHILD_SUBREAPER = 36
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024  # see getrusage(2)

TYPE_CHECKING = False
if TYPE_CHECKING:  # not imported: keeps the watcher small
    import resource
    from collections.abc import Callable, Collection


def leave_signals_to_the_runner() -> None:
    """Ignore Ctrl-C and similar signals: the runner says stop, or closes our stdin.

    The signals get a handler that does nothing, because exec resets handled signals to
    their default, while ignored signals would stay ignored in the worker. This includes
    signals that limerun's caller ignores.
    """
    for number in signal.valid_signals():
        ends_us = number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if ends_us or signal.getsignal(number) == signal.SIG_IGN:
            with suppress(OSError, ValueError):
                signal.signal(number, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


class WorkerProcess:
    """A new interpreter in its own session, with two pipes to it."""

    def __init__(self, order: Message) -> None:
        _adopt_orphans()
        command_read, self.command_fd = os.pipe()
        self.answer_fd, answer_write = os.pipe()
        stdout, stderr = order["stdout_fd"], order["stderr_fd"]
        pipes = [str(command_read), str(answer_write)]
        try:
            self._process = subprocess.Popen(
                [*order["argv"], *pipes, order["counters"]],
                env=order["env"],
                cwd=order["cwd"],
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                pass_fds=(command_read, answer_write),
                start_new_session=True,
            )
        finally:
            for fd in (command_read, answer_write, stdout, stderr):
                os.close(fd)
        self.pid = self._process.pid
        self.exit_fd = os.pidfd_open(self.pid) if hasattr(os, "pidfd_open") else None
        _offer_first_to_the_kernel(self.pid)

    def kill(self) -> None:
        """Send SIGKILL to the worker and its descendants, except resource trackers."""
        trackers = [pid for pid in descendants_of(self.pid) if is_tracker(pid)]
        if not trackers:
            kill_all_left([-self.pid, self.pid])  # the group, if it exists already
            return
        kill_all_left([self.pid, *descendants_of(self.pid)], spare=trackers)

    def has_ended(self) -> bool:
        """Return whether the worker has ended, without reaping it."""
        waited = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return waited is not None

    def reap(self) -> Message:
        """Return how the worker ended, and the kernel's final figures for it."""
        _, status, usage = os.wait4(self.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        self._process.returncode = code  # Popen must not wait for it again
        return {
            "exit_status": code if code >= 0 else None,
            "signal": -code if code < 0 else None,
            "maxrss_bytes": usage.ru_maxrss * _MAXRSS_UNIT,
            "cpu_user_seconds": usage.ru_utime,
            "cpu_system_seconds": usage.ru_stime,
        }


class Reaped:
    """The kernel's final figures for a process that the watcher has waited for."""

    __slots__ = ("cpu_seconds", "faults", "maxrss_bytes")

    def __init__(self, usage: "resource.struct_rusage") -> None:
        self.cpu_seconds = usage.ru_utime + usage.ru_stime
        self.faults = usage.ru_minflt + usage.ru_majflt
        self.maxrss_bytes = usage.ru_maxrss * _MAXRSS_UNIT


def reap_child(pid: int) -> Reaped | None:
    """Reap a child if it has ended; return None if it is still alive."""
    try:
        waited, _, usage = os.wait4(pid, os.WNOHANG)
    except ChildProcessError:
        return None
    return Reaped(usage) if waited else None


def is_tracker(pid: int) -> bool:
    """Return whether a process is the resource tracker of multiprocessing.

    It ends by itself once every process that can write to it has ended.
    """
    return _TRACKER in _command_of(pid)


def is_helper(pid: int) -> bool:
    """Return whether a process is a helper of Python that ends after its parent."""
    command = _command_of(pid)
    return _TRACKER in command or _FORK_SERVER in command


def _command_of(pid: int) -> bytes:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read(4096)
    except OSError:
        return b""


def kill_all_left(pids: "list[int]", *, spare: "Collection[int]" = ()) -> None:
    """Send SIGKILL to all processes left, and to those that they start meanwhile."""
    for pid in pids:
        if pid in spare:
            continue
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            continue


def end_all_left(
    pids: "Callable[[], list[int]]", note: "Callable[[int, Reaped], None]"
) -> None:
    """Kill the processes that the task left behind, and wait until all have ended.

    A resource tracker gets time to finish, as with a plain interpreter.
    """
    began = time.monotonic()
    while (waited := time.monotonic() - began) < _END_SECONDS:
        left = pids()
        spare = [pid for pid in left if waited < _TRACKER_SECONDS and is_tracker(pid)]
        kill_all_left(left, spare=spare)
        if not _reap_all(note):
            return
        time.sleep(0.002)


def _reap_all(note: "Callable[[int, Reaped], None]") -> bool:
    """Reap all ended children; return whether any child is still alive."""
    try:
        while True:
            pid, _, usage = os.wait4(-1, os.WNOHANG)
            if not pid:
                return True
            note(pid, Reaped(usage))
    except ChildProcessError:
        return False


def inherited_peak_bytes() -> int:
    """Return the `ru_maxrss` that a worker inherits: this process's high-water mark.

    It is not this process's own `ru_maxrss`, which is itself inherited.
    """
    mark = own_high_water_bytes()
    if not mark:  # this system has no /proc
        import resource

        mark = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT
    return mark


def _adopt_orphans() -> None:
    """Become the parent of the task's daemons, so that they can be found and ended."""
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _offer_first_to_the_kernel(pid: int) -> None:
    """Make the kernel kill the worker first if memory runs out."""
    try:
        with open(f"/proc/{pid}/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        pass
