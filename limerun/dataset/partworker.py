"""A process that makes parts for another, which holds the other end of a socket."""

import contextlib
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path

from limerun.dataset.block import Recipe
from limerun.dataset.formats.encoding import Part, placed
from limerun.dataset.makers import MAKERS
from limerun.dataset.partfile import Spans
from limerun.dataset.parts import Maker, Piece


def work(line: Connection) -> None:
    """Make the parts that are asked for, until nobody asks any more."""
    # Ctrl-C reaches the whole group of processes; the first one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    schema, block_rows = line.recv()
    recipe = Recipe(schema, MAKERS)
    makers: dict[Piece, Maker] = {}
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            piece, number, path = line.recv()
            try:
                if piece not in makers:
                    makers[piece] = Maker(recipe, piece, block_rows)
                part = makers[piece].part(number)
                line.send(("made", number, part.size, part.note))
                _deliver(line, part, line.recv(), path)
            except (EOFError, ConnectionError):
                raise
            except Exception as error:
                line.send(("failed", error))
            else:
                line.send(("written", number))


def _deliver(
    line: Connection, part: Part, spans: Spans | None, path: str | None
) -> None:
    if spans is None or path is None:
        if part.size:
            line.send_bytes(b"".join(part.chunks))
        return
    with Path(path).open("r+b", buffering=0) as file:
        for at, chunk in placed(part, spans):
            file.seek(at)
            while len(chunk):
                chunk = chunk[file.write(chunk) :]


if __name__ == "__main__":
    work(Connection(int(sys.argv[1])))
