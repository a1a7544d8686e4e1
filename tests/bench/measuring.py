"""How exact and steady limerun's measurements are, and what they cost."""

import os
import statistics
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from limerun.engine.launch import Launch
from limerun.engine.local import LocalWorker
from limerun.measure.summary import summarize
from limerun.progress import Progress
from limerun.records import Outcome, Run
from tests.bench.figures import figure, heading
from tests.bench.tasks import MB, SPIKE_BYTES, SPIKES
from tests.builders import OPENING

TASKS = Path(__file__).with_name("tasks.py")
LAUNCH = Launch(
    task="",
    paths=(),
    python=sys.executable,
    environment={**os.environ, "PYTHONHASHSEED": "0"},
    cwd=str(TASKS.parent),
    sampling_seconds=0.01,
    timeout_seconds=120,
    kill_task_bytes=None,
    reserve_bytes=256 * MB,
)


def outcome_of(task: str, launch: Launch = LAUNCH) -> Outcome:
    """Run a task of `tasks.py` once."""
    with LocalWorker(replace(launch, task=f"{TASKS}:{task}"), Progress()) as worker:
        worker.load()
        return worker.run(OPENING)


def run_of(task: str, launch: Launch = LAUNCH) -> Run:
    """Run a task of `tasks.py` once and return its summary."""
    return summarize(
        outcome_of(task, launch), idle_baseline_bytes=200 * MB, source_rows=None
    )


def accuracy(runs_each: int = 25) -> None:
    """Compare the task memory of known 2 ms spikes with their size."""
    heading(f"Peak of a {SPIKE_BYTES // MB} MB spike held for 2 ms, 4 kinds")
    _accuracy("runner small", runs_each)
    held = b"\x01" * (500 * MB)
    _accuracy("runner holding 500 MB", runs_each)
    del held


def _accuracy(what: str, runs_each: int) -> None:
    errors: list[float] = []
    sampled: list[float] = []
    for _ in range(runs_each):
        for spike in SPIKES:
            memory = run_of(spike).memory
            assert memory.task_bytes is not None
            assert memory.sampled_peak_bytes is not None
            assert memory.baseline_bytes is not None
            errors.append((memory.task_bytes - SPIKE_BYTES) / MB)
            sampled.append((memory.sampled_peak_bytes - memory.baseline_bytes) / MB)
    close = sum(abs(error) <= 0.5 for error in errors)
    passes = sum(error + SPIKE_BYTES / MB <= 200 for error in errors)
    count = len(errors)
    figure(
        f"{what}: within 0.5 MB",
        f"{close} of {count}",
        f"{count} of {count}",
        close == count,
    )
    figure(
        f"{what}: error, least to most",
        f"{min(errors):+.2f} to {max(errors):+.2f} MB",
        "",
        None,
    )
    figure(f"{what}: false passes of 200 MB", f"{passes}", "0", passes == 0)
    figure(
        f"{what}: samples alone would have said",
        f"{min(sampled):.0f} to {max(sampled):.0f} MB",
        "",
        None,
    )


def steadiness() -> None:
    """Spread of the baseline over 20 starts, of task memory over 12 runs."""
    heading("Steadiness")
    baselines = [outcome_of("empty").baseline_bytes / MB for _ in range(20)]
    spread = max(baselines) - min(baselines)
    figure(
        "baseline over 20 starts, spread", f"{spread:.2f} MB", "0.3 MB", spread <= 0.3
    )
    tasks = [(run_of("hold_dicts").memory.task_bytes or 0) / MB for _ in range(12)]
    deviation = statistics.stdev(tasks)
    figure(
        f"task memory over 12 runs ({statistics.mean(tasks):.0f} MB), sd",
        f"{deviation:.3f} MB",
        "0.1 MB",
        deviation < 0.1,
    )


def slowdown(pairs: int = 7) -> None:
    """Print the slowdown of a task under limerun, compared with a bare interpreter."""
    heading("Slowdown of the task by being measured")
    for task in ("compute", "allocate"):
        ratios = []
        for _ in range(pairs):
            bare = _bare_seconds(task)
            ratios.append((run_of(task).duration_seconds or 0) / bare)
        ratio = statistics.median(ratios)
        figure(
            f"{task}: median of {pairs} pairs",
            f"{(ratio - 1) * 100:+.1f} % ({min(ratios):.3f} to {max(ratios):.3f})",
            "at most 1 %",
            ratio <= 1.01,
        )
    outcome = outcome_of("sleep_five_seconds")
    share = outcome.watcher_cpu_seconds / 5
    figure(
        "watcher, its start and end included, of a core in 5 s",
        f"{share * 100:.2f} %",
        "",
        None,
    )
    longer = outcome_of("sleep_five_seconds", replace(LAUNCH, sampling_seconds=1))
    sampler = (outcome.watcher_cpu_seconds - longer.watcher_cpu_seconds) / 5
    figure(
        "sampling alone, of a core",
        f"{sampler * 100:.2f} %",
        "under 1 %",
        sampler < 0.01,
    )


def _bare_seconds(task: str) -> float:
    code = (
        f"import sys, time; sys.path.insert(0, {str(TASKS.parent)!r}); import tasks\n"
        f"began = time.perf_counter(); tasks.{task}()\n"
        "print(time.perf_counter() - began)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    return float(shown.stdout)


def overshoot(runs: int = 12) -> None:
    """How far a task that grows by 1 GB/s exceeds the memory limit."""
    heading("Overshoot of the cloud kill at 1 GB/s")
    limit = 200 * MB
    beyond = []
    for _ in range(runs):
        run = run_of(
            "grow_one_gigabyte_a_second", replace(LAUNCH, kill_task_bytes=limit)
        )
        beyond.append(((run.memory.task_bytes or 0) - limit) / MB)
    figure(
        f"{runs} runs: median, most",
        f"{statistics.median(beyond):.1f}, {max(beyond):.1f} MB",
        "at most 15 MB",
        max(beyond) <= 15,
    )
