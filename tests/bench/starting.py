"""The time that the commands themselves take."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.figures import figure, heading

LIMERUN = [sys.executable, "-m", "limerun"]
TASKS = Path(__file__).with_name("tasks.py")


def _seconds(command: list[str], runs: int) -> float:
    """Return the median wall time, after one run that warms up."""
    times = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])


def start_up() -> None:
    """Time `--help`, and everything around a task that does nothing."""
    heading("Start-up")
    seconds = _seconds([*LIMERUN, "--help"], 9)
    figure("limerun --help", f"{seconds:.2f} s", "under 0.3 s", seconds < 0.3)
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "empty.yaml")
        config.write_text(
            f"task: {TASKS}:empty\n"
            "sources: {rows: {format: jsonl, rows: 1000, "
            "columns: {number: {kind: sequence}}}}\n"
        )
        seconds = _seconds([*LIMERUN, "capacity-test", str(config)], 7)
    figure(
        "capacity-test around an empty task, dataset cached",
        f"{seconds:.2f} s",
        "under 1.0 s",
        seconds < 1.0,
    )
