"""Run a task on a small dataset, and keep everything that it did."""

import json
from collections import Counter
from dataclasses import dataclass, replace

from limerun.effects.changes import DatabaseChange
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
    """What it changed; None if that is nothing, or there is no database."""
    log: LogLines

    @property
    def result(self) -> str:
        """What it returned, as text."""
        return json.dumps(self.run.result, sort_keys=True, default=str)


class ObservingRunner(TaskRunner):
    """Runs versions of a task, and keeps their effect and their log."""

    def observe(self, task: str, timeout_seconds: float | None = None) -> Observation:
        """Run a version of the task once on the plan's data."""
        self._plan = replace(self._plan, task=task)
        done = self.run_once(compare=True, timeout_seconds=timeout_seconds)
        log: LogLines = Counter()
        for number, line in enumerate(LogFile(self._log_folder).lines()):
            if number < _MOST_LINES:
                site = line.site
                log[site.level_name, site.logger, line.message] += 1
        return Observation(run=done.run, change=done.change, log=log)


def quiet(context: RunContext) -> RunContext:
    """Return a context without the events of its many runs."""
    return replace(context, progress=Progress(), keep=None, stop_early=False)
