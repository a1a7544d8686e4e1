"""Who makes the parts of a dataset: this process, or several beside it.

Processes take turns: the first makes the first part, the second the next one, and so
on. Each waits until its part is taken, and they end when this process does, however.
"""

import os
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
"""Where this limerun is imported from."""
_ROWS_WORTH_A_PROCESS = 1_000_000
"""A process takes 0.8 CPU-seconds to start, and a million rows about 5."""
_CORES_OF_ONE_PROCESS = 2
"""Its threads make, encode and write rows; two other processes take 15 % more CPU."""


class Executor(ABC):
    """Makes the parts of a dataset."""

    def __init__(
        self, recipe: Recipe, progress: Progress, block_rows: int = BLOCK_ROWS
    ) -> None:
        self.recipe = recipe
        self.progress = progress
        self._block_rows = block_rows

    def maker(self, piece: OutputPiece) -> PartMaker:
        """Return how the parts of a piece are made."""
        return PartMaker(self.recipe, piece, self._block_rows)

    def parts(self, piece: OutputPiece, first: int = 0) -> Iterator[EncodedPart]:
        """Yield the parts of a piece in order; progress hears of those that are taken.

        Args:
            piece: A file or a table.
            first: The number of parts that are finished already.

        Raises:
            DatasetError: A process has ended by itself.
        """
        maker = self.maker(piece)
        for number, part in enumerate(self._made(piece, maker, first), first + 1):
            yield part
            self.progress.rows_made(piece.name, maker.done(number), maker.rows)

    @abstractmethod
    def _made(
        self, piece: OutputPiece, maker: PartMaker, first: int
    ) -> Iterator[EncodedPart]:
        """Yield the parts of a piece in order, from one on."""


class SerialExecutor(Executor):
    """Makes parts in this process."""

    def _made(
        self, piece: OutputPiece, maker: PartMaker, first: int
    ) -> Iterator[EncodedPart]:
        return maker.parts(first)


class ProcessExecutor(Executor, AbstractContextManager["ProcessExecutor"]):
    """Makes parts in several processes, which live as long as the context."""

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
            # Nothing in the current folder may pass for limerun or for a library.
            command = [sys.executable, "-P", "-m", "limerun.dataset.output.part_worker"]
            paths = (str(_ROOT), os.environ.get("PYTHONPATH", ""))
            process = subprocess.Popen(
                [*command, str(its.fileno())],
                pass_fds=[its.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
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
                "a process that makes rows has ended by itself, perhaps killed for "
                "its memory; try again with --workers 1"
            ) from None


def _received(line: Connection) -> EncodedPart:
    """Return the part that a process has made, or raise what went wrong there."""
    said = line.recv()
    if isinstance(said, Exception):
        raise said
    sizes, values = said
    return EncodedPart(chunks=[_read(line, size) for size in sizes], values=values)


def _read(line: Connection, size: int) -> memoryview:
    """Return the next bytes; `recv_bytes` would copy them twice."""
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
    """Yield an executor; with one worker, it runs in this process."""
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
    """Return how many processes to make rows with; with 1, this process makes them."""
    workers = min(cpus, rows // _ROWS_WORTH_A_PROCESS)
    return workers if workers > _CORES_OF_ONE_PROCESS else 1
