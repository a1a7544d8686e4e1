"""Run a task at rising sizes, repeatedly, until the time limit is reached."""

from dataclasses import dataclass, replace

from limerun.dataset.output.dataset_sizes import SizedDatasets, Sizes
from limerun.measure.growth.size_points import RunsAtSizes
from limerun.progress import RowsAndNotes
from limerun.records import Performance, Plan
from limerun.runs.growth.database_parts import (
    DatabaseParts,
    comparable_sizes,
    database_of,
    most_comparable,
    part_runs,
    with_saved_parts,
    without_parts,
)
from limerun.runs.growth.size_series import GrowthQuestion, SizeSeries
from limerun.runs.preparation import RunContext, datasets_folder
from limerun.runs.task_runner import TaskRunner
from limerun.scratch import scratch_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthRuns:
    """The results of the runs at rising sizes."""

    runs_at_sizes: RunsAtSizes
    performance: Performance
    """The run that did not return, which ends the series; else one of the largest,
    which may be a saved one."""
    interrupted: bool


def run_at_sizes(
    plan: Plan, context: RunContext, question: GrowthQuestion
) -> GrowthRuns:
    """Run the task at rising sizes, in fresh workers, until the time limit is reached.

    Raises:
        LimerunError: The task has no input that can grow, the task cannot be run, its
            dataset cannot be made, or the saved runs do not fit.
    """
    design, database = database_of(
        plan, context.design, question.grow, question.database_rows
    )
    sizes = Sizes(design, question.grow)
    most = most_comparable(question.to_rows, sizes, database)
    grid = comparable_sizes(question.to_rows, sizes, most)
    context = replace(context, design=design)
    saved = None
    if question.continuation is not None:
        saved = question.continuation.growth(plan, sizes, question.to_rows, most)
        database = with_saved_parts(database, saved.database)
    quiet_context = replace(context, progress=RowsAndNotes(context.progress))
    with (
        TaskRunner.open(plan, quiet_context) as runner,
        scratch_folder(context.cache / "runs") as folder,
    ):
        sampler = SizedDatasets(
            sizes,
            most,
            cache=datasets_folder(context.cache),
            folder=folder,
            limetypes=() if database is None else database.rows,
        )
        seconds = without_parts(question.within_seconds, database)
        limited = replace(question, within_seconds=seconds)
        series = SizeSeries(runner, sampler, context, limited, plan.timeout_seconds)
        if saved is not None:
            series.runs.extend(saved.runs)
        series.run_at_sizes(grid)
        parts = DatabaseParts(runner, sampler, context.progress, plan.timeout_seconds)
        if database is not None and series.is_complete():
            wanted = part_runs(
                series.costs(),
                most // 4,
                lambda: question.within_seconds - series.elapsed(),
                question.passes,
                database.runs,
            )
            database = parts.run_all(database, wanted, series.part_run)
        return GrowthRuns(
            runs_at_sizes=RunsAtSizes(
                grow=sizes.grow,
                to_rows=question.to_rows,
                most_rows=most,
                within_seconds=question.within_seconds
                + (saved.within_seconds if saved else 0.0),
                seconds=series.elapsed() + (saved.seconds if saved else 0.0),
                runs=tuple(series.runs),
                ended_at_rows=series.ended_at_rows,
                task_digest=series.task_digest
                or (saved.task_digest if saved else None),
                overlaps=sizes.less_overlaps(most) or None,
                database=database,
            ),
            performance=series.shown(plan),
            interrupted=series.interrupted or parts.interrupted,
        )
