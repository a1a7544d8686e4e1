"""limerun report: show saved records again, in any format."""

from pathlib import Path
from typing import Annotated

import typer

from limerun.cli import options
from limerun.cli.reports import reports_of_each, write_annotations, write_reports


def report(
    records: Annotated[
        list[Path],
        typer.Argument(
            metavar="RECORD", help="Records saved with --json.", show_default=False
        ),
    ],
    *,
    report_options: options.ReportOptions,
    screen: options.ScreenOptions,
) -> None:
    """Show saved records again, in any format.

    Example: limerun report record.json --markdown -
    """
    from limerun.cli.saved_records import read_record

    saved = [read_record(path) for path in records]
    reports_of_all = reports_of_each(
        [path.stem for path in records], report_options, screen
    )
    for record, reports in zip(saved, reports_of_all, strict=True):
        write_reports(record, reports)
    if report_options.github and len(saved) > 1:
        write_annotations(saved)
