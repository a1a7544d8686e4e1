"""limerun estimate: runs at rising sizes, and what they predict at a larger size."""

from typing import TYPE_CHECKING, Annotated

import typer

from limerun.cli import options
from limerun.cli.reports import reports_of, write_reports
from limerun.cli.session import failure_reported, opened_context, plan_of

if TYPE_CHECKING:
    from limerun.runs.sizes import GrowthQuestion


def estimate(
    config: options.Config,
    *,
    to: Annotated[
        str,
        typer.Option(
            metavar="ROWS",
            help="Number of rows to predict for, such as 500_000 or 1.5M.",
            show_default=False,
        ),
    ],
    within: Annotated[
        str,
        typer.Option(metavar="TIME", help="Time limit for all runs."),
    ] = "2 min",
    grow: Annotated[
        str | None,
        typer.Option(
            metavar="WHAT",
            help="What grows: sources, sources.NAME, dataset or "
            "dataset.rows.LIMETYPE. Default: all sources, or the dataset.",
        ),
    ] = None,
    repeat: Annotated[
        int | None,
        typer.Option(min=1, help="Runs per size. Default: as many as the time allows."),
    ] = None,
    plan_options: options.PlanOptions,
    report_options: options.EstimateReportOptions,
    screen: options.ScreenOptions,
) -> None:
    """Predict duration and memory at a larger size.

    The task runs at rising sizes; a prediction is a range. Exit 0 means "predicted to
    pass", as even the high end is within every budget; only capacity-test confirms
    it. Exit 1: not even the low end is; 6: in between, or too noisy to judge.

    Example: limerun estimate configs/import-contracts.yaml --to 1M
    """
    from limerun.pipeline import estimate as estimate_growth

    question = _question(to, within, grow, repeat)
    plan, design = plan_of(config, "estimate", plan_options)
    reports = reports_of(report_options, screen)
    with (
        failure_reported(plan, reports),
        opened_context(plan, design, screen) as context,
    ):
        record = estimate_growth(plan, context, question)
    write_reports(record, reports)
    raise typer.Exit(record.exit_code)


def _question(
    to: str, within: str, grow: str | None, repeat: int | None
) -> "GrowthQuestion":
    from limerun.errors import ConfigError
    from limerun.runs.sizes import GrowthQuestion
    from limerun.units import NotReadableError, parse_count, parse_duration

    try:
        rows = parse_count(to)
    except NotReadableError as error:
        raise ConfigError(f"--to: {error}") from error
    try:
        seconds = parse_duration(within)
    except NotReadableError as error:
        raise ConfigError(f"--within: {error}") from error
    if not rows:
        raise ConfigError("--to: 0 rows take no time; ask for 1 or more")
    if not seconds:
        raise ConfigError("--within: nothing can be measured in no time")
    return GrowthQuestion(
        to_rows=rows, within_seconds=seconds, grow=grow, passes=repeat
    )
