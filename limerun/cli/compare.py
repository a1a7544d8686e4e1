"""limerun compare: show what changed between two records, and any regression."""

from pathlib import Path
from typing import Annotated

import typer

from limerun.cli import options
from limerun.cli.reports import checked_paths, write_comparison


def compare(
    base: Annotated[
        Path,
        typer.Argument(metavar="BASE", help="Baseline record.", show_default=False),
    ],
    new: Annotated[
        Path,
        typer.Argument(metavar="NEW", help="Record to judge.", show_default=False),
    ],
    max_regression: options.MaxRegression = None,
    anyway: Annotated[
        bool,
        typer.Option("--anyway", help="Compare even if task, data or machine differ."),
    ] = False,
    json: options.Json = None,
    html: options.Html = None,
    markdown: options.Markdown = None,
    no_color: options.NoColor = False,
) -> None:
    """Compare two records; exit with 1 on a regression.

    Example: limerun compare main.json branch.json --max-regression duration=off
    """
    from limerun.cli.saved_records import read_max_regression, read_record
    from limerun.errors import RecordError
    from limerun.judge.record_comparison import compare as compare_records
    from limerun.report.terminal.comparison_view import render_comparison
    from limerun.report.terminal.screen import make_console

    limits = read_max_regression(max_regression)
    paths = checked_paths(json=json, html=html, markdown=markdown)
    comparison = compare_records(
        read_record(base), read_record(new), limits, anyway=anyway
    )
    if comparison.unlike and not anyway:
        reasons = "; ".join(comparison.unlike)
        raise RecordError(
            f"{base} and {new} are not comparable: {reasons}; "
            "--anyway compares them nevertheless"
        )
    write_comparison(comparison, paths)
    console = make_console(stderr="-" in paths.values(), no_color=no_color)
    written = [path for path in paths.values() if path != "-"]
    render_comparison(comparison, console, written)
    raise typer.Exit(comparison.exit_code)
