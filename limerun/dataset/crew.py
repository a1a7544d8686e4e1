"""Who makes the parts: this process, or several beside it.

Worker processes make parts in turns and write each into its place themselves; this
one tells them where, and keeps the account. They end when this one does, however.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Protocol

from limerun.dataset.block import BLOCK_ROWS, Recipe
from limerun.dataset.formats.encoding import Part
from limerun.dataset.layout import Schema
from limerun.dataset.partfile import Spans
from limerun.dataset.parts import Maker, Piece
from limerun.errors import DatasetError
from limerun.progress import Progress

_ROOT = Path(__file__).parents[2]
"""Where this limerun is imported from."""
_ROWS_WORTH_A_PROCESS = 1_000_000
"""One takes most of a second to start."""


class Target(Protocol):
    """Where parts go, in order."""

    @property
    def path(self) -> Path | None:
        """The file that workers may write into; None: parts are handed over."""

    @property
    def parts(self) -> int:
        """How many it has already."""

    def add(self, part: Part) -> None:
        """Take the next part."""

    def reserve(self, size: int) -> Spans:
        """Return where in the file the next part goes."""

    def written(self, spans: Spans, note: bytes) -> None:
        """Hear that the next part is there."""


class Crew(Protocol):
    """Makes all parts of a piece that its target does not have yet."""

    def make(self, piece: Piece, target: Target, progress: Progress) -> None:
        """Make them, and put them into the target."""


def sensible_workers(rows: int, cpus: int) -> int:
    """Return how many processes are worth their start."""
    return max(min(cpus, rows // _ROWS_WORTH_A_PROCESS), 1)


class Alone:
    """Makes parts in this process."""

    def __init__(self, recipe: Recipe, block_rows: int = BLOCK_ROWS) -> None:
        self._recipe = recipe
        self._block_rows = block_rows

    def make(self, piece: Piece, target: Target, progress: Progress) -> None:
        """Make the parts one after another."""
        maker = Maker(self._recipe, piece, self._block_rows)
        for part in maker.parts(target.parts):
            target.add(part)
            progress.rows_made(piece.name, maker.done(target.parts), maker.rows)


@contextmanager
def opened_crew(
    recipe: Recipe, workers: int, block_rows: int = BLOCK_ROWS
) -> Iterator[Crew]:
    """Give a crew of so many processes; of one: this one."""
    if workers == 1:
        yield Alone(recipe, block_rows)
        return
    with _Processes(recipe, workers, block_rows) as crew:
        yield crew


class _Processes(AbstractContextManager["_Processes"]):
    def __init__(self, recipe: Recipe, workers: int, block_rows: int) -> None:
        self._recipe = recipe
        self._processes: list[subprocess.Popen[bytes]] = []
        self._lines: list[Connection] = []
        try:
            for _ in range(workers):
                self._start((recipe.schema, block_rows))
        except BaseException:
            self._end()
            raise

    def _start(self, told: tuple[Schema, int]) -> None:
        ours, its = socket.socketpair()
        with its:
            # Nothing in the current folder may pass for limerun or for a library.
            command = [sys.executable, "-P", "-m", "limerun.dataset.partworker"]
            paths = (str(_ROOT), os.environ.get("PYTHONPATH", ""))
            process = subprocess.Popen(
                [*command, str(its.fileno())],
                pass_fds=[its.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
            )
        self._processes.append(process)
        self._lines.append(Connection(ours.detach()))
        self._lines[-1].send(told)

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        for line in self._lines:
            line.close()
        for process in self._processes:
            process.kill()
            process.wait()

    def make(self, piece: Piece, target: Target, progress: Progress) -> None:
        """Have the parts made, as many at once as there are processes."""
        maker = Maker(self._recipe, piece)
        turns = _Turns(piece, maker, target, progress)
        try:
            busy = [line for line in self._lines if turns.give(line)]
            while busy:
                for line in wait(busy):
                    assert isinstance(line, Connection)
                    if not turns.hear(line, _received(line)):
                        busy.remove(line)
        except (EOFError, ConnectionError):
            raise DatasetError(
                "a process that makes rows has ended by itself, perhaps killed for "
                "its memory; try again with --workers 1"
            ) from None


class _Turns:
    """Which process makes which part of one piece, and how far each is."""

    def __init__(
        self, piece: Piece, maker: Maker, target: Target, progress: Progress
    ) -> None:
        self._piece = piece
        self._maker = maker
        self._target = target
        self._progress = progress
        self._given = self._placed = target.parts
        self._sized: dict[int, tuple[Connection, int, bytes]] = {}
        self._spans: dict[int, tuple[Spans, bytes]] = {}
        self._written: set[int] = set()

    def give(self, line: Connection) -> bool:
        """Give a process the next part to make, if one is left."""
        if self._given >= self._maker.count:
            return False
        path = self._target.path
        line.send((self._piece, self._given, None if path is None else str(path)))
        self._given += 1
        return True

    def hear(self, line: Connection, message: tuple[Any, ...]) -> bool:
        """Hear from a process; return whether it has still to do."""
        what, number, *rest = message
        if what == "made":
            self._sized[number] = (line, rest[0], rest[1])
            self._place()
            return True
        self._written.add(number)
        self._account()
        return self.give(line)

    def _place(self) -> None:
        while self._placed in self._sized:
            number = self._placed
            line, size, note = self._sized.pop(number)
            self._placed += 1
            if self._target.path is None:
                line.send(None)
                data = line.recv_bytes() if size else b""
                self._target.add(Part(chunks=[data], size=size, note=note))
                self._tell()
            else:
                spans = self._target.reserve(size)
                self._spans[number] = (spans, note)
                line.send(spans)

    def _account(self) -> None:
        while self._target.path is not None and self._target.parts in self._written:
            number = self._target.parts
            self._target.written(*self._spans.pop(number))
            self._written.remove(number)
            self._tell()

    def _tell(self) -> None:
        done = self._maker.done(self._target.parts)
        self._progress.rows_made(self._piece.name, done, self._maker.rows)


def _received(line: Connection) -> tuple[Any, ...]:
    """Return what a process says, or raise what went wrong there."""
    message: tuple[Any, ...] = line.recv()
    if message[0] == "failed":
        raise message[1]
    return message
