"""The cost of capturing a log line, and of searching it for personal values.

Each capture is measured in a fresh process: `python -m tests.bench.logging_cost FOLDER`.
"""

import logging
import os
import random
import statistics
import subprocess
import sys
import time
from tempfile import TemporaryDirectory

from limerun.runs.known_values import KnownColumn, KnownValues
from limerun.worker.counters import STARTED_NS, private_counters
from limerun.worker.logs.capture import LogCapture
from tests.bench.figures import figure, heading

LINES = 2_000
ROUNDS = 20
PROCESSES = 5
MOST_MICROSECONDS = 10
BLOCK = 500


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


PEOPLE, SEARCHED, PLANTED = 100_000, 200_000, 2_000
MOST_SEARCH_MICROSECONDS = 2
SEARCH_ROUNDS = 3


def leaks() -> None:
    """Print how well and how fast planted values are found among 400,000."""
    heading("The search for personal values in a log, for each line")
    values = _people()
    list(values.search(["once, to prepare"]))
    lines, planted = _planted_lines()
    blocks = [
        [line.casefold() for line in lines[at : at + BLOCK]]
        for at in range(0, SEARCHED, BLOCK)
    ]
    times = []
    found: dict[int, int] = {}
    for _ in range(SEARCH_ROUNDS):
        began = time.process_time()
        for number, block in enumerate(blocks):
            for at, each in values.search(block):
                found[number * BLOCK + at] = each.row
        times.append((time.process_time() - began) / SEARCHED * 1e6)
    right = sum(found.get(at) == row for at, row in planted.items())
    wrong = len(found) - right
    figure(
        f"{PLANTED:,} planted in {SEARCHED:,} lines",
        f"{right:,} found, {wrong} false",
        "all, 0 false",
        right == PLANTED and not wrong,
    )
    cost = min(times)
    target = f"at most {MOST_SEARCH_MICROSECONDS} us"
    figure("one line", f"{cost:.1f} us", target, cost <= MOST_SEARCH_MICROSECONDS)


def _person(row: int) -> tuple[str, str, str, str]:
    first, last = f"Förnamn{row % 293}", f"Efternamn{row % 887}"
    day = f"19{row % 90 + 10:02}{row % 12 + 1:02}{row % 28 + 1:02}"
    return (
        f"{first} {last}",
        f"{first}.{last}.{row}@example.org",
        f"070-{row:07}",
        f"{day}-{row % 10_000:04}",
    )


def _people() -> KnownValues:
    values = KnownValues()
    for at, kind in enumerate(("fullname", "email", "phone", "nationalid")):
        column = KnownColumn(
            table="person", name=kind, kind=kind, alone=bool(at), if_rare=not at
        )
        values.add(column, ((row, _person(row)[at]) for row in range(PEOPLE)))
    return values


def _planted_lines() -> tuple[list[str], dict[int, int]]:
    """Return lines of a log, and the person in each line with a planted value."""
    lines = [
        f"Imported contract K-{number:07} of company {number % 5_000}, status active"
        for number in range(SEARCHED)
    ]
    chosen = random.Random(1)
    planted = {
        at: chosen.randrange(PEOPLE) for at in chosen.sample(range(SEARCHED), PLANTED)
    }
    for at, row in planted.items():
        lines[at] = f"Could not update {_person(row)[at % 4]}: it has no row"
    return lines, planted


def _measure(folder: str) -> tuple[float, float]:
    command = [sys.executable, "-m", __spec__.name, folder]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    bare, more = map(float, ran.stdout.split())
    return bare, more


if __name__ == "__main__":
    sys.stdout.write("{} {}".format(*microseconds(sys.argv[1])))
