"""limerun run: the feature test, which runs the task once on a small dataset."""

import typer

from limerun.cli import options
from limerun.cli.reports import reports_of, write_reports
from limerun.cli.session import failure_reported, opened_context, plan_of

SMALL_ROWS = 100


def run(
    config: options.Config,
    *,
    rows: options.Rows = SMALL_ROWS,
    plan_options: options.PlanOptions,
    report_options: options.ReportOptions,
    keep: options.Keep = False,
    screen: options.ScreenOptions,
) -> None:
    """Run the task once on a small dataset.

    Shows its log, its result and its changes to the database; budgets are not checked.

    Example: limerun run configs/import-contracts.yaml --rows 10
    """
    from limerun.pipeline import feature_test

    plan, design = plan_of(config, "run", plan_options, rows=rows)
    reports = reports_of(report_options, screen)
    with (
        failure_reported(plan, reports),
        opened_context(plan, design, screen, keep=keep) as context,
    ):
        record = feature_test(plan, context)
    write_reports(record, reports)
    raise typer.Exit(record.exit_code)
