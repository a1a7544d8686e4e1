"""Run a task on a small dataset, and keep everything that it did."""

import json
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from limerun.effects.changes import DatabaseChange
from limerun.effects.snapshot import DataModel, Snapshot, read_snapshot
from limerun.engine.log_file import LogFile
from limerun.progress import Progress
from limerun.records import Run
from limerun.runs.preparation import RunContext
from limerun.runs.task_runner import TaskRunner

_MOST_LINES = 20_000

LogLines = Counter[tuple[str, str, str]]
"""How often each line was logged: level, logger and message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One run of a task, and what it did."""

    run: Run
    change: DatabaseChange | None
    """What it changed; None if there is no database."""
    log: LogLines

    @property
    def result(self) -> str:
        """What it returned, as text."""
        return json.dumps(self.run.result, sort_keys=True, default=str)


class ObservingRunner(TaskRunner):
    """Runs a task, and reads its database and its log afterwards."""

    _kept: Path | None = None
    _before: Snapshot | None = None

    def observe(self, task: str, timeout_seconds: float | None = None) -> Observation:
        """Run a version of the task once on the plan's data."""
        self._plan = replace(self._plan, task=task)
        self._kept = self._copy.with_name("after.sqlite")
        self._kept.unlink(missing_ok=True)
        done = self.run_once(compare=True, timeout_seconds=timeout_seconds)
        log: LogLines = Counter()
        for number, line in enumerate(LogFile(self._log_folder).lines()):
            if number < _MOST_LINES:
                site = line.site
                log[site.level_name, site.logger, line.message] += 1
        change = None
        if done.dataset is not None and done.dataset.database is not None:
            change = self._change(done.dataset.database)
        return Observation(run=done.run, change=change, log=log)

    def _change(self, database: Path) -> DatabaseChange | None:
        if self._kept is None or not self._kept.exists():
            return None
        model = DataModel.of(self._context.design.schema)
        if self._before is None:
            self._before = read_snapshot(database, model)
        return DatabaseChange(self._before, read_snapshot(self._kept, model))

    def _keep_or_remove_copy(self) -> None:
        if self._copy.exists() and self._kept is not None:
            self._copy.replace(self._kept)


def quiet(context: RunContext) -> RunContext:
    """Return a context without the events of its many runs."""
    return replace(context, progress=Progress(), keep=None, stop_early=False)
