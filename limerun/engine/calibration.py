"""Time a fixed loop in a process of its own: what this machine's pace is just now."""

import subprocess
import sys

from limerun.errors import EngineError

_LOOP = """
import statistics, time
def loop():
    total, held = 0, {}
    for i in range(120_000):
        total += i & 7
        held[i & 1023] = total
    return total
taken = []
for _ in range(5):
    began = time.process_time()
    loop()
    taken.append(time.process_time() - began)
print(statistics.median(taken))
"""
_SECONDS = 60


def calibrate() -> float:
    """Return the CPU seconds of a fixed piece of Python, the median of five.

    Raises:
        EngineError: It could not be run.
    """
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _LOOP],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    try:
        return float(done.stdout)
    except ValueError as error:
        raise EngineError(
            f"the calibration loop ended with {done.returncode}: {done.stderr[-300:]}"
        ) from error
