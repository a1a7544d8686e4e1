"""Determine how accurately this machine can measure, by measuring a known peak."""

import importlib.util
import os
import sys
from pathlib import Path

import psutil

from limerun.engine.launch import Launch
from limerun.engine.local import LocalWorker
from limerun.measure.contention import run_times
from limerun.measure.series import worst_gap
from limerun.progress import Progress
from limerun.records import Examination, Method, Opening, Outcome

SPIKE_BYTES = 100_000_000
TOLERANCE_BYTES = 1_000_000
"""The interpreter's own memory varies by some hundred kB during the peak."""

_EXTRAS = {
    "pyinstrument": "for profile: where the time goes",
    "memray": "for profile: what is in memory at the peak (else tracemalloc is used)",
    "celery": "for tasks that are Celery task objects",
}


def examine(sampling_seconds: float = 0.01) -> Examination:
    """Run a task with a known peak, and compare the result of each method with it.

    Raises:
        LimerunError: No worker can be started.
    """
    reset = _spike(sampling_seconds, reset=True)
    no_reset = _spike(sampling_seconds, reset=False)
    methods = (
        _kernel_mark("VmHWM, reset at the baseline", reset, needs_reset=True),
        _kernel_mark("VmHWM since the start", no_reset, needs_reset=False),
        _account(reset),
        _method(
            "sampled",
            max(reset.sample_bytes) - reset.baseline_bytes,
            f"psutil, every {sampling_seconds * 1000:g} ms; used for the curve",
        ),
    )
    return Examination(
        spike_bytes=SPIKE_BYTES,
        methods=methods,
        used=next((method for method in methods if method.works), None),
        baseline_bytes=reset.baseline_bytes,
        worst_gap_seconds=worst_gap(reset.sample_at),
        processes=_processes(reset),
        duration_seconds=reset.duration_seconds or 0.0,
        contention_seconds=run_times(reset, reset.duration_seconds or 0.0).contention,
        missing=tuple(
            f"{name} ({use})"
            for name, use in _EXTRAS.items()
            if importlib.util.find_spec(name) is None
        ),
    )


def _spike(sampling_seconds: float, *, reset: bool) -> Outcome:
    task = Path(__file__).with_name("spike.py")
    launch = Launch(
        task=f"{task}:spike",
        paths=(),
        python=sys.executable,
        environment=os.environ,
        cwd=str(Path.cwd()),
        sampling_seconds=sampling_seconds,
        timeout_seconds=60,
        kill_task_bytes=None,
        reserve_bytes=psutil.virtual_memory().total // 50,
        reset=reset,
    )
    with LocalWorker(launch, Progress()) as worker:
        worker.load()
        return worker.run(
            Opening(
                parameters={"size_bytes": SPIKE_BYTES},
                database=None,
                limetypes={},
                latency_seconds=0,
                source_files=(),
                rows_total=None,
            )
        )


def _processes(outcome: Outcome) -> str:
    if not outcome.high_water_bytes:
        return "sampled only; a process that ends between two samples is missed"
    return (
        "a range from their high-water marks; page faults give the upper bound of a "
        "process that ended before its mark was read"
    )


def _kernel_mark(name: str, outcome: Outcome, *, needs_reset: bool) -> Method:
    if not outcome.high_water_bytes:
        return _method(name, None, "no VmHWM in /proc")
    if needs_reset and outcome.reset_error is not None:
        return _method(name, None, outcome.reset_error)
    remark = (
        "misses nothing"
        if needs_reset
        else "misses a peak that is lower than the peak before the task"
    )
    return _method(name, outcome.high_water_bytes - outcome.baseline_bytes, remark)


def _account(outcome: Outcome) -> Method:
    name = "wait4 (ru_maxrss)"
    if outcome.maxrss_bytes <= outcome.launcher_bytes:
        return _method(name, None, "inherited from the process that started it")
    task_bytes = outcome.maxrss_bytes - outcome.baseline_bytes
    return _method(name, task_bytes, "only for workers that end by themselves")


def _method(name: str, measured_bytes: int | None, remark: str) -> Method:
    return Method(
        name=name,
        works=measured_bytes is not None,
        exact=(
            measured_bytes is not None
            and abs(measured_bytes - SPIKE_BYTES) <= TOLERANCE_BYTES
        ),
        measured_bytes=measured_bytes,
        remark=remark,
    )
