"""limerun report: saved records, shown again in any format."""

from pathlib import Path
from typing import Annotated

import typer

from limerun.cli import options
from limerun.cli.session import Manner, renderers, tell


def report(
    record: Annotated[
        Path, typer.Argument(help="A record saved with --json.", show_default=False)
    ],
    json: options.Json = None,
    junit: options.Junit = None,
    markdown: options.Markdown = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> None:
    """Show a saved record again, in any format; 0 if it could be shown.

    Example: limerun report record.json --markdown -
    """
    from limerun.store import read_record

    saved = read_record(record)
    outputs = renderers(json=json, junit=junit, markdown=markdown)
    manner = Manner(quiet=quiet, verbose=verbose, no_color=no_color)
    tell(saved, outputs, manner)
