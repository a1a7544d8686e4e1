"""Find out how exactly this machine can measure, and prove it with a known spike."""

import importlib.util
import os
import sys
from pathlib import Path

import psutil

from limerun.engine.launch import Launch
from limerun.engine.local import LocalWorker
from limerun.measure.series import worst_gap
from limerun.progress import Progress
from limerun.records import Examination, Method, Opening, Outcome

SPIKE_BYTES = 100_000_000
TOLERANCE_BYTES = 1_000_000
"""Around the spike the interpreter itself moves by some hundred kB."""

_EXTRAS = {
    "pyinstrument": "profile: where the time goes",
    "memray": "profile: what was alive at the peak (else tracemalloc)",
    "celery": "tasks that are Celery task objects",
}


def examine(sampling_seconds: float = 0.01) -> Examination:
    """Run the known spike in workers and compare.

    Raises:
        LimerunError: A worker cannot be started at all.
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
            f"psutil, every {sampling_seconds * 1000:g} ms; draws the curve",
        ),
    )
    return Examination(
        spike_bytes=SPIKE_BYTES,
        methods=methods,
        used=next((method for method in methods if method.works), None),
        baseline_bytes=reset.baseline_bytes,
        worst_gap_seconds=worst_gap(reset.sample_at),
        processes=_processes(reset),
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
        return "sampled only; one that ends between two samples is not seen"
    return "a range of their high-water marks; page faults bound what nobody read"


def _kernel_mark(name: str, outcome: Outcome, *, needs_reset: bool) -> Method:
    if not outcome.high_water_bytes:
        return _method(name, None, "no VmHWM in /proc")
    if needs_reset and outcome.reset_error is not None:
        return _method(name, None, outcome.reset_error)
    remark = "misses nothing" if needs_reset else "blind below the start's own peak"
    return _method(name, outcome.high_water_bytes - outcome.baseline_bytes, remark)


def _account(outcome: Outcome) -> Method:
    name = "wait4 (ru_maxrss)"
    if outcome.maxrss_bytes <= outcome.launcher_bytes:
        return _method(name, None, "inherited from the launcher")
    task_bytes = outcome.maxrss_bytes - outcome.baseline_bytes
    return _method(name, task_bytes, "for workers that end by themselves")


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
