"""The cost of capturing a log line, and of searching it for personal values.

Each capture is measured in a fresh process: `python -m tests.bench.logging_cost FOLDER`.
"""

import logging
import os
import statistics
import subprocess
import sys
import time
from tempfile import TemporaryDirectory

from limerun.worker.counters import STARTED_NS, private_counters
from limerun.worker.logs.capture import LogCapture
from tests.bench.figures import figure, heading

LINES = 2_000
ROUNDS = 20
PROCESSES = 5
MOST_MICROSECONDS = 10


def microseconds(folder: str) -> tuple[float, float]:
    """Return the CPU time of a log line, bare, and what capturing it adds."""
    logger = logging.getLogger("bench.capture")
    handler = logging.FileHandler(os.devnull, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    logger.addHandler(handler)
    logger.propagate = False
    logger.setLevel(logging.INFO)
    bare = min(_round(logger) for _ in range(ROUNDS))
    counters = private_counters()
    capture = LogCapture(folder, counters)
    capture.attach(logging)
    counters[STARTED_NS] = time.monotonic_ns()
    return bare, min(_round(logger) for _ in range(ROUNDS)) - bare


def _round(logger: logging.Logger) -> float:
    began = time.thread_time()
    for number in range(LINES):
        logger.info("Imported contract K-%07d of %d", number, LINES)
    return (time.thread_time() - began) / LINES * 1e6


def logs() -> None:
    """Print what capturing adds to a log line."""
    heading("The capture of the log, for each line")
    with TemporaryDirectory() as folder:
        pairs = [_measure(folder) for _ in range(PROCESSES)]
    bare, cost = (statistics.median(each) for each in zip(*pairs, strict=True))
    figure(
        f"one line ({bare:.0f} us bare)",
        f"+{cost:.1f} us",
        f"at most {MOST_MICROSECONDS} us",
        cost <= MOST_MICROSECONDS,
    )


def _measure(folder: str) -> tuple[float, float]:
    command = [sys.executable, "-m", __spec__.name, folder]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    bare, more = map(float, ran.stdout.split())
    return bare, more


if __name__ == "__main__":
    sys.stdout.write("{} {}".format(*microseconds(sys.argv[1])))
