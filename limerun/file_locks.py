"""File locks that are released when their process ends, even if it is killed.

Without `flock`, every lock is granted. Then two runs may generate the same dataset at
once, and the first to finish wins.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def try_lock(file: int, *, shared: bool = False, wait: bool = True) -> bool | None:
    """Lock an open file; return False if it is locked, None if locks do not work."""
    if sys.platform == "win32":
        return None
    import fcntl

    how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(file, how if wait else how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return None
    return True


def is_still(file: int, path: Path) -> bool:
    """Return whether an open file is still the one at this path."""
    try:
        return os.path.samestat(os.fstat(file), path.lstat())
    except OSError:
        return False


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Lock a file of this name, and remove the file afterwards.

    Yields:
        True if this process got the lock; if it waits, always true.
    """
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        has_lock = try_lock(file, wait=wait) is not False
        # The process that had it before may have removed it in the meantime.
        if not has_lock or is_still(file, path):
            break
        os.close(file)
    try:
        yield has_lock
    finally:
        if has_lock and sys.platform != "win32":
            path.unlink(missing_ok=True)
        os.close(file)
