"""limerun improve: apply the suggestions to a copy, prove them, and write a patch."""

from dataclasses import dataclass, replace
from typing import Annotated

import typer

from limerun.cli import options
from limerun.cli.reports import reports_of, write_reports
from limerun.cli.session import failure_reported, opened_context, plan_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ImproveReportOptions(options.ReportOptions):
    """Report options, and the patch."""

    patch: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            callback=options.report_path,
            help="Write the patch here, for git apply. Default: stdout.",
        ),
    ] = None


def improve(
    config: options.Config,
    *,
    scale: options.Scale = None,
    plan_options: options.PlanOptions,
    report_options: ImproveReportOptions,
    screen: options.ScreenOptions,
) -> None:
    """Mend a copy of the task, and write a patch.

    Applies the fixes that the findings call for. Each must keep the effect, the result
    and the log on several small datasets, and improve a figure at the dataset's size.
    Your files are never edited: apply the patch with git apply.

    Example: limerun improve configs/import-contracts-naive.yaml --patch improved.patch
    """
    from limerun.improving import improve as improve_task

    plan, design = plan_of(config, "improve", plan_options, scale=scale)
    if report_options.patch is None and "-" not in report_options.paths().values():
        report_options = replace(report_options, patch="-")
    reports = reports_of(report_options, screen)
    with (
        failure_reported(plan, reports),
        opened_context(plan, design, screen) as context,
    ):
        record = improve_task(plan, context)
    patch = record.improvement.patch if record.improvement is not None else ""
    write_reports(record, reports, {"patch": patch})
    raise typer.Exit(record.exit_code)
