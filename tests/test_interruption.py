"""Each signal has one exit code, whatever the program was doing."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, signal, sys
from limerun import interruption
interruption.watch()
number = signal.{name}
try:
    exec("os.kill(os.getpid(), number)")
except KeyboardInterrupt:
    os.kill(os.getpid(), signal.SIGINT)  # a second one changes nothing
interruption.leave(0)
"""


@pytest.mark.parametrize(
    ("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)]
)
def test_the_first_signal_decides_the_exit_code(name: str, code: int) -> None:
    program = [sys.executable, "-c", PROGRAM.format(name=name)]
    assert subprocess.run(program, check=False).returncode == code


AT_EXIT = """
import atexit, os, pathlib, signal, sys, threading
from limerun import interruption
interruption.watch()
def at_exit():
    os.kill(os.getpid(), signal.{name})
    print("done at exit")
def as_thread():
    threading.main_thread().join(0.01)
    print("done by a thread", flush=True)
atexit.register(at_exit)
threading.Thread(target=as_thread).start()
interruption.leave(3)
"""


@pytest.mark.parametrize(
    ("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)]
)
def test_a_signal_during_shutdown_sets_the_exit_code_after_all_exit_handlers(
    name: str, code: int
) -> None:
    program = [sys.executable, "-c", AT_EXIT.format(name=name)]
    done = subprocess.run(program, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (code, "")
    assert done.stdout == "done by a thread\ndone at exit\n"


def test_without_a_signal_the_exit_code_is_that_of_the_command() -> None:
    program = [sys.executable, "-c", AT_EXIT.format(name="SIG_DFL")]
    done = subprocess.run(program, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (3, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has /dev/full")
def test_output_that_cannot_be_flushed_is_not_a_success() -> None:
    program = "from limerun import interruption; print('x'); interruption.leave(0)"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-E", "-c", program],
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 120
    assert "cannot write output" in done.stderr
