"""What broken inputs cause: 10,000 configs, 3,000 records, rules and shapes."""

import random
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from limerun.errors import LimerunError
from tests.bench.figures import figure, heading
from tests.fuzzing import TRIED

COUNTS = {"config": 10_000, "record": 3_000, "rules": 500, "shape": 500}
SLOWEST_SECONDS = 2.0


def fuzzing() -> None:
    """Print how many broken inputs ended in a traceback or took too long."""
    heading("Broken inputs: tracebacks, and those over 2 s of CPU")
    for kind, count in COUNTS.items():
        faults, slow, refused = try_all(kind, count)
        told = f"{sum(faults.values())} and {slow}; {refused:,} of {count:,} refused"
        figure(kind, told, "0 and 0", not faults and not slow)
        for line, times in faults.most_common():
            figure(f"  {line}", str(times), "", None)


def try_all(kind: str, count: int, first: int = 0) -> tuple[Counter[str], int, int]:
    """Return tracebacks by their last line, and how many inputs were slow or refused."""
    faults: Counter[str] = Counter()
    slow = refused = 0
    with tempfile.TemporaryDirectory() as name:
        for seed in range(first, first + count):
            began = time.process_time()
            try:
                TRIED[kind](random.Random(seed), Path(name))
            except LimerunError:
                refused += 1
            except Exception as error:
                faults[_last_line(error)] += 1
            slow += time.process_time() - began > SLOWEST_SECONDS
    return faults, slow, refused


def _last_line(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "limerun" in frame.filename] or frames
    where = f"{Path(own[-1].filename).name}:{own[-1].lineno}"
    return f"{where}: {type(error).__name__}: {str(error)[:60]!r}"
