"""Run a task at rising sizes, over and over, until the time for it is used."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from limerun.dataset.output.dataset_sizes import SizedDatasets, Sizes
from limerun.engine.probes import calibrate
from limerun.errors import DatasetError
from limerun.measure.growth_summary import RunsAtSizes
from limerun.measure.size_schedule import (
    MOST_PASSES,
    PASSES,
    Step,
    foreseen_seconds,
    grid_of,
    next_size,
    one_more,
    worth_repeating,
)
from limerun.progress import Progress
from limerun.records import GrowthRun, Performance, Plan, Run
from limerun.runs.preparation import RunContext, datasets_folder
from limerun.runs.task_runner import TaskRun, TaskRunner, performance_of
from limerun.scratch import scratch_folder
from limerun.units import format_count, format_duration, format_size

_CUT_FACTOR = 3.0
"""Times what was foreseen: a run that takes longer is cut off, to end in time."""
_LEAST_CUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthQuestion:
    """What the user wants to know, and what may be done to find out."""

    to_rows: int
    within_seconds: float
    grow: str | None
    """None: the task's input."""
    passes: int | None
    """Runs of each size; None: as time allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthRuns:
    """What the runs at rising sizes came to."""

    runs_at_sizes: RunsAtSizes
    performance: Performance
    """The run that did not return, as that ends the ladder; or one of the largest."""
    interrupted: bool


def run_at_sizes(
    plan: Plan, context: RunContext, question: GrowthQuestion
) -> GrowthRuns:
    """Run the task at rising sizes, in fresh workers, until the time is used.

    Raises:
        LimerunError: Nothing can grow, or the task, the dataset or the worker cannot
            be had.
    """
    sizes = Sizes(plan.dataset, plan.sources, question.grow)
    quietly = replace(context, progress=_OfOneRun(context.progress))
    with (
        TaskRunner.open(plan, quietly) as runner,
        scratch_folder(context.cache / "runs") as folder,
    ):
        sampler = SizedDatasets(
            sizes,
            question.to_rows,
            base=(plan.dataset, plan.sources),
            cache=datasets_folder(context.cache),
            folder=folder,
        )
        grid = grid_of(question.to_rows, sizes.least_rows())
        ladder = _Ladder(runner, sampler, context, question, plan.timeout_seconds)
        ladder.run_at_sizes(grid)
        return GrowthRuns(
            runs_at_sizes=RunsAtSizes(
                grow=sizes.grow,
                to_rows=question.to_rows,
                within_seconds=question.within_seconds,
                seconds=ladder.elapsed(),
                runs=tuple(ladder.runs),
                ended_at_rows=ladder.ended_at_rows,
                overlaps=sizes.less_overlaps(question.to_rows) or None,
            ),
            performance=performance_of(plan, [ladder.shown()]),
            interrupted=ladder.interrupted,
        )


class _OfOneRun(Progress):
    """Passes on of each of many runs only how rows are made, and notes."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def rows_made(self, what: str, done: int, total: int) -> None:
        """Pass it on: the dataset that all sizes share takes long."""
        self._progress.rows_made(what, done, total)

    def note(self, text: str) -> None:
        """Pass it on."""
        self._progress.note(text)


