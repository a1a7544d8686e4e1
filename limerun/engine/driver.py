"""Whether the worker's interpreter has what a database needs, asked beforehand."""

import subprocess

from limerun.engine.launch import Launch
from limerun.errors import TaskError

_ASK = "import sys; from sqlalchemy import create_engine; create_engine(sys.argv[1])"
_SECONDS = 60


def check_driver(launch: Launch, scheme: str) -> None:
    """Refuse a database that the worker could not connect to.

    Args:
        launch: How the worker is started.
        scheme: The database's, as SQLAlchemy writes it: postgresql+psycopg.

    Raises:
        TaskError: SQLAlchemy or the driver is missing, or they do not fit.
    """
    done = subprocess.run(
        [launch.python, "-c", _ASK, f"{scheme}://"],
        env=dict(launch.environment),
        cwd=launch.cwd,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode == 0:
        return
    why = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
    hint = "install it there"
    if "NoSuchModuleError" in why:
        hint = (
            "SQLAlchemy 1.4 has no way to psycopg 3: write postgresql+psycopg2://, "
            "and install psycopg2 there"
        )
    raise TaskError(
        f"database.url: {launch.python} cannot work with {scheme}: {why}; {hint}"
    )
