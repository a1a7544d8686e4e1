"""Generate parts in a separate process, for a parent connected by a socket."""

import contextlib
import os
import sys
from multiprocessing.connection import Connection

from limerun.dataset.output.encodings import EncodedPart
from limerun.dataset.output.parts import PartMaker
from limerun.dataset.values.block import Recipe
from limerun.dataset.values.makers import MAKERS


def work(line: Connection) -> None:
    """Generate requested parts until the connection is closed."""
    schema, block_rows = line.recv()
    recipe = Recipe(schema, MAKERS)
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            piece, first, step = line.recv()
            try:
                maker = PartMaker(recipe, piece, block_rows)
                for number in range(first, maker.count, step):
                    _send(line, maker.part(number))
            except (EOFError, ConnectionError):
                raise
            except Exception as error:
                line.send(error)


def _send(line: Connection, part: EncodedPart) -> None:
    line.send(([len(chunk) for chunk in part.chunks], part.values))
    for chunk in part.chunks:
        left = memoryview(chunk)
        while len(left):
            left = left[os.write(line.fileno(), left) :]


if __name__ == "__main__":
    work(Connection(int(sys.argv[1])))