class _Ladder:
    def __init__(
        self,
        runner: TaskRunner,
        sampler: SizedDatasets,
        context: RunContext,
        question: GrowthQuestion,
        timeout_seconds: float | None,
    ) -> None:
        self._runner, self._sampler, self._context = runner, sampler, context
        self._question, self._timeout = question, timeout_seconds
        self._began = time.monotonic()
        self._pace = 0.0
        self._steps: list[Step] = []
        self._largest: tuple[int, TaskRun] | None = None
        self._bad_end: TaskRun | None = None
        self.runs: list[GrowthRun] = []
        self.interrupted = False
        self.ended_at_rows: int | None = None

    def elapsed(self) -> float:
        """Return seconds since the ladder was begun."""
        return time.monotonic() - self._began

    def shown(self) -> TaskRun:
        """Return the run to show."""
        if self._bad_end is not None:
            return self._bad_end
        assert self._largest is not None  # a run that did not return is a bad end
        return self._largest[1]

    def run_at_sizes(self, grid: tuple[int, ...]) -> None:
        """Go up as high as time allows, and repeat; Ctrl-C ends it with what there is."""
        try:
            self._climb(grid)
        except KeyboardInterrupt:
            if self._largest is None:
                raise
            self.interrupted = True

    def _climb(self, grid: tuple[int, ...]) -> None:
        self._pace = calibrate()
        while (rows := self._next(grid)) is not None:
            if not self._run(rows):
                return
        self._context.progress.note("every size again, while there is time")
        for rows in self._further(grid):
            if not self._run(rows):
                return

    def _next(self, grid: tuple[int, ...]) -> int | None:
        return next_size(grid, self._steps, self._left(), self._question.passes)

    def _further(self, grid: tuple[int, ...]) -> Iterator[int]:
        """Yield what to run after the first pass: all planned, and what still fits."""
        asked = self._question.passes
        yield from self._again((asked or PASSES) - 1)
        if asked is None:
            while (rows := one_more(grid, self._steps, self._left())) is not None:
                yield rows
            yield from self._again(MOST_PASSES - PASSES)

    def _again(self, passes: int) -> Iterator[int]:
        """Yield sizes, in turn and from small to large, while there is time."""
        costs = {step.rows: step.whole_seconds for step in self._steps}
        for _ in range(passes):
            for rows in worth_repeating(self._steps):
                if costs[rows] <= self._left():
                    yield rows

    def _left(self) -> float:
        return self._question.within_seconds - self.elapsed()

    def _run(self, rows: int) -> bool:
        """Run the task at a size; say whether the ladder may go on."""
        began, before = time.monotonic(), self._pace
        progress = self._context.progress
        progress.phase("running", f"{format_count(rows)} rows")
        limit = self._limit(rows)
        try:
            done = self._runner.run_once(
                timeout_seconds=limit,
                make_dataset=lambda: self._sampler.dataset(rows, progress),
            )
        except DatasetError as error:
            if len(self._steps) < 2:
                raise
            progress.note(f"the ladder ends below {format_count(rows)} rows: {error}")
            return False
        run = done.run
        if run.killed_because == "timeout" and limit != self._timeout:
            progress.note(
                f"{format_count(rows)} rows took more than {format_duration(limit)}, "
                "far more than foreseen: the ladder ends below"
            )
            return False
        if not run.is_done:
            self._bad_end = done
            self.ended_at_rows = rows
            return False
        self._pace = calibrate()
        calibration = (before + self._pace) / 2
        self.runs.append(_growth_run(rows, run, calibration))
        if self._largest is None or rows >= self._largest[0]:
            self._largest = (rows, done)
        if all(step.rows < rows for step in self._steps):
            self._count_step(rows, run, began)
        return True

    def _count_step(self, rows: int, run: Run, began: float) -> None:
        """Remember what a new size took, but for the database that all sizes share."""
        shared = 0.0 if self._steps else self._sampler.base_seconds
        self._began += shared
        whole = time.monotonic() - began - shared
        self._steps.append(Step(rows, _work(run), whole))
        told = [format_duration(run.duration_seconds or 0.0)]
        if run.memory.task_bytes is not None:
            told.append(format_size(run.memory.task_bytes))
        self._context.progress.note(f"{format_count(rows)} rows: {', '.join(told)}")

    def _limit(self, rows: int) -> float:
        """Return when to cut a run off; the task's own timeout if that is sooner."""
        limit = max(self._left(), _LEAST_CUT_SECONDS)
        if self._steps:
            foreseen = _CUT_FACTOR * foreseen_seconds(self._steps, rows)
            limit = max(_LEAST_CUT_SECONDS, min(limit, foreseen))
        return limit if self._timeout is None else min(limit, self._timeout)


def _work(run: Run) -> float:
    return max(run.judged_seconds or 0.0, run.total_cpu_seconds or 0.0)


def _growth_run(rows: int, run: Run, calibration: float) -> GrowthRun:
    return GrowthRun(
        rows=rows,
        duration_seconds=run.judged_seconds or 0.0,
        cpu_seconds=run.total_cpu_seconds or 0.0,
        database_seconds=run.database_seconds,
        database_wait_seconds=run.database_wait_seconds,
        task_bytes=run.memory.task_bytes,
        rows_processed=run.rows_processed,
        queries=run.queries.total if run.queries else None,
        commits=run.queries.commits if run.queries else None,
        calibration_seconds=calibration,
    )
