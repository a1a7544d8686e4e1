"""Compare this machine's speed with its usual speed, if that may decide a check.

A busy machine also computes more slowly: programs share its caches, and its clock
frequency falls. The time in which a task waits for a processor does not show that.
"""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from limerun.engine.probes import calibrate
from limerun.errors import EngineError
from limerun.measure.contention import at_usual_speed, is_busy
from limerun.records import MachineSpeed, Performance, Run

_FILE = "machine-speed.json"
_FURTHER = 2.0
"""The usual speed may matter for durations up to this multiple of the budget: if the
loop takes 2.7 times as long as usual, a duration is halved (see `SPEED_SHARE`)."""


def with_usual_speed(
    performance: Performance, budget_seconds: float | None, cache: Path
) -> Performance:
    """Return the runs, with wider ranges if this machine is slower than usual.

    The fixed loop runs only if it matters: after runs on a busy machine that are over
    their budget, or on a quiet machine whose usual speed is not yet known. The shortest
    time measured so far is this machine's usual speed.

    Args:
        performance: All runs.
        budget_seconds: The budget of the duration, in seconds; None: there is none.
        cache: The folder in which the usual speed is kept.
    """
    if budget_seconds is None:
        return performance
    usual = _read(cache / _FILE)
    over = _is_over(performance.runs, budget_seconds)
    if over if usual is not None else not any(map(is_busy, performance.runs)):
        speed = _speed_now(usual, cache / _FILE)
        if over and speed is not None:
            runs = tuple(at_usual_speed(run, speed) for run in performance.runs)
            return replace(performance, runs=runs)
    return performance


def _is_over(runs: Sequence[Run], budget: float) -> bool:
    """Return whether a busy machine may be the reason that runs are over the budget."""
    judged = [run.judged_seconds for run in runs if is_busy(run)]
    return any(
        each is not None and budget < each < _FURTHER * budget for each in judged
    )


def _speed_now(usual: float | None, path: Path) -> MachineSpeed | None:
    """Return the machine's speed; None if unknown, or not slower than usual."""
    try:
        now = calibrate()
    except EngineError:  # the range stays as measured
        return None
    if usual is None or now <= usual:
        _write(path, now)
        return None
    return MachineSpeed(now_seconds=now, usual_seconds=usual)


def _machine() -> str:
    return (
        f"{platform.node()}, {os.cpu_count()} processors, {platform.python_version()}"
    )


def _read(path: Path) -> float | None:
    """Return the usual CPU seconds of the loop on this machine; None if unknown."""
    try:
        known = json.loads(path.read_text("utf-8"))
        if known["machine"] != _machine():
            return None
        seconds = float(known["seconds"])
    except (OSError, ValueError, LookupError, TypeError):
        return None  # missing, or not written by this version
    return seconds if seconds > 0 else None


def _write(path: Path, seconds: float) -> None:
    partial = path.with_suffix(f".{os.getpid()}")
    try:
        partial.write_text(
            json.dumps({"machine": _machine(), "seconds": seconds}), "utf-8"
        )
        partial.replace(path)
    except OSError:  # a cache that cannot be written is like an empty one
        partial.unlink(missing_ok=True)
