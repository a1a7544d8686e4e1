"""Generate the parts of a dataset, in this process or in several others.

The processes take turns: the first generates the first part, the second the next one,
and so on. Each waits until its part is read. All of them end when this process ends.
"""

import os
import signal
import socket
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import cycle
from multiprocessing.connection import Connection
from pathlib import Path

from limerun.dataset.output.encodings import EncodedPart
from limerun.dataset.output.parts import OutputPiece, PartMaker
from limerun.dataset.values.block import BLOCK_ROWS, Recipe
from limerun.errors import DatasetError
from limerun.progress import Progress

_ROOT = Path(__file__).parents[3]
"""The folder that this limerun is imported from."""
_ROWS_WORTH_A_PROCESS = 1_000_000
"""Starting a process takes 0.8 CPU-seconds; generating a million rows takes about 5."""
_CORES_OF_ONE_PROCESS = 2
"""One process uses two cores, as its threads generate, encode and write rows. Two
other processes would take 15 % more CPU time."""


class Executor(ABC):
    """Generates the parts of a dataset."""

    def __init__(
        self, recipe: Recipe, progress: Progress, block_rows: int = BLOCK_ROWS
    ) -> None:
        self.recipe = recipe
        self.progress = progress
        self._block_rows = block_rows

    def maker(self, piece: OutputPiece) -> PartMaker:
        """Return the object that generates the parts of a piece."""
        return PartMaker(self.recipe, piece, self._block_rows)

    def parts(self, piece: OutputPiece, first: int = 0) -> Iterator[EncodedPart]:
        """Yield the parts of a piece in order, and report progress.

        Args:
            piece: A file or table.
            first: The number of parts that are already finished.

        Raises:
            DatasetError: A process ended unexpectedly.
        """
        maker = self.maker(piece)
        for number, part in enumerate(self._made(piece, maker, first), first + 1):
            yield part
            self.progress.rows_made(piece.name, maker.done(number), maker.rows)

    @abstractmethod
    def _made(
        self, piece: OutputPiece, maker: PartMaker, first: int
    ) -> Iterator[EncodedPart]:
        """Yield the parts of a piece in order, starting with part `first`."""


class SerialExecutor(Executor):
    """Generates parts in this process."""

    def _made(
        self, piece: OutputPiece, maker: PartMaker, first: int
    ) -> Iterator[EncodedPart]:
        return maker.parts(first)


class ProcessExecutor(Executor, AbstractContextManager["ProcessExecutor"]):
    """Generates parts in several processes, which run until the context ends."""

    def __init__(
        self,
        recipe: Recipe,
        progress: Progress,
        workers: int,
        block_rows: int = BLOCK_ROWS,
    ) -> None:
        super().__init__(recipe, progress, block_rows)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._lines: list[Connection] = []
        try:
            for _ in range(workers):
                self._start()
        except BaseException:
            self._end()
            raise

    def _start(self) -> None:
        ours, its = socket.socketpair()
        with its:
            # -P: do not import limerun or a library from the current folder.
            command = [sys.executable, "-P", "-m", "limerun.dataset.output.part_worker"]
            paths = (str(_ROOT), os.environ.get("PYTHONPATH", ""))
            with _interrupts_blocked():
                process = subprocess.Popen(
                    [*command, str(its.fileno())],
                    pass_fds=[its.fileno()],
                    stdin=subprocess.DEVNULL,
                    env={
                        **os.environ,
                        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
                    },
                )
        self._processes.append(process)
        self._lines.append(Connection(ours.detach()))
        self._lines[-1].send((self.recipe.schema, self._block_rows))

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        for line in self._lines:
            line.close()
        for process in self._processes:
            process.kill()
            process.wait()

    def _made(
        self, piece: OutputPiece, maker: PartMaker, first: int
    ) -> Iterator[EncodedPart]:
        try:
            for number, line in enumerate(self._lines, first):
                line.send((piece, number, len(self._lines)))
            for _, line in zip(range(first, maker.count), cycle(self._lines)):
                yield _received(line)
        except (EOFError, ConnectionError):
            raise DatasetError(
                "a process that generates rows ended unexpectedly, perhaps because it "
                "was killed for its memory; try again with --workers 1"
            ) from None


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Start processes that Ctrl-C does not end, even while they start.

    Ctrl-C reaches the whole process group. This process then ends the others.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _received(line: Connection) -> EncodedPart:
    """Receive a part from a process, or raise the process's exception."""
    message = line.recv()
    if isinstance(message, Exception):
        raise message
    sizes, values = message
    return EncodedPart(chunks=[_read(line, size) for size in sizes], values=values)


def _read(line: Connection, size: int) -> memoryview:
    """Read bytes from a process; `recv_bytes` would copy them twice."""
    data = memoryview(bytearray(size))
    left = data
    while len(left):
        count = os.readv(line.fileno(), [left])
        if not count:
            raise EOFError
        left = left[count:]
    return data


@contextmanager
def opened_executor(
    recipe: Recipe, progress: Progress, workers: int, block_rows: int = BLOCK_ROWS
) -> Iterator[Executor]:
    """Yield an executor; with only one worker, it runs in this process."""
    if workers == 1:
        yield SerialExecutor(recipe, progress, block_rows)
        return
    with ProcessExecutor(recipe, progress, workers, block_rows) as executor:
        yield executor


def available_cpus() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def sensible_workers(rows: int, cpus: int) -> int:
    """Return the number of processes to use; 1 means only this process."""
    workers = min(cpus, rows // _ROWS_WORTH_A_PROCESS)
    return workers if workers > _CORES_OF_ONE_PROCESS else 1
