"""The stages of `limerun improve`: measure, change a copy, prove, measure again."""

from dataclasses import replace

from limerun import interruption
from limerun.errors import TaskError
from limerun.pipeline import capacity_test
from limerun.progress import Progress
from limerun.records import Improvement, Plan, Record
from limerun.records.store import from_json, to_json
from limerun.runs.preparation import RunContext


def improve(plan: Plan, context: RunContext) -> Record:
    """Apply the fixes for a task's findings to a copy of it, and keep those that help.

    The record has the figures, checks and findings of the task with the patch.

    Raises:
        LimerunError: The task cannot be run, its dataset cannot be made, or libcst is
            not installed.
    """
    try:
        # Imported here, because it is optional, and numpy takes long to import.
        from limerun.runs.improve.improve_task import improved
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "libcst":
            raise
        raise TaskError(
            "limerun improve needs libcst: pip install 'limerun[lint]'"
        ) from None
    base = capacity_test(plan, context)
    if interruption.exit_code() is not None:
        return base
    quiet = replace(context, progress=Progress())
    with improved(
        plan, context, base, lambda changed: capacity_test(changed, quiet)
    ) as (improvement, record, original_path):
        text = original_path(to_json(record))
    return _with(from_json(text), base, improvement)


def _with(record: Record, base: Record, improvement: Improvement) -> Record:
    """Return the improved task's record, as the record of the original task."""
    return replace(
        record,
        started_at=base.started_at,
        task=base.task,
        config=base.config,
        exit_code=interruption.exit_code() or record.exit_code,
        improvement=improvement,
    )
