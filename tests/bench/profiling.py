"""What a profile costs: each instrument, detailed recording, and unused segments.

Single figures are taken in a fresh process: `python -m tests.bench.profiling segment`.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from limerun import segment
from limerun.records import InstrumentName
from limerun.worker.callsite import CallSites
from limerun.worker.protocol import COUNTERS
from limerun.worker.statements.details import DetailedRecorder
from limerun.worker.task_thread import TaskThread
from tests.bench.figures import figure, heading
from tests.bench.measuring import LAUNCH, outcome_of
from tests.bench.recorder import SENDERS
from tests.bench.stand_in import fill
from tests.builders import an_order

CALLS = 100_000
ROUNDS = 9
PROCESSES = 3
PAIRS = 3
STATEMENTS = 1000
ROWS = 100
MOST_SEGMENT = 0.3
TASKS = ("compute", "hold_dicts")
NAMES: tuple[InstrumentName, ...] = ("time", "cpu", "memory", "statements")


def profiling() -> None:
    """Print the cost of a segment outside a profile, and of each instrument."""
    heading("Segments that nobody watches, each use less the empty loop")
    for what in SEGMENTS:
        cost = statistics.median(_measured(what) for _ in range(PROCESSES))
        figure(what, f"{cost:.3f} us", f"under {MOST_SEGMENT} us", cost < MOST_SEGMENT)
    heading("The statement recorder's closer look, for each statement")
    for sender in SENDERS:
        cost = statistics.median(_measured(sender) for _ in range(PROCESSES))
        figure(f"{sender}, in profile's run alone", f"+{cost:.1f} us", "", None)
    heading("CPU time under each instrument, times that of a bare run")
    for task in TASKS:
        for name in NAMES:
            ratios = [_ratio(task, name) for _ in range(PAIRS)]
            told = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
            figure(f"{task}: {name}", told, "", None)


# --- instruments ----------------------------------------------------------------


def _ratio(task: str, name: InstrumentName) -> float:
    with tempfile.TemporaryDirectory() as folder:
        order = an_order(name, Path(folder), title=task)
        watched = outcome_of(task, replace(LAUNCH, instrument=order))
    bare = outcome_of(task)
    return (watched.cpu_user_seconds or 0) / (bare.cpu_user_seconds or 1)


# --- single figures, each in a process of its own -------------------------------


def _measured(what: str) -> float:
    command = [sys.executable, "-m", __spec__.name, what]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(ran.stdout)


def _block() -> None:
    for _ in range(CALLS):
        with segment("fetch"):
            pass


def _rows() -> None:
    for _ in segment("fetch", range(CALLS)):
        pass


@segment("save")
def _decorated() -> None:
    pass


def _plain() -> None:
    pass


def _calls(function: Callable[[], None]) -> Callable[[], None]:
    def call() -> None:
        for _ in range(CALLS):
            function()

    return call


def _nothing() -> None:
    for _ in range(CALLS):
        pass


SEGMENTS: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
    'with segment("fetch"):': (_block, _nothing),
    'for row in segment("fetch", rows):': (_rows, _nothing),
    '@segment("save"), each call': (_calls(_decorated), _calls(_plain)),
}
"""What uses segments, and the same without."""


def _segment_microseconds(what: str) -> float:
    with_segments, without = SEGMENTS[what]
    return (_quickest(with_segments) - _quickest(without)) / CALLS * 1e6


def _quickest(work: Callable[[], None]) -> float:
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


def _details_microseconds(sender: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lime.sqlite"
        fill(path, ROWS)
        send = SENDERS[sender](path)

        def work() -> None:
            for number in range(STATEMENTS):
                send(number)

        bare = _quickest(work)
        counters = memoryview(bytearray(8 * len(COUNTERS))).cast("Q")
        sites = CallSites(str(Path(__file__).parent))
        DetailedRecorder(counters, sites, TaskThread()).listen()
        return (_quickest(work) - bare) / STATEMENTS * 1e6


if __name__ == "__main__":
    asked = sys.argv[1]
    measure = _segment_microseconds if asked in SEGMENTS else _details_microseconds
    sys.stdout.write(str(measure(asked)))
