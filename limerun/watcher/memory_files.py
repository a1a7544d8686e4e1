"""Measure the data that a task keeps in memory files and pipes, outside any process."""

import fcntl
import os
import struct
import termios
from collections.abc import Iterable, Iterator
from contextlib import suppress

SHARED = "/dev/shm"
_MEMFD = "/memfd:"
_PIPE = "pipe:"
_NO_DISK = ("/dev/", "/proc/", _MEMFD)
_STREAMS = ("/1", "/2")  # the names of limerun's own files
_LEAST_BYTES = 1_000_000
"""Smaller amounts are within the interpreter's normal variation."""
_UNSEEN_BYTES = 5_000_000
"""The limit for data with an unknown destination: more than usually goes to logs and
sockets at once."""
_BLOCK_BYTES = 512  # unit of `st_blocks`

_Sizes = dict[tuple[int, int], int]


class MemoryFiles:
    """Measures the memory files and pipes of a task, and how much it writes at once.

    A file that a process has open is found by its descriptor, a closed file in /dev/shm
    by its name. Data that is closed or read between two scans is bounded by what the
    main thread wrote in between: the kernel counts the bytes of each `write` and,
    separately, the bytes that go to a disk.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._count = _WriteCount(f"{pid}/task/{pid}")
        self._files_before: _Sizes = {}
        self._pipes_before: dict[int, str] = {}
        self._written = self._process_before = self._opened_before = 0
        self._since_look = self._since_begin = self._found = 0
        self._had_disk_file = False
        self.unmapped_bytes = 0
        """Upper bound of the data that was in them at once and that no process had
        mapped."""

    def begin(self, pids: Iterable[int]) -> None:
        """Take the baseline: files that already exist are not the task's."""
        pids = list(pids)
        self._files_before = dict(_named_files())
        self._pipes_before = _pipes(pids)
        self._opened_before = _unmapped_bytes(pids, _open_files(pids))
        self._written, self._process_before = self._count.read(), _written_by(pids)
        self._since_look = self._since_begin = self._found = self.unmapped_bytes = 0

    def sample(self) -> bool:
        """Return whether the task has written enough to scan again."""
        before, self._written = self._written, self._count.read()
        self._since_look += max(0, self._written - before)
        return self._since_look >= _LEAST_BYTES

    def look(self, pids: Iterable[int]) -> None:
        """Scan for memory files that these processes have open, or have left behind."""
        pids = list(pids)
        self.sample()
        self._since_begin += self._since_look
        opened = _open_files(pids)
        held = max(0, _unmapped_bytes(pids, opened) - self._opened_before)
        found = held + self._unopened_bytes(pids, opened)
        found = found if found >= _LEAST_BYTES else 0
        most = max(found, self._found + self._since_look)
        if found or self._found or self._is_unseen():
            self.unmapped_bytes = max(self.unmapped_bytes, most)
        self._found, self._since_look = found, 0

    def _is_unseen(self) -> bool:
        """Return whether data written since the last scan may be in a memory file.

        A database writes the same pages of its file again before a disk stores them.
        """
        if self._since_look < _LEAST_BYTES:
            return False
        had, self._had_disk_file = self._had_disk_file, _has_disk_file(self._pid)
        is_large = self._since_look >= _UNSEEN_BYTES
        return is_large and not (had or self._had_disk_file)

    def _unopened_bytes(self, pids: list[int], opened: _Sizes) -> int:
        """Return the bytes in closed files in /dev/shm, and in pipes.

        Any program may put files there. Of the files that no process has open, the
        task owns at most as many bytes as it has written.
        """
        written = max(self._since_begin, _written_by(pids) - self._process_before)
        if written < _LEAST_BYTES:
            return 0
        size = sum(
            max(0, size - self._files_before.get(file, 0))
            for file, size in _named_files()
            if file not in opened
        )
        for inode, path in _pipes(pids).items():
            if inode not in self._pipes_before:
                size += _pipe_bytes(path)
        return min(size, written)


