"""Locks on files, that go when their process goes, however it ends.

Where the system has no `flock`, every lock is granted: then two runs may make the
same dataset at once, and the first to finish wins.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def lock(file: int, *, shared: bool = False, wait: bool = True) -> bool:
    """Lock an open file; return False if another holds it and none should wait."""
    if sys.platform == "win32":
        return True
    import fcntl

    how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(file, how if wait else how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


def is_still(file: int, path: Path) -> bool:
    """Return whether an open file is what bears the name now."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except OSError:
        return False


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold a lock file of this name, and remove it afterwards.

    Yields:
        Whether it is held; without waiting it may not be.
    """
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        held = lock(file, wait=wait)
        # Whoever held it before may have removed it in the meantime.
        if not held or is_still(file, path):
            break
        os.close(file)
    try:
        yield held
    finally:
        if held and sys.platform != "win32":
            path.unlink(missing_ok=True)
        os.close(file)
