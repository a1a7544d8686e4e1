"""Decide how to start a worker: its interpreter, environment and limits."""

import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

from limerun.frozen import frozen
from limerun.records import InstrumentOrder, Machine, Plan
from limerun.worker import protocol

_PACKAGE = Path(__file__).resolve().parents[1]
_LOOPBACK = "127.0.0.1"
_HASH_SEED = "PYTHONHASHSEED"
_RESERVE_SHARE = 0.03
_RESERVE_BYTES = 256_000_000
_GRACE_SECONDS = 10.0
START_SECONDS = 120.0
_MIN_START_SECONDS = 30.0
_REPORT_SECONDS = 60.0
_RENDER_SECONDS = 1800.0


@frozen
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
    """Memory above the baseline at which to kill the worker; None: only this machine's
    memory limits it."""
    reserve_bytes: int
    """Memory that must stay free on this machine."""
    instrument: InstrumentOrder | None = None
    reset: bool = True
    background_wait_seconds: float = 10.0
    """Time to wait for threads and processes that still run after the task."""
    start_seconds: float = START_SECONDS
    """Time limit for importing the task, and for opening its application."""
    log_folder: str | None = None
    """Where the worker writes what the task logs; None: do not capture it."""

    def worker_argv(self) -> list[str]:
        """Return the worker's command; the watcher adds the pipes and the counters."""
        boot = str(_PACKAGE / "worker" / "boot.py")
        return [self.python, boot, self.environment.get(_HASH_SEED, "")]

    def start_environment(self) -> dict[str, str]:
        """Return the environment variables that the interpreter gets at its start.

        The hash seed is fixed, because otherwise the size of dicts and sets varies by
        0.5 MB in 100 between runs. The worker then restores the variable.
        """
        seed = self.environment.get(_HASH_SEED, "")
        return {**self.environment, _HASH_SEED: seed if seed.isdecimal() else "0"}

    @property
    def tell_seconds(self) -> float:
        """Return how long the worker may take to report after the task has ended."""
        return _REPORT_SECONDS if self.instrument is None else _RENDER_SECONDS

    def instrument_request(self) -> dict[str, object] | None:
        """Return the request for the worker's instrument; None if there is none."""
        if self.instrument is None:
            return None
        return {**asdict(self.instrument), "folder": str(self.instrument.folder)}

    def watcher_request(
        self, counters: Path, stdout_fd: int, stderr_fd: int
    ) -> dict[str, object]:
        """Return the message that makes the watcher start a worker, with its limits."""
        return {
            "event": protocol.START,
            "argv": self.worker_argv(),
            "env": self.start_environment(),
            "cwd": self.cwd,
            "counters": str(counters),
            "stdout_fd": stdout_fd,
            "stderr_fd": stderr_fd,
            "sampling_seconds": self.sampling_seconds,
            "timeout_seconds": self.timeout_seconds,
            "start_seconds": self.start_seconds,
            "grace_seconds": self.background_wait_seconds,
            "tell_seconds": self.tell_seconds,
            "kill_task_bytes": self.kill_task_bytes,
            "reserve_bytes": self.reserve_bytes,
            "reset": self.reset,
        }

    def watcher_argv(self) -> list[str]:
        """Return the command of the process that starts and watches the worker.

        It runs isolated and without site-packages, so that it stays small; besides the
        standard library, it needs only psutil's folder.
        """
        boot = str(_PACKAGE / "watcher" / "__main__.py")
        psutil = find_spec("psutil")
        assert psutil is not None
        assert psutil.origin is not None
        folder = str(Path(psutil.origin).parents[1])
        return [sys.executable, "-I", "-S", boot, folder]


def _total_memory_bytes() -> int:
    """Return this machine's total memory."""
    if "SC_PHYS_PAGES" in getattr(os, "sysconf_names", ()):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    import psutil  # imported here: it takes 20 ms

    return int(psutil.virtual_memory().total)


def this_machine(python: str | None) -> Machine:
    """Return this machine, and the version of the worker's Python if it is known."""
    return Machine(
        os=platform.platform(),
        python=python,
        cpus=os.cpu_count() or 1,
        memory_bytes=_total_memory_bytes(),
    )


def launch_of(plan: Plan, *, instrument: InstrumentOrder | None = None) -> Launch:
    """Return how to start a worker for this plan.

    The cloud limits the handler's total memory, so the task may use the limit minus the
    idle baseline. With an instrument, the worker itself ends the run at its limits, so
    that it can report; the watcher's timeout is a little longer.
    """
    limit = None
    start = START_SECONDS
    if plan.timeout_seconds is not None:
        # A normal start must succeed even on a slow machine.
        start = max(_MIN_START_SECONDS, plan.timeout_seconds)
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
        environment=worker_environment(
            plan.environment_variables,
            served=any(source.http for source in plan.sources.values()),
        ),
        cwd=str(Path.cwd()),
        sampling_seconds=plan.sampling_seconds,
        timeout_seconds=timeout,
        kill_task_bytes=limit,
        reserve_bytes=int(max(_RESERVE_BYTES, _RESERVE_SHARE * _total_memory_bytes())),
        instrument=instrument,
        background_wait_seconds=plan.background_wait_seconds,
        start_seconds=start,
    )


def worker_environment(more: Mapping[str, str], *, served: bool) -> dict[str, str]:
    """Return the worker's environment: limerun's, without variables meant for limerun.

    Variables of coverage would load it into the worker. The worker uses no proxy for
    sources that limerun serves.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LIMERUN_", "COVERAGE_", "COV_CORE_"))
    }
    environment = {**kept, **more}
    if not served:
        return environment
    present = [environment.get(name) for name in ("no_proxy", "NO_PROXY")]
    # Some programs read the lower-case name, others the upper-case one.
    both = ",".join([*dict.fromkeys(filter(None, present)), _LOOPBACK])
    return {**environment, "no_proxy": both, "NO_PROXY": both}
