"""limerun compare: what changed between two records, and is it a regression?"""

from pathlib import Path
from typing import Annotated

import typer

from limerun.cli import options
from limerun.cli.outputs import check_outputs, write_all


def compare(
    base: Annotated[
        Path, typer.Argument(help="The record to hold against.", show_default=False)
    ],
    new: Annotated[
        Path, typer.Argument(help="The record that is judged.", show_default=False)
    ],
    max_regression: options.MaxRegression = None,
    anyway: Annotated[
        bool,
        typer.Option(
            "--anyway", help="Compare even where task, data or machine differ."
        ),
    ] = False,
    json: options.Json = None,
    html: options.Html = None,
    markdown: options.Markdown = None,
    no_color: options.NoColor = False,
) -> None:
    """Tell what changed between two records; 1 if that is a regression.

    Example: limerun compare main.json branch.json --max-regression duration=off
    """
    from limerun.cli.regression import may_grow
    from limerun.errors import RecordError
    from limerun.judge.comparison import compare as compare_records
    from limerun.report.screen import make_console
    from limerun.report.screen_comparison import render_comparison
    from limerun.store import read_record

    limits = may_grow(max_regression)
    paths = check_outputs(json=json, html=html, markdown=markdown)
    comparison = compare_records(
        read_record(base), read_record(new), limits, anyway=anyway
    )
    if comparison.unlike and not anyway:
        told = "; ".join(comparison.unlike)
        raise RecordError(
            f"{base} and {new} are not of the same kind: {told}; "
            "--anyway compares them all the same"
        )
    write_all(comparison, paths)
    console = make_console(stderr="-" in paths.values(), no_color=no_color)
    written = [path for path in paths.values() if path != "-"]
    render_comparison(comparison, console, written)
    raise typer.Exit(comparison.exit_code)
