"""The same memory spike measured by other well-known tools."""

import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench.figures import figure, heading
from tests.bench.tasks import MB, SPIKE_BYTES, SPIKES

BIN = Path(sys.executable).parent
FOLDER = Path(__file__).parent
BUDGET_MB = 200


def beside_limerun(runs_each: int = 5) -> None:
    """Print the results of mprof, psrecord and memray for the spikes, with defaults."""
    heading("The same spikes under other tools, at their documented settings")
    for name, measure in (
        ("mprof run (memory_profiler)", _mprof),
        ("psrecord --interval 0.1", _psrecord),
        ("memray run", _memray),
    ):
        said = [measure(spike) for _ in range(runs_each) for spike in SPIKES]
        passes = sum(each <= BUDGET_MB for each in said)
        figure(
            f"{name}: peak of {SPIKE_BYTES // MB} MB above the start",
            f"{min(said):.0f} to {max(said):.0f} MB",
            f"median {statistics.median(said):.0f}; {passes} of {len(said)} "
            f"would pass {BUDGET_MB} MB",
            None,
        )


def _script(spike: str) -> str:
    return (
        f"import sys; sys.path.insert(0, {str(FOLDER)!r}); import tasks, time\n"
        f"time.sleep(0.3); tasks.{spike}()\n"
    )


def _in_folder(run: Callable[[Path, Path], float], spike: str) -> float:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script = folder / "script.py"
        script.write_text(_script(spike))
        return run(folder, script)


def _mprof(spike: str) -> float:
    def run(folder: Path, script: Path) -> float:
        out = folder / "out.dat"
        _quietly(
            [str(BIN / "mprof"), "run", "-o", str(out), sys.executable, str(script)]
        )
        found = [float(line.split()[1]) for line in out.read_text().splitlines()[1:]]
        return (max(found) - _idle(found)) * 2**20 / MB

    return _in_folder(run, spike)


def _psrecord(spike: str) -> float:
    def run(folder: Path, script: Path) -> float:
        out = folder / "log.txt"
        command = f"exec {sys.executable} {script}"
        _quietly(
            [str(BIN / "psrecord"), command, "--log", str(out), "--interval", "0.1"]
        )
        rows = [line.split() for line in out.read_text().splitlines()[1:]]
        found = [float(row[2]) for row in rows]
        return (max(found) - _idle(found)) * 2**20 / MB

    return _in_folder(run, spike)


def _memray(spike: str) -> float:
    def run(folder: Path, script: Path) -> float:
        out = folder / "out.bin"
        memray = [sys.executable, "-m", "memray"]
        _quietly([*memray, "run", "-q", "-o", str(out), str(script)])
        shown = subprocess.run(
            [*memray, "stats", str(out)], check=True, capture_output=True, text=True
        )
        match = re.search(r"Peak memory usage:\s+([\d.]+)\s*(\w+)", shown.stdout)
        assert match is not None, shown.stdout
        scale = {"B": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30}[match[2]]
        return float(match[1]) * scale / MB

    return _in_folder(run, spike)


def _idle(found: list[float]) -> float:
    return statistics.median(found)


def _quietly(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)
