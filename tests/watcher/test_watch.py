"""A watcher ends properly, whatever ends first."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile

import pytest

from tests.conftest import launch_for

SLEEPER = "import signal; signal.pause()"


@pytest.mark.slow
def test_a_runner_and_a_worker_that_end_at_the_same_time_are_both_noticed() -> None:
    """While the watcher is stopped, both ends wait for it in the same poll."""
    outputs = [os.open(os.devnull, os.O_WRONLY) for _ in range(2)]
    watcher = subprocess.Popen(
        launch_for("").watcher_argv(),
        pass_fds=outputs,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert watcher.stdin is not None
    assert watcher.stdout is not None
    with tempfile.NamedTemporaryFile() as counters, watcher:
        watcher.stdin.write(json.dumps(_order(counters.name, outputs)).encode() + b"\n")
        watcher.stdin.flush()
        for fd in outputs:
            os.close(fd)
        born = json.loads(watcher.stdout.readline())
        worker = os.pidfd_open(born["pid"])
        os.kill(watcher.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, watcher.pid, os.WSTOPPED)
        os.kill(born["pid"], signal.SIGKILL)
        select.select([worker], [], [])
        os.close(worker)
        watcher.stdin.close()
        os.kill(watcher.pid, signal.SIGCONT)
        said = watcher.stdout.read().decode()
        assert watcher.stderr is not None
        assert watcher.stderr.read() == b""
    assert json.loads(said.splitlines()[-1])["event"] == "ended"


def _order(counters: str, outputs: list[int]) -> dict[str, object]:
    return {
        "event": "start",
        "argv": [sys.executable, "-c", SLEEPER],
        "env": dict(os.environ),
        "cwd": ".",
        "counters": counters,
        "stdout_fd": outputs[0],
        "stderr_fd": outputs[1],
        "sampling_seconds": 0.005,
        "timeout_seconds": None,
        "start_seconds": 60,
        "grace_seconds": 1,
        "tell_seconds": 60,
        "kill_task_bytes": None,
        "reserve_bytes": 0,
        "reset": True,
    }
