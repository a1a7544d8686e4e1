"""Create temporary folders for an export's rows, and remove them in every case."""

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
"""The guard's program. Its standard input closes when its parent ends for any reason.
"""


@contextmanager
def private_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """Yield a temporary folder that is removed in every case.

    If this process is killed, a small guard process removes it. If the guard is killed
    too, for example by a power failure, the next command that makes a folder removes
    it.
    """
    with scratch_folder(parent, prefix) as folder:
        guard = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _GUARD, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # so that signals to this process group do not reach it
        )
        try:
            assert guard.stdout is not None
            guard.stdout.read(1)  # write nothing before the guard is ready
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            guard.kill()
            guard.communicate()
