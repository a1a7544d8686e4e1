"""limerun resilience: kill and disturb a task, run it again, compare what is left."""

from typing import TYPE_CHECKING, Annotated

import typer

from limerun.cli import options
from limerun.cli.reports import reports_of, write_reports
from limerun.cli.session import failure_reported, opened_context, plan_of

if TYPE_CHECKING:
    from limerun.runs.resilience.scenarios import ResilienceQuestion

SMALL_ROWS = 2_000


def resilience(
    config: options.Config,
    *,
    points: Annotated[
        int,
        typer.Option(min=1, metavar="N", help="How often to kill the task."),
    ] = 5,
    within: Annotated[
        str,
        typer.Option(metavar="TIME", help="Time limit for all runs."),
    ] = "10 min",
    scale: Annotated[
        float,
        typer.Option(
            metavar="FACTOR",
            help="Multiply the 2,000 rows that a limetype or source has at most.",
        ),
    ] = 1.0,
    plan_options: options.PlanOptions,
    report_options: options.FindingReportOptions,
    screen: options.ScreenOptions,
) -> None:
    """Kill and disturb the task; check what a rerun repairs.

    Each scenario starts with a fresh copy of the database and has one fault: a kill, a
    statement or commit that fails, a source that fails, a bad row. The task then runs
    again on what is left, and the result is compared with a clean run.

    Example: limerun resilience configs/import-contracts.yaml --points 3
    """
    from limerun.pipeline import resilience as run_scenarios

    question = _question(points, within)
    plan, design = plan_of(config, "resilience", plan_options, rows=_rows(scale))
    reports = reports_of(report_options, screen)
    with (
        failure_reported(plan, reports),
        opened_context(plan, design, screen) as context,
    ):
        record = run_scenarios(plan, context, question)
    write_reports(record, reports)
    raise typer.Exit(record.exit_code)


def _question(points: int, within: str) -> "ResilienceQuestion":
    from limerun.errors import ConfigError
    from limerun.runs.resilience.scenarios import ResilienceQuestion
    from limerun.units import NotReadableError, parse_duration

    try:
        seconds = parse_duration(within)
    except NotReadableError as error:
        raise ConfigError(f"--within: {error}") from error
    if not seconds:
        raise ConfigError('--within: 0 s is too short; use a time such as "10 min"')
    return ResilienceQuestion(points=points, within_seconds=seconds)


def _rows(scale: float) -> int:
    from limerun.errors import ConfigError

    if not 0 < scale < 1e9:
        raise ConfigError(f"--scale: {scale} must be a number above 0, such as 2")
    return max(1, round(SMALL_ROWS * scale))
