"""limerun lint: check the code of tasks without running it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from limerun.cli import options
from limerun.cli.reports import reports_of, write_files, write_reports

if TYPE_CHECKING:
    from limerun.records import Plan

_CONFIG = "limerun.yaml"


def lint(
    places: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH|TASK|CONFIG...",
            help="Folders, Python files, modules, FILE:FUNCTION, or config files. "
            f"Default: {_CONFIG} if it exists, otherwise the current folder.",
            show_default=False,
        ),
    ] = None,
    *,
    report_options: options.FindingReportOptions,
    screen: options.ScreenOptions,
) -> None:
    """Check the code of tasks without running it.

    Checks how all code that the tasks can reach logs, is documented, uses memory and
    sends queries. Exits with 1 on a finding at level error.

    Example: limerun lint limepkg_erp
    """
    from limerun.errors import LimerunError
    from limerun.linting import lint as lint_places
    from limerun.linting import record_of_unread

    named = places or [_CONFIG if Path(_CONFIG).is_file() else "."]
    reports = reports_of(report_options, screen)
    try:
        record = lint_places(named, [_plan(each) for each in named])
    except LimerunError as error:
        write_files(record_of_unread(named, error), reports)
        raise
    write_reports(record, reports)
    raise typer.Exit(record.exit_code)


def _plan(place: str) -> "Plan | None":
    """Return the plan of a config file; None if a place is not one."""
    if Path(place).suffix not in (".yaml", ".yml"):
        return None
    from limerun.cli.session import read_plan

    return read_plan(Path(place), "lint")
