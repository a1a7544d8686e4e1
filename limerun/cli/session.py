"""What commands that run a task begin and end with: plan, context, exit code."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from limerun import interruption
from limerun.cli.console import complain
from limerun.cli.options import PlanOptions
from limerun.cli.reports import write_files

if TYPE_CHECKING:
    from limerun.cli.options import ScreenOptions
    from limerun.cli.reports import Reports
    from limerun.dataset.design.layout import DatasetDesign
    from limerun.records import Plan, Record
    from limerun.runs.preparation import RunContext

_NO_OPTIONS = PlanOptions()


def plan_of(
    config: Path, command: str, options: PlanOptions = _NO_OPTIONS, **amounts: object
) -> tuple["Plan", "DatasetDesign"]:
    """Return the plan, as `read_plan` does, and its dataset's design.

    Raises:
        ConfigError: The config, the environment and the options make no plan.
        DatasetError: The dataset cannot be made.
    """
    from limerun.runs.preparation import design_of

    plan = read_plan(config, command, options, **amounts)
    return plan, design_of(plan)


def read_plan(
    config: Path, command: str, options: PlanOptions = _NO_OPTIONS, **amounts: object
) -> "Plan":
    """Return the plan that the config, the environment and the options make.

    Args:
        config: The config file.
        command: The command, as the record shows it.
        options: What takes precedence over the config.
        amounts: Rows, scale and repeat, where the command has these options.

    Raises:
        ConfigError: They make no plan.
    """
    from limerun.config.resolve import load_plan

    return load_plan(
        config,
        command=command,
        options={
            **amounts,
            "timeout": options.timeout,
            "environment": options.environment,
            "dataset.seed": options.seed,
        },
        sets=options.sets or (),
        environ=os.environ,
        warn=_warn,
    )


@contextmanager
def opened_context(
    plan: "Plan",
    design: "DatasetDesign",
    screen: "ScreenOptions",
    *,
    keep: bool = False,
    stop_early: bool = False,
) -> Iterator["RunContext"]:
    """Yield where to run the task; meanwhile the progress is shown on stderr.

    Raises:
        OutputError: No folder can be written to.
    """
    from limerun.cli.live import choose_view
    from limerun.report.output import check_writable
    from limerun.report.terminal.screen import make_console
    from limerun.runs.preparation import RunContext, kept_database, opened_cache

    folder = Path.cwd() if keep else None
    if folder is not None:
        check_writable(str(kept_database(folder, plan)))
    console = make_console(stderr=True, no_color=screen.no_color)
    view = choose_view(
        console, quiet=screen.quiet, budget_bytes=plan.budget.memory_bytes
    )
    with opened_cache(_warn) as cache, view as progress:
        yield RunContext(
            design=design,
            cache=cache,
            progress=progress,
            keep=folder,
            stop_early=stop_early,
        )


@contextmanager
def failure_reported(
    plan: "Plan", reports: "Reports", *, exit_zero: bool = False
) -> Iterator[None]:
    """Write every report on a task that could not be run; the error goes on its way.

    Raises:
        typer.Exit: With 0, if that was asked for and the error stands for a verdict.
    """
    try:
        yield
    except Exception as error:
        if interruption.exit_code() is not None:
            raise  # a signal was the cause, which is no result
        record = report_failure(plan, error, reports)
        if exit_code_of(record, exit_zero=exit_zero):
            raise
        complain(str(error))
        raise typer.Exit from error


def report_failure(plan: "Plan", error: Exception, reports: "Reports") -> "Record":
    """Write every report on a task that could not be run; stderr is the caller's."""
    from limerun.pipeline import unrun

    record = unrun(plan, error)
    for problem in write_files(record, reports).values():
        complain(str(problem))
    return record


def exit_code_of(record: "Record", *, exit_zero: bool) -> int:
    """Return the exit code: the record's; 0 instead of a verdict's, if asked for."""
    from limerun.records import EXIT_CODES

    is_verdict = record.exit_code in EXIT_CODES.values()
    return 0 if exit_zero and is_verdict else record.exit_code


def _warn(text: str) -> None:
    complain(text, label="warning")