class _WriteCount:
    """The kernel's count of bytes that a process or thread has written.

    A thread's count includes neither its children nor other threads.
    """

    def __init__(self, folder: str) -> None:
        self._descriptor: int | None = None
        with suppress(OSError):  # it has ended, or the kernel keeps no count
            self._descriptor = os.open(f"/proc/{folder}/io", os.O_RDONLY)
        self._last = 0

    def read(self) -> int:
        """Return how many written bytes go to no disk; at its end, the last count."""
        if self._descriptor is not None:
            with suppress(OSError):
                fields = os.pread(self._descriptor, 512, 0).split()
                self._last = int(fields[3]) - int(fields[11])  # wchar and write_bytes
        return self._last

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)


def _written_by(pids: Iterable[int]) -> int:
    total = 0
    for pid in pids:
        count = _WriteCount(str(pid))
        total += max(0, count.read())
        count.close()
    return total


def _descriptors(pid: int) -> Iterator[tuple[str, str]]:
    """Yield the path in /proc of each open descriptor, and its target."""
    folder = f"/proc/{pid}/fd"
    names: list[str] = []
    with suppress(OSError):  # it has ended, or belongs to another user
        names = os.listdir(folder)
    for name in names:
        with suppress(OSError):  # closed meanwhile
            yield f"{folder}/{name}", os.readlink(f"{folder}/{name}")


def _open_files(pids: Iterable[int]) -> _Sizes:
    found = {}
    for pid in pids:
        for path, target in _descriptors(pid):
            if target.startswith((_MEMFD, f"{SHARED}/")):
                with suppress(OSError):
                    status = os.stat(path)
                    size = status.st_blocks * _BLOCK_BYTES
                    found[status.st_dev, status.st_ino] = size
    return found


def _has_disk_file(pid: int) -> bool:
    """Return whether a process has a file on a disk open for writing."""
    for path, target in _descriptors(pid):
        is_elsewhere = target.startswith("/") and not target.startswith(_NO_DISK)
        if not is_elsewhere or target.endswith(" (deleted)") or path[-2:] in _STREAMS:
            continue
        with suppress(OSError), open(path.replace("/fd/", "/fdinfo/"), "rb") as file:
            flags = int(file.read().split()[3], 8)  # pos: N flags: N
            if flags & os.O_ACCMODE != os.O_RDONLY:
                return True
    return False


def _unmapped_bytes(pids: Iterable[int], opened: _Sizes) -> int:
    mapped = max(map(_mapped_bytes, pids), default=0) if opened else 0
    return max(0, sum(opened.values()) - mapped)


def _named_files(folder: str = SHARED) -> Iterator[tuple[tuple[int, int], int]]:
    """Yield each file of this user below a folder, and its size."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    yield from _named_files(entry.path)
                    continue
                status = entry.stat(follow_symlinks=False)
                if status.st_uid == os.getuid():
                    size = status.st_blocks * _BLOCK_BYTES
                    yield (status.st_dev, status.st_ino), size


def _pipes(pids: Iterable[int]) -> dict[int, str]:
    """Return a path for each pipe that these processes have open, by its inode."""
    return {
        int(target[len(_PIPE) + 1 : -1]): path
        for pid in pids
        for path, target in _descriptors(pid)
        if target.startswith(_PIPE)
    }


def _pipe_bytes(path: str) -> int:
    """Return the capacity of a pipe if it contains data, else 0.

    The pipe is briefly opened without blocking; nothing is read from it.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return 0
    try:
        waiting = fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4))
        if not struct.unpack("i", waiting)[0]:
            return 0
        return int(fcntl.fcntl(descriptor, fcntl.F_GETPIPE_SZ))
    except OSError:
        return 0
    finally:
        os.close(descriptor)


def _mapped_bytes(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/status", "rb") as file:
            status = file.read()
    except OSError:
        return 0
    at = status.find(b"RssShmem:")
    if at < 0:
        return 0
    return int(status[at + 9 : status.index(b"kB", at)]) * 1024
