"""Run a task with a fault, and keep its database, its log and the fault's place."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from pathlib import Path

from limerun.engine.log_file import LogFile
from limerun.engine.serving import ServerFault
from limerun.errors import DatasetError
from limerun.records import (
    CapturedLine,
    Dataset,
    Location,
    Opening,
    Outcome,
    Run,
    WorkerFault,
)
from limerun.runs.sources import Inputs, opened_inputs
from limerun.runs.task_runner import TaskRun, TaskRunner

_WARNING = 30
_MOST_LINES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """What disturbs one run, apart from its data; at most one of both."""

    worker: WorkerFault | None = None
    server: ServerFault | None = None


NOTHING = Disturbance()


@dataclass(frozen=True, slots=True, kw_only=True)
class DisturbedRun:
    """One run, and what it left."""

    done: TaskRun
    database: Path
    """Its database, which belongs to the caller."""
    warnings: tuple[CapturedLine, ...]
    """What it logged at level WARNING or above."""
    happened: bool
    """Whether the fault happened."""
    places: tuple[Location, ...]
    """Lines of the user's code that were running at the fault, innermost first."""

    @property
    def run(self) -> Run:
        """The run's figures."""
        return self.done.run

    @property
    def outcome(self) -> Outcome:
        """What the engine observed."""
        return self.done.outcome


class DisturbedRunner(TaskRunner):
    """Runs a task on given data and with a fault."""

    _disturbance = NOTHING
    _kept: Path | None = None
    _number = 0

    def run_on(
        self,
        dataset: Dataset | None,
        disturbance: Disturbance = NOTHING,
        timeout_seconds: float | None = None,
    ) -> DisturbedRun:
        """Run the task once.

        Args:
            dataset: Its data; the database in it is copied. None: the plan's dataset.
            disturbance: The fault.
            timeout_seconds: Time after which to end the run; None: the plan's timeout.

        Raises:
            LimerunError: The task cannot be run, or its database cannot be read.
        """
        self._disturbance = disturbance
        self._number += 1
        self._kept = self.folder / f"after-{self._number}.sqlite"
        self.report.unlink(missing_ok=True)
        done = self.run_once(
            compare=True,
            examples=True,  # so that a server's database is copied
            timeout_seconds=timeout_seconds,
            make_dataset=None if dataset is None else lambda: dataset,
        )
        if not self._kept.exists() and self._plan.dataset is not None:
            raise DatasetError(
                "the database could not be read after a run, so nothing can be compared"
            )
        places = self._places()
        requests = sum(each.requests for each in done.run.fetched)
        server = disturbance.server
        return DisturbedRun(
            done=done,
            database=self._kept,
            warnings=tuple(self._warnings()),
            happened=places is not None
            or (server is not None and requests >= server.number),
            places=places or (),
        )

    @property
    def folder(self) -> Path:
        """The folder for files that are removed at the end."""
        return self._copy.parent

    @property
    def report(self) -> Path:
        """The file in which the worker says where the fault happened."""
        return self.folder / "fault.json"

    def _opened_inputs(self, dataset: Dataset | None) -> AbstractContextManager[Inputs]:
        return opened_inputs(self._plan, dataset, self._disturbance.server)

    def _opening(
        self, dataset: Dataset | None, database: str | None, inputs: Inputs
    ) -> Opening:
        opening = super()._opening(dataset, database, inputs)
        return replace(opening, fault=self._disturbance.worker)

    def _keep_or_remove_copy(self) -> None:
        if self._copy.exists() and self._kept is not None:
            _recover(self._copy)
            self._copy.rename(self._kept)

    def _warnings(self) -> Iterator[CapturedLine]:
        found = 0
        for line in LogFile(self._log_folder).lines():
            if line.site.level >= _WARNING and found < _MOST_LINES:
                found += 1
                yield line

    def _places(self) -> tuple[Location, ...] | None:
        try:
            places = json.loads(self.report.read_bytes())
        except FileNotFoundError:
            return None
        return tuple(
            Location(file=file, line=line, function=function)
            for file, line, function in places
        )


def _recover(database: Path) -> None:
    """Roll back the transaction that a killed worker left, and remove its journal.

    SQLite would apply it to the next database with this name.
    """
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    database.with_name(f"{database.name}-journal").unlink(missing_ok=True)
