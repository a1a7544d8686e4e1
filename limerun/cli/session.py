"""The first and last steps of commands that run a task: plan, context, exit code."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from limerun import interruption
from limerun.cli.console import print_message
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
    """Return the plan, as `read_plan` does, and its dataset's checked design.

    Raises:
        ConfigError: The config, the environment or an option is invalid.
        DatasetError: The dataset cannot be made.
    """
    from limerun.runs.preparation import design_of

    plan = read_plan(config, command, options, **amounts)
    return plan, design_of(plan)


def read_plan(
    config: Path, command: str, options: PlanOptions = _NO_OPTIONS, **amounts: object
) -> "Plan":
    """Combine the config, the environment and the options into a plan.

    Args:
        config: The config file.
        command: The command's name, for the record.
        options: Options that take precedence over the config.
        amounts: The values of `rows`, `scale` and `repeat`, if the command has them.

    Raises:
        ConfigError: The config, the environment or an option is invalid.
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
    """Yield the context in which tasks run; show their progress on stderr.

    Raises:
        OutputError: There is no writable folder for the cache or the kept database.
    """
    from limerun.cli.live.views import choose_view
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
    """If the task cannot be run, write reports that say so, and raise the error again.

    Raises:
        typer.Exit: With code 0, if `exit_zero` is set and the error counts as a
        verdict.
    """
    try:
        yield
    except Exception as error:
        if interruption.exit_code() is not None:
            raise  # a signal was the cause: there is no result to report
        record = report_failure(plan, error, reports)
        if exit_code_of(record, exit_zero=exit_zero):
            raise
        print_message(str(error))
        raise typer.Exit from error


def report_failure(plan: "Plan", error: Exception, reports: "Reports") -> "Record":
    """Write all reports for a task that could not be run.

    The caller prints the error itself on stderr.
    """
    from limerun.recording import record_of_failure

    record = record_of_failure(plan, error)
    for problem in write_files(record, reports).values():
        print_message(str(problem))
    return record


def exit_code_of(record: "Record", *, exit_zero: bool) -> int:
    """Return the record's exit code, or 0 if it is a verdict's and `exit_zero` is set."""
    from limerun.records import EXIT_CODES

    is_verdict = record.exit_code in EXIT_CODES.values()
    return 0 if exit_zero and is_verdict else record.exit_code


def _warn(text: str) -> None:
    print_message(text, label="warning")
