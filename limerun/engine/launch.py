"""What it takes to start one worker: interpreter, environment, limits."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from limerun.records import InstrumentOrder, Plan

_PACKAGE = Path(__file__).resolve().parents[1]
_HERE = "127.0.0.1"
_RESERVE_SHARE = 0.03
_RESERVE_BYTES = 256_000_000
_GRACE_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """One worker to start. Sizes are bytes of resident memory."""

    task: str
    paths: tuple[str, ...]
    python: str
    environment: Mapping[str, str]
    cwd: str
    sampling_seconds: float
    timeout_seconds: float | None
    kill_task_bytes: int | None
    """Above the baseline; None: the task may take what this machine has."""
    reserve_bytes: int
    """What this machine must keep."""
    instrument: InstrumentOrder | None = None
    record_lines: bool = True
    reset: bool = True

    def worker_argv(self) -> list[str]:
        """Return the command, but for the pipes and the counters' file."""
        return [self.python, str(_PACKAGE / "worker" / "boot.py")]

    def watcher_argv(self) -> list[str]:
        """Return the command of the process that starts and watches the worker.

        Isolated and without site-packages, so that it stays small.
        """
        boot = str(_PACKAGE / "watcher" / "boot.py")
        libraries = [] if sys.platform == "linux" else sys.path[1:]
        return [sys.executable, "-I", "-S", boot, *libraries]


def launch_of(
    plan: Plan,
    *,
    instrument: InstrumentOrder | None = None,
    record_lines: bool = True,
    total_memory_bytes: int,
) -> Launch:
    """Return how to start a worker for this plan.

    The cloud's limit is on the handler's total, so the task may take what the
    idle handler leaves of it. Under an instrument the worker ends its run by itself,
    so that it can tell what it saw; the watcher waits a little longer.
    """
    limit = None
    if plan.environment == "cloud":
        limit = plan.cloud_limit_bytes - plan.budget.idle_baseline_bytes
    timeout = plan.timeout_seconds
    if instrument is not None:
        limit, timeout = None, instrument.stop_after_seconds
        timeout = None if timeout is None else timeout + _GRACE_SECONDS
    return Launch(
        task=plan.task,
        paths=(str(Path.cwd()), str(plan.config_path.parent)),
        python=plan.python,
        environment=_environment(
            plan.environment_variables,
            served=any(source.http for source in plan.sources.values()),
        ),
        cwd=str(Path.cwd()),
        sampling_seconds=plan.sampling_seconds,
        timeout_seconds=timeout,
        kill_task_bytes=limit,
        reserve_bytes=int(max(_RESERVE_BYTES, _RESERVE_SHARE * total_memory_bytes)),
        instrument=instrument,
        record_lines=record_lines,
    )


def _environment(more: Mapping[str, str], *, served: bool) -> dict[str, str]:
    """Return the worker's environment: ours, without what is meant for us.

    Hash seeds are fixed because they move the size of dicts and sets by 0.5 MB
    in 100 from run to run; coverage's variables would load it into the worker.
    No proxy comes between the worker and a source that is served to it.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LIMERUN_", "COVERAGE_", "COV_CORE_"))
    }
    environment = {**kept, "PYTHONHASHSEED": "0", **more}
    if not served:
        return environment
    said = [environment.get(name) for name in ("no_proxy", "NO_PROXY")]
    # Programs differ in which of the two they read, and in which one wins.
    both = ",".join([*dict.fromkeys(filter(None, said)), _HERE])
    return {**environment, "no_proxy": both, "NO_PROXY": both}
