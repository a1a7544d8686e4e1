"""Start the worker's process, and end it with everything that it started."""

import os
import signal
import subprocess
import sys
import time

from limerun.watcher.lines import Message
from limerun.watcher.procfs import Gone, ProcessReader

_END_SECONDS = 5.0
_PR_SET_CHILD_SUBREAPER = 36


class WorkerProcess:
    """A fresh interpreter in a session of its own, with two pipes to it."""

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
        """Send SIGKILL to the worker and its process group."""
        for kill in (os.killpg, os.kill):
            try:
                kill(self.pid, signal.SIGKILL)
            except OSError:
                continue  # ended already, or not yet a group

    def has_ended(self) -> bool:
        """Say whether the worker has ended, without reaping it."""
        waited = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return waited is not None

    def reap(self) -> Message:
        """Return how the ended worker ended, and the kernel's account of it."""
        _, status, usage = os.wait4(self.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        self._process.returncode = code  # nobody else may wait for it
        scale = 1 if sys.platform == "darwin" else 1024  # getrusage(2)
        return {
            "exit_status": code if code >= 0 else None,
            "signal": -code if code < 0 else None,
            "maxrss_bytes": usage.ru_maxrss * scale,
            "cpu_user_seconds": usage.ru_utime,
            "cpu_system_seconds": usage.ru_stime,
        }


def kill_all_left(descendants: "list[int]") -> None:
    """Kill what the task left behind; with each round, what that had started."""
    for pid in descendants:
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            continue


def reap_orphans() -> bool:
    """Reap what has ended; return whether any child still lives."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def end_deadline() -> float:
    """Return until when the end of killed processes is waited for."""
    return time.monotonic() + _END_SECONDS


def inherited_peak_bytes() -> int:
    """Return what a worker inherits as its `ru_maxrss`: this process's own mark.

    Not this process's `ru_maxrss`, which it has inherited itself.
    """
    try:
        return ProcessReader(os.getpid()).high_water_bytes()
    except Gone:  # no /proc
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def _adopt_orphans() -> None:
    """Become the parent of what the task daemonizes, so that it can be ended."""
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _offer_first_to_the_kernel(pid: int) -> None:
    """Have the kernel, when short of memory, end the worker before all others."""
    try:
        with open(f"/proc/{pid}/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        pass
