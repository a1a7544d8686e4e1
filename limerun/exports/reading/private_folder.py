"""Temporary folders for the rows of an export, which go with the process that reads it."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from limerun.scratch import scratch_folder

_GUARD = """
import signal, sys
for name in ("SIGINT", "SIGTERM", "SIGHUP"):
    if hasattr(signal, name):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
sys.stdout.write(".")
sys.stdout.flush()
sys.stdin.read()
import shutil
shutil.rmtree(sys.argv[1], ignore_errors=True)
"""
"""Its standard input ends when the process that started it does, however that is."""


@contextmanager
def private_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """Yield a temporary folder that is removed even if this process is killed.

    A small process beside this one removes it then. If that is killed too, as when
    the machine stops, the next command that makes such a folder does.
    """
    with scratch_folder(parent, prefix) as folder:
        guard = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _GUARD, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # so that no signal to this group reaches it
        )
        try:
            assert guard.stdout is not None
            guard.stdout.read(1)  # nothing is written before it is on guard
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            guard.kill()
            guard.communicate()
