"""Tasks that are observed while they fail or wait."""

import os
import signal
import time

from limerun import segment


@segment("imported")
def double(number: int) -> int:
    return number * 2


def reads_and_sleeps() -> int:
    total = sum(double(row) for row in segment("read", [1, 2, 3]))
    with segment("sleep"):
        time.sleep(0.06)
    return total


def ends_itself(how: str, results: str) -> None:
    """End this process; if by a signal, once limerun has written its first results."""
    number = 0
    began = time.monotonic()
    while not os.path.exists(results) and time.monotonic() - began < 60:
        if "waits" in how:
            time.sleep(0.01)
        for _ in range(10_000 if "works" in how else 0):
            number = double(number) % 7
        if "exits" in how and time.monotonic() - began > 0.25:
            os._exit(9)
    os.kill(os.getpid(), signal.SIGKILL)


def ends(how: str) -> None:
    kept = []
    if how == "raise":
        raise ValueError("half-way")
    if how == "wait":
        time.sleep(60)  # wait
    while how == "grow":
        kept.append(b"\x01" * 1_000_000)  # grow
        time.sleep(0.002)
    number = 0
    while how == "spin":
        number = double(number) % 7  # spin
