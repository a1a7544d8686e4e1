"""limerun profile: show which lines use time, memory and statements."""

from dataclasses import dataclass
from typing import Annotated

import typer

from limerun.cli import options
from limerun.cli.reports import reports_of, write_reports
from limerun.cli.session import failure_reported, opened_context, plan_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileReportOptions(options.ReportOptions):
    """Options for reports, and for the sampled stacks in formats of two other tools."""

    speedscope: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            callback=options.report_path,
            help="Write the stacks for https://speedscope.app here.",
        ),
    ] = None
    cpu_html: Annotated[
        str | None,
        typer.Option(
            "--cpu-html",
            metavar="PATH",
            callback=options.report_path,
            help="Write pyinstrument's HTML page here.",
        ),
    ] = None


def profile(
    config: options.Config,
    *,
    scale: options.Scale = None,
    plan_options: options.PlanOptions,
    report_options: ProfileReportOptions,
    screen: options.ScreenOptions,
) -> None:
    """Show where time, memory and statements go.

    Runs the task without instruments, then once with each instrument: time, CPU,
    memory and statements. One more run on half of the input shows what grows with
    it. Budgets are not checked.

    Example: limerun profile configs/import-contracts-naive.yaml --scale 0.1
    """
    from limerun.pipeline import profile as profile_task

    plan, design = plan_of(config, "profile", plan_options, scale=scale)
    reports = reports_of(report_options, screen)
    renderings = [name for name in ("speedscope", "cpu_html") if name in reports.paths]
    with (
        failure_reported(plan, reports),
        opened_context(plan, design, screen) as context,
    ):
        record, texts = profile_task(plan, context, renderings)
    write_reports(record, reports, texts)
    raise typer.Exit(record.exit_code)
