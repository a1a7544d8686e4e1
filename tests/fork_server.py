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
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        request = json.dumps([list(words), str(cwd), dict(environ)]).encode()
        with Path(os.devnull).open("rb") as nothing:
            ends = [nothing.fileno(), out_end, err_end]
            socket.send_fds(self._socket, [request], ends)
        os.close(out_end)
        os.close(err_end)
        pid = int(self._socket.recv(100))
        try:
            said = _read_all((out, err), timeout)
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            raise
        finally:
            os.close(out)
            os.close(err)
            code = int(self._socket.recv(100))
        return subprocess.CompletedProcess(list(words), code, said[out], said[err])


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
    while True:
        request, ends, *_ = socket.recv_fds(requests, LARGEST_REQUEST, 3)
        if not request:
            return
        pid = os.fork()
        if not pid:
            requests.close()
            words, cwd, environ = json.loads(request)
            _become_limerun(words, cwd, environ, ends)
        for end in ends:
            os.close(end)
        requests.send(str(pid).encode())
        _, status = os.waitpid(pid, 0)
        requests.send(str(os.waitstatus_to_exitcode(status)).encode())


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
    words: list[str], cwd: str, environ: dict[str, str], ends: list[int]
) -> NoReturn:
    try:
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(environ)
        time.tzset()
        for number, end in enumerate(ends):
            os.dup2(end, number)
            os.close(end)
        sys.stdin, sys.stdout, sys.stderr = _standard_streams()
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


if __name__ == "__main__":
    if os.fork():
        os._exit(0)  # other tests look at the children of their process
    with socket.socket(fileno=int(sys.argv[1])) as requests:
        _serve(requests)
