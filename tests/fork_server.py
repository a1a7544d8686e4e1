"""Run limerun's command line in forks of a process that has already imported it.

A short call spends most of its time on imports, which a fork does not repeat.
Otherwise, a fork is like any process: it has its own arguments, environment, folder,
streams and signals.
"""

import gc
import importlib
import json
import os
import pkgutil
import re
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, TextIO

ROOT = Path(__file__).parents[1]
OTHER_PROCESSES = ("worker", "watcher", "instruments", "lime", "testing", "server")
IMPORTED_LATE = (
    *("adbc_driver_sqlite.dbapi", "duckdb", "faker", "jinja2", "numpy", "psutil"),
    *("psycopg", "pyarrow.compute", "pyarrow.csv", "pyarrow.parquet", "rich.live"),
)
"""What limerun imports only where it needs it."""
# pyarrow starts a thread at its import, which its allocator stops for a fork.
INTERPRETER = (sys.executable, "-W", "ignore:This process:DeprecationWarning")
LARGEST_REQUEST = 1 << 20


class ForkServer:
    """A client for the process that forks; a context manager."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            subprocess.run(
                [*INTERPRETER, "-m", "tests.fork_server", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=ROOT,
                # numpy's threads would be missing in the forks.
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
                check=True,
            )

    def __enter__(self) -> "ForkServer":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_WR)
        self._socket.recv(1)  # until it has ended
        self._socket.close()

    def start(
        self,
        words: Sequence[str],
        *,
        cwd: Path,
        environ: Mapping[str, str],
        pause_at: str | None = None,
    ) -> "Fork":
        """Start limerun with these words, in a session of its own.

        Args:
            words: The command line.
            cwd: The current folder.
            environ: The environment.
            pause_at: A pattern. After a line of stderr that has it, the process waits
                until its stdin is closed, so that a test can act at this point.
        """
        stdin, to_stdin = os.pipe()
        out, to_out = os.pipe()
        err, to_err = os.pipe()
        status, to_status = os.pipe()
        ends = [stdin, to_out, to_err, to_status]
        request = [list(words), str(cwd), dict(environ), pause_at]
        socket.send_fds(self._socket, [json.dumps(request).encode()], ends)
        for end in ends:
            os.close(end)
        return Fork(to_stdin, out, err, status)

    def run(
        self,
        words: Sequence[str],
        *,
        cwd: Path,
        environ: Mapping[str, str],
        timeout: float,
    ) -> "subprocess.CompletedProcess[str]":
        """Run limerun with these words, as `subprocess.run` would.

        Raises:
            TimeoutError: The call did not end in time, and was killed.
        """
        with self.start(words, cwd=cwd, environ=environ) as fork:
            out, err = fork.communicate(timeout)
        return subprocess.CompletedProcess(list(words), fork.returncode, out, err)


class Fork:
    """A limerun that was started; a context manager, which kills it at its end."""

    returncode: int

    def __init__(self, stdin: int, out: int, err: int, status: int) -> None:
        self._stdin: int | None = stdin
        self._out, self._err = out, err
        self._status = os.fdopen(status)
        self.pid = int(self._status.readline())

    def __enter__(self) -> "Fork":
        return self

    def __exit__(self, *_: object) -> None:
        self.close_stdin()
        if not self._status.closed:
            os.killpg(self.pid, signal.SIGKILL)
            self._wait()
        os.close(self._out)
        os.close(self._err)

    def close_stdin(self) -> None:
        """Let it go on where it pauses, now and later."""
        if self._stdin is not None:
            os.close(self._stdin)
            self._stdin = None

    def read_errors_up_to(self, pattern: str) -> str:
        """Return what it writes on stderr, up to a line with this pattern."""
        text = b""
        while not re.search(pattern.encode(), text, re.MULTILINE):
            piece = os.read(self._err, 1 << 16)
            assert piece, f"it ended without {pattern!r}: {text.decode()}"
            text += piece
        return text.decode()

    def end(self) -> int:
        """Return a descriptor that can be read once the process has ended."""
        return self._status.fileno()

    def communicate(self, timeout: float = 600) -> tuple[str, str]:
        """Return the rest of stdout and stderr; afterwards the exit code is known.

        Raises:
            TimeoutError: It does not end.
        """
        self.close_stdin()
        said = _read_all((self._out, self._err), timeout)
        self._wait()
        return said[self._out], said[self._err]

    def _wait(self) -> None:
        with self._status:
            self.returncode = int(self._status.readline())


def _read_all(pipes: Sequence[int], timeout: float) -> dict[int, str]:
    end = time.monotonic() + timeout
    said = dict.fromkeys(pipes, b"")
    with selectors.DefaultSelector() as selector:
        for pipe in pipes:
            selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"no end after {timeout} s; it wrote {said}")
            for key, _ in selector.select(left):
                if piece := os.read(key.fd, 1 << 16):
                    said[key.fd] += piece
                else:
                    selector.unregister(key.fd)
    return {pipe: text.decode() for pipe, text in said.items()}


# --- in the server ----------------------------------------------------------------


def _serve(requests: socket.socket) -> None:
    import_limerun()
    gc.freeze()  # so that the forks share the memory
    with selectors.DefaultSelector() as selector:
        selector.register(requests, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is not requests:
                    selector.unregister(key.fd)
                    _report_end(key.fd, *key.data)
                elif (started := _fork(requests)) is not None:
                    selector.register(os.pidfd_open(started[0]), 1, started)
                else:
                    return


def _fork(requests: socket.socket) -> tuple[int, int] | None:
    """Start what is requested; return its pid, and where its exit code is expected."""
    request, ends, *_ = socket.recv_fds(requests, LARGEST_REQUEST, 4)
    if not request:
        return None
    *streams, status = ends
    pid = os.fork()
    if not pid:
        requests.close()
        os.close(status)
        words, cwd, environ, pause_at = json.loads(request)
        _become_limerun(words, cwd, environ, streams, pause_at)
    for end in streams:
        os.close(end)
    os.write(status, b"%d\n" % pid)
    return pid, status


def _report_end(pidfd: int, pid: int, status: int) -> None:
    _, ended = os.waitpid(pid, 0)
    os.write(status, b"%d\n" % os.waitstatus_to_exitcode(ended))
    os.close(status)
    os.close(pidfd)


def import_limerun() -> None:
    """Import all modules of limerun that run in its own process, and dependencies."""
    import limerun

    for found in pkgutil.iter_modules(limerun.__path__):
        if found.name not in ("__main__", *OTHER_PROCESSES):
            _import_with_submodules(f"limerun.{found.name}")
    for name in IMPORTED_LATE:
        with suppress(ImportError):  # the package of an extra is not installed
            importlib.import_module(name)


def _import_with_submodules(name: str) -> None:
    with suppress(ImportError):
        module = importlib.import_module(name)
        for found in pkgutil.iter_modules(getattr(module, "__path__", ())):
            _import_with_submodules(f"{name}.{found.name}")


def _become_limerun(
    words: list[str],
    cwd: str,
    environ: dict[str, str],
    ends: list[int],
    pause_at: str | None,
) -> NoReturn:
    try:
        os.setsid()
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(environ)
        time.tzset()
        for number, end in enumerate(ends):
            os.dup2(end, number)
            os.close(end)
        sys.stdin, sys.stdout, sys.stderr = _standard_streams()
        if pause_at is not None:
            _pause_after(pause_at)
        sys.argv[1:] = words
        sys.path[0] = cwd
        runpy.run_module("limerun", run_name="__main__", alter_sys=True)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    os._exit(1)


def _standard_streams() -> tuple[TextIO, TextIO, TextIO]:
    """Return the streams as a new interpreter opens them."""
    utf8: Any = {"encoding": "utf-8", "closefd": False}
    return (
        os.fdopen(0, **utf8),
        os.fdopen(1, "w", **utf8),
        os.fdopen(2, "w", 1, errors="backslashreplace", **utf8),
    )


def _pause_after(pattern: str) -> None:
    """After a text on stderr that has a pattern, wait until stdin is closed."""
    write = sys.stderr.write

    def write_and_wait(text: str) -> int:
        written = write(text)
        if re.search(pattern, text, re.MULTILINE):
            sys.stderr.flush()
            sys.stdin.read()
        return written

    sys.stderr.write = write_and_wait  # type: ignore[method-assign]


if __name__ == "__main__":
    if os.fork():
        os._exit(0)  # other tests look at the children of their process
    with socket.socket(fileno=int(sys.argv[1])) as requests:
        _serve(requests)
