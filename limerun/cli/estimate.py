"""limerun estimate: predict the figures at a larger size from runs at smaller sizes."""

from typing import TYPE_CHECKING, Annotated

import typer

from limerun.cli import options
from limerun.cli.reports import reports_of, write_reports
from limerun.cli.session import failure_reported, opened_context, plan_of

if TYPE_CHECKING:
    from limerun.runs.growth.size_series import GrowthQuestion


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
    database_rows: Annotated[
        str | None,
        typer.Option(
            metavar="LIMETYPE=ROWS,...",
            help="Rows of the database in the runs, such as contract=1M. Default: "
            "production's rows.",
        ),
    ] = None,
    repeat: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Runs of each of the largest sizes. Default: as many as the time "
            "allows.",
        ),
    ] = None,
    continue_from: Annotated[
        str | None,
        typer.Option(
            "--continue",
            metavar="RECORD",
            help="Continue this saved estimate; --within is additional time.",
            show_default=False,
        ),
    ] = None,
    plan_options: options.PlanOptions,
    report_options: options.FindingReportOptions,
    screen: options.ScreenOptions,
) -> None:
    """Predict duration and memory at a larger size.

    Runs the task at rising sizes and predicts a range for each figure. Exit 0 means
    "predicted to pass": even the high end is within every budget; only capacity-test
    confirms it. Exit 1: the low end is over a budget. Exit 6: a range contains a
    budget, or there are too few sizes; more time, with --continue, may settle it.

    Example: limerun estimate configs/import-contracts.yaml --to 1M
    """
    from limerun.pipeline import estimate as estimate_growth

    question = _question(to, within, grow, repeat, continue_from, database_rows)
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
    to: str,
    within: str,
    grow: str | None,
    repeat: int | None,
    continue_from: str | None,
    database_rows: str | None,
) -> "GrowthQuestion":
    from limerun.cli.saved_records import read_record
    from limerun.errors import ConfigError
    from limerun.runs.growth.continuation import Continuation
    from limerun.runs.growth.size_series import GrowthQuestion
    from limerun.units import NotReadableError, parse_count, parse_duration
    from limerun.version import VERSION

    try:
        rows = parse_count(to)
    except NotReadableError as error:
        raise ConfigError(f"--to: {error}") from error
    try:
        seconds = parse_duration(within)
    except NotReadableError as error:
        raise ConfigError(f"--within: {error}") from error
    if not rows:
        raise ConfigError("--to: 0 rows take no time; use 1 row or more")
    if not seconds:
        raise ConfigError('--within: 0 s is too short; use a time such as "2 min"')
    saved = None
    if continue_from is not None:
        saved = Continuation(read_record(continue_from), continue_from, VERSION)
    return GrowthQuestion(
        to_rows=rows,
        within_seconds=seconds,
        grow=grow,
        passes=repeat,
        continuation=saved,
        database_rows=_database_rows(database_rows),
    )


def _database_rows(option: str | None) -> dict[str, int]:
    """Return the rows of each limetype that the option names."""
    from limerun.errors import ConfigError
    from limerun.units import NotReadableError, parse_count

    rows = {}
    for part in option.split(",") if option is not None else ():
        limetype, equals, count = part.strip().partition("=")
        if not equals or not limetype:
            raise ConfigError(
                f'--database-rows: "{part}" must be LIMETYPE=ROWS, such as contract=1M'
            )
        try:
            rows[limetype] = parse_count(count)
        except NotReadableError as error:
            raise ConfigError(f"--database-rows: {limetype}: {error}") from error
    return rows
