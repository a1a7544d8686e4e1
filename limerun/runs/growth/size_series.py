"""Run a task at one size after another while time is left, and store the results."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from limerun.dataset.output.dataset_sizes import SizedDatasets
from limerun.engine.probes import calibrate
from limerun.errors import DatasetError
from limerun.measure.growth.size_schedule import (
    MOST_PASSES,
    PASSES,
    foreseen_seconds,
    next_size,
    steps_of,
    worth_repeating,
)
from limerun.records import GrowthRun, Loaded, Performance, Plan, Run
from limerun.runs.growth.continuation import Continuation, task_digest
from limerun.runs.preparation import RunContext
from limerun.runs.task_runner import TaskRun, TaskRunner, performance_of
from limerun.units import format_count, format_duration, format_size

_TIMEOUT_FACTOR = 3.0
"""A run that takes this many times longer than predicted is ended."""
_MIN_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthQuestion:
    """The size that `limerun estimate` predicts for, and the time it may take."""

    to_rows: int
    """The size to predict for."""
    within_seconds: float
    """Time limit for all runs."""
    grow: str | None
    """The part of the data that grows; None: the task's input."""
    passes: int | None
    """Runs of each of the largest sizes; None: as many as the time allows."""
    database_rows: Mapping[str, int]
    """Rows of the database in the runs, by limetype; default: production's rows."""
    continuation: Continuation | None = None
    """The saved runs to continue from; None: start a new estimate."""


