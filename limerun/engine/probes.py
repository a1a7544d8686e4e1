"""Short checks in a new interpreter: this machine's speed, and database drivers."""

import subprocess
import sys
from collections.abc import Mapping, Sequence

from limerun.engine.launch import Launch
from limerun.errors import EngineError, TaskError

_LOOP = """
import statistics, time
def loop():
    total, totals = 0, {}
    for i in range(120_000):
        total += i & 7
        totals[i & 1023] = total
    return total
seconds = []
for _ in range(5):
    began = time.process_time()
    loop()
    seconds.append(time.process_time() - began)
print(statistics.median(seconds))
"""
_CREATE_ENGINE = (
    "import sys; from sqlalchemy import create_engine; create_engine(sys.argv[1])"
)
_SECONDS = 60


def calibrate() -> float:
    """Return the CPU seconds of a fixed Python loop: the median of five.

    Raises:
        EngineError: The loop could not be run.
    """
    done = _run([sys.executable, "-I", "-S", "-c", _LOOP])
    try:
        return float(done.stdout)
    except ValueError as error:
        raise EngineError(
            f"the calibration loop ended with exit code {done.returncode}: {done.stderr[-300:]}"
        ) from error


def check_driver(launch: Launch, scheme: str) -> None:
    """Check that the worker's interpreter has a working driver for a database.

    Args:
        launch: How the worker is started.
        scheme: The scheme of SQLAlchemy's URL, such as postgresql+psycopg.

    Raises:
        TaskError: SQLAlchemy or the driver is missing, or they are incompatible.
    """
    done = _run(
        [launch.python, "-c", _CREATE_ENGINE, f"{scheme}://"],
        env=dict(launch.environment),
        cwd=launch.cwd,
    )
    if done.returncode == 0:
        return
    why = (done.stderr.strip().splitlines() or ["it ended without a message"])[-1]
    hint = "install the driver for this interpreter"
    if "NoSuchModuleError" in why:
        hint = (
            "SQLAlchemy 1.4 does not support psycopg 3: write postgresql+psycopg2://, "
            "and install psycopg2 for this interpreter"
        )
    raise TaskError(f"database.url: {launch.python} cannot use {scheme}: {why}; {hint}")


def _run(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: str | None = None,
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        env=env,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
