"""limerun report and history: show saved records, one by one or as a trend."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from limerun.cli import options
from limerun.cli.console import print_message
from limerun.cli.reports import reports_of_each, write_annotations, write_reports

if TYPE_CHECKING:
    from limerun.records import Record


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


def history(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER", help="A folder of records.", show_default=False
        ),
    ],
    html: options.Html = None,
    no_color: options.NoColor = False,
) -> None:
    """Show the trend over a folder of records.

    Records of the same task, config, parameters and numbers of rows form one trend.

    Example: limerun history records --html history.html
    """
    from limerun.cli.reports import checked_paths
    from limerun.errors import RecordError
    from limerun.report.content.history import histories_of
    from limerun.report.output import write_whole
    from limerun.report.terminal.history_view import render_histories
    from limerun.report.terminal.screen import make_console

    paths = checked_paths(html=html)
    histories = histories_of(_records(folder))
    if not histories:
        raise RecordError(
            f"{folder}: this folder contains no record; save one with --json"
        )
    for path in paths.values():
        from limerun.report.webpage.page import render_histories as render_page

        write_whole(path, render_page(histories, str(folder)))
    console = make_console(stderr="-" in paths.values(), no_color=no_color)
    render_histories(
        histories, console, [path for path in paths.values() if path != "-"]
    )


def _records(folder: Path) -> "list[Record]":
    """Return the records in a folder; skip other JSON files with a message."""
    from limerun.cli.saved_records import read_record
    from limerun.errors import RecordError

    if not folder.is_dir():
        raise RecordError(f"{folder}: this is not a folder; name a folder of records")
    found = []
    for path in sorted(folder.rglob("*.json")):
        try:
            found.append(read_record(path))
        except RecordError as error:
            print_message(str(error), label="skipped")
    return found
