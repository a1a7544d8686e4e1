"""A task that uses memray itself.

memray is imported before an instrument begins: with tracemalloc, its import takes
several seconds.
"""

import os
import tempfile

import memray

from tests.tasks.costs import compares, spends


def with_memray(numbers: int = 1_000_000) -> int:
    spent = compares(1, numbers)
    with memray.Tracker(os.path.join(tempfile.mkdtemp(), "own.bin")):
        spent += spends(1)
    return spent
