"""Tasks that start a process in every possible way and wait for its end."""

import mmap
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing import shared_memory

MB = 1_000_000


def _take(size_mb: int) -> None:
    held = b"\x01" * (size_mb * MB)
    del held


def _program(size_mb: int) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", f"b'1' * {size_mb * MB}"]


def fork(size_mb: int) -> None:
    if (pid := os.fork()) == 0:
        _take(size_mb)
        os._exit(0)
    os.waitpid(pid, 0)


def fork_twice(size_mb: int) -> None:
    """The second fork is an orphan; its end of the pipe shows when it ends."""
    read, write = os.pipe()
    if (pid := os.fork()) == 0:
        if os.fork() == 0:
            _take(size_mb)
        os._exit(0)
    os.close(write)
    os.waitpid(pid, 0)
    os.read(read, 1)


def fork_unwaited(size_mb: int) -> None:
    read, write = os.pipe()
    if os.fork() == 0:
        _take(size_mb)
        os._exit(0)
    os.close(write)
    os.read(read, 1)


def vfork(size_mb: int) -> None:
    subprocess.run(_program(size_mb), check=True)


def spawn(size_mb: int) -> None:
    pid = os.posix_spawn(sys.executable, _program(size_mb), os.environ)
    os.waitpid(pid, 0)


def shell(size_mb: int) -> None:
    python, *options, code = _program(size_mb)
    os.system(f'{python} {" ".join(options)} "{code}"; true')


def thread(size_mb: int) -> None:
    runs = threading.Thread(target=vfork, args=(size_mb,))
    runs.start()
    runs.join()


def process(size_mb: int) -> None:
    context = multiprocessing.get_context("fork")
    child = context.Process(target=_take, args=(size_mb,))
    child.start()
    child.join()


def killed(size_mb: int) -> None:
    if (pid := os.fork()) == 0:
        _take(size_mb)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)


def huge_pages(size_mb: int) -> None:
    """One page fault maps 2 MB."""
    if (pid := os.fork()) == 0:
        held = mmap.mmap(-1, size_mb * MB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        held.madvise(mmap.MADV_HUGEPAGE)
        for at in range(0, size_mb * MB, mmap.PAGESIZE):
            held[at] = 1
        os._exit(0)
    os.waitpid(pid, 0)


def forgotten(size_mb: int) -> None:
    """The kernel keeps no account of a child whose parent ignores SIGCHLD."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    fork_unwaited(size_mb)


def small(held_mb: int, start: str) -> None:
    """Allocate memory, and start a process that needs almost none."""
    held = b"\x01" * (held_mb * MB)
    if start == "vfork":
        for _ in range(20):
            subprocess.run(["true"], check=True)
    else:
        started: Callable[[int], None] = globals()[start]
        started(1)
    del held


def files_in_memory(size_mb: int, *, mapped: bool) -> None:
    file = os.memfd_create("export")
    os.truncate(file, size_mb * MB)
    for at in range(size_mb):
        os.pwrite(file, bytes(MB), at * MB)
    if mapped:
        view = mmap.mmap(file, size_mb * MB)
        bytes(view[:: mmap.PAGESIZE])


def closed_files_in_memory(size_mb: int) -> None:
    file = os.memfd_create("export")
    for _ in range(size_mb):
        os.write(file, bytes(MB))
    os.close(file)


def leaves_shared_memory(name: str, ending: str, runner: int) -> None:
    left = shared_memory.SharedMemory(name=name, create=True, size=MB)
    assert left.buf is not None
    left.buf[:] = bytes(len(left.buf))
    if ending == "exit":
        os._exit(1)
    if ending == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if ending == "Ctrl-C":
        os.kill(runner, signal.SIGINT)
        signal.pause()