class SizeSeries:
    """Runs the task at one size after another, and stores the results."""

    def __init__(
        self,
        runner: TaskRunner,
        sampler: SizedDatasets,
        context: RunContext,
        question: GrowthQuestion,
        timeout_seconds: float | None,
    ) -> None:
        """Prepare the series; saved runs to continue from may be added to `runs`."""
        self._runner, self._sampler, self._context = runner, sampler, context
        self._question, self._timeout = question, timeout_seconds
        self._began = time.monotonic()
        self._calibration = 0.0
        self._largest: tuple[int, TaskRun] | None = None
        self._not_done: TaskRun | None = None
        self.runs: list[GrowthRun] = []
        self.interrupted = False
        self.task_digest: str | None = None
        self.ended_at_rows: int | None = None

    def elapsed(self) -> float:
        """Return the seconds since the start, minus those for shared databases."""
        return time.monotonic() - self._began - self._sampler.parts_seconds

    def is_complete(self) -> bool:
        """Return whether the series was neither interrupted nor ended by a run."""
        return not self.interrupted and self._not_done is None

    def costs(self) -> Mapping[int, float]:
        """Return the seconds that a run of each size takes, in rising order."""
        return {step.rows: step.whole_seconds for step in steps_of(self.runs)}

    def shown(self, plan: Plan) -> Performance:
        """Return the run to report: the one that did not return, else the largest."""
        if self._not_done is not None:
            return performance_of(plan, [self._not_done])
        top = max(run.rows for run in self.runs)
        if self._largest is not None and self._largest[0] == top:
            return performance_of(plan, [self._largest[1]])
        assert self._question.continuation is not None  # this size was not run here
        return self._question.continuation.performance()

    def run_at_sizes(self, grid: tuple[int, ...]) -> None:
        """Run as many of the sizes as time allows, and repeat them; Ctrl-C ends it."""
        try:
            self._run_all(grid)
        except KeyboardInterrupt:
            if not self.runs:
                raise
            self.interrupted = True

    def _run_all(self, grid: tuple[int, ...]) -> None:
        self._calibration = calibrate()
        while (rows := self._next(grid)) is not None:
            if not self._run(rows):
                break
        if self._not_done is not None:
            return
        self._context.progress.note("repeating the largest sizes while time allows")
        for rows in self._repeated_sizes(grid):
            if not self._run(rows):
                return

    def _next(self, grid: tuple[int, ...]) -> int | None:
        steps = steps_of(self.runs)
        return next_size(grid, steps, self._left(), self._question.passes)

    def _repeated_sizes(self, grid: tuple[int, ...]) -> Iterator[int]:
        """Yield each of the largest sizes once per pass, the largest first."""
        steps = steps_of(self.runs)
        largest = worth_repeating(grid, steps)
        # The variation of the smallest size's runs is this machine's noise.
        costs = {steps[0].rows: steps[0].whole_seconds} | largest
        most = self._question.passes or MOST_PASSES
        for _ in range(most):
            for rows, seconds in reversed(costs.items()):
                done = sum(run.rows == rows for run in self.runs)
                if done < (most if rows in largest else min(most, PASSES)) and (
                    seconds <= self._left()
                ):
                    yield rows

    def _left(self) -> float:
        return self._question.within_seconds - self.elapsed()

    def _run(self, rows: int) -> bool:
        """Run the task at a size; return whether the series may continue."""
        began, before = time.monotonic(), self._calibration
        progress = self._context.progress
        progress.phase("running", f"{format_count(rows)} rows")
        limit = self._limit(rows)
        try:
            done = self._runner.run_once(
                timeout_seconds=limit,
                make_dataset=lambda: self._sampler.dataset(rows, progress),
            )
        except DatasetError as error:
            if len({each.rows for each in self.runs}) < 2:
                raise
            progress.note(f"no run at {format_count(rows)} rows or more: {error}")
            return False
        self._check_task(done.loaded)
        run = done.run
        cut_off = run.killed_because == "timeout" and limit != self._timeout
        if cut_off and self.runs:
            progress.note(
                f"{format_count(rows)} rows took more than {format_duration(limit)}, "
                "much longer than predicted: no run at this size or above"
            )
            return False
        if not run.is_done:
            self._not_done = done
            self.ended_at_rows = rows
            return False
        self._calibration = calibrate()
        calibration = (before + self._calibration) / 2
        # The first run also makes the shared database; that time does not count.
        shared = self._sampler.base_seconds if self._largest is None else 0.0
        self._began += shared
        whole = time.monotonic() - began - shared
        is_new = all(each.rows < rows for each in self.runs)
        self.runs.append(_growth_run(rows, run, calibration, whole))
        if self._largest is None or rows >= self._largest[0]:
            self._largest = (rows, done)
        if is_new:  # noted last: an interrupt may arrive as soon as the note is read
            self._note_size(rows, run)
        return True

    def part_run(self, rows: int, done: TaskRun, calibration: float) -> GrowthRun:
        """Return a run with a part of the database, after checking its task."""
        self._check_task(done.loaded)
        return _growth_run(rows, done.run, calibration, None)

    def _check_task(self, loaded: Loaded) -> None:
        """Check, after the first new run, that the saved runs used the same task."""
        if self.task_digest is None:
            self.task_digest = task_digest(loaded)
            if self._question.continuation is not None:
                self._question.continuation.check_task(loaded)

    def _note_size(self, rows: int, run: Run) -> None:
        figures = [format_duration(run.judged_seconds or 0.0)]
        if run.memory.task_bytes is not None:
            figures.append(format_size(run.memory.task_bytes))
        self._context.progress.note(f"{format_count(rows)} rows: {', '.join(figures)}")

    def _limit(self, rows: int) -> float:
        """Return the time limit of a run, at most the plan's own timeout."""
        limit = max(self._left(), _MIN_TIMEOUT_SECONDS)
        if self.runs:
            predicted = _TIMEOUT_FACTOR * foreseen_seconds(steps_of(self.runs), rows)
            limit = max(_MIN_TIMEOUT_SECONDS, min(limit, predicted))
        return limit if self._timeout is None else min(limit, self._timeout)


def _growth_run(
    rows: int, run: Run, calibration: float, whole_seconds: float | None
) -> GrowthRun:
    return GrowthRun(
        rows=rows,
        duration_seconds=run.judged_seconds or 0.0,
        cpu_seconds=run.cpu_seconds or 0.0,
        database_seconds=run.database_seconds,
        task_bytes=run.memory.task_bytes,
        rows_processed=run.rows_processed,
        queries=run.queries.total if run.queries else None,
        commits=run.queries.commits if run.queries else None,
        calibration_seconds=calibration,
        duration_low_seconds=run.uncontended_low_seconds,
        whole_seconds=whole_seconds,
    )
