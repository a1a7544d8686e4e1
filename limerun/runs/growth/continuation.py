"""Continue from the runs of a saved estimate, after checking that they match."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from limerun.dataset.output.dataset_sizes import Sizes
from limerun.dataset.output.make import fingerprint
from limerun.engine.launch import this_machine
from limerun.errors import ConfigError
from limerun.judge.continuation import continuation_problems, database_differences
from limerun.records import Growth, Loaded, Performance, Plan, Record


class Continuation:
    """The runs of a saved record, to which new runs are added."""

    def __init__(self, record: Record, path: str, limerun_version: str) -> None:
        """Store a record, the path that it was read from, and limerun's version."""
        self._record, self._path = record, path
        self._limerun_version = limerun_version

    def growth(self, plan: Plan, sizes: Sizes, to_rows: int, most: int) -> Growth:
        """Return the saved runs.

        Args:
            plan: The plan.
            sizes: The dataset of the new runs.
            to_rows: The size to predict for.
            most: The largest size that can be run.

        Raises:
            ConfigError: Task, dataset, size, machine or limerun version differ.
        """
        record = self._record
        problems = continuation_problems(
            record,
            values=plan.decided,
            grow=sizes.grow,
            to_rows=to_rows,
            machine=this_machine(record.machine.python),
            limerun_version=self._limerun_version,
        )
        self._refuse_for(problems)
        if sizes.keeps_database and sizes.design.plan is not None:
            rows = sizes.design.plan.rows
            self._refuse_for(database_differences(record, rows))
        growth = record.growth
        assert growth is not None  # checked by continuation_problems
        top = max(run.rows for run in growth.runs)
        made = record.dataset.fingerprint if record.dataset else None
        if fingerprint(*sizes.at(top, most)) != made:
            self._refuse("dataset: the same config now generates different rows")
        return growth

    def check_task(self, loaded: Loaded) -> None:
        """Check that the task and its Python are those of the saved runs.

        Raises:
            ConfigError: They differ.
        """
        record = self._record
        assert record.growth is not None  # `growth` was called before
        if loaded.python != record.machine.python:
            self._refuse(f"Python: {record.machine.python} and {loaded.python}")
        if task_digest(loaded) != record.growth.task_digest:
            self._refuse(f"task: {loaded.file} has changed")

    def performance(self) -> Performance:
        """Return the saved run of the largest size, with its task and dataset."""
        record = self._record
        return Performance(
            task=record.task,
            python=record.machine.python,
            dataset=record.dataset,
            runs=record.runs,
        )

    def _refuse_for(self, problems: Iterable[str]) -> None:
        """Raise an error that lists the problems, if there are any."""
        if why := "; ".join(problems):
            self._refuse(why)

    def _refuse(self, why: str) -> None:
        raise ConfigError(
            f"--continue: {self._path} does not match: {why}; without --continue, a "
            "new estimate begins"
        )


def task_digest(loaded: Loaded) -> str | None:
    """Return the digest of the file that defines the task; None if it is unknown."""
    try:
        content = Path(loaded.file or "").read_bytes()
    except OSError:
        return None
    return hashlib.blake2b(content, digest_size=16).hexdigest()
