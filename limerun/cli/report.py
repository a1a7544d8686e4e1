"""limerun report: saved records, shown again in any format."""

from pathlib import Path
from typing import Annotated

import typer

from limerun.cli import options
from limerun.cli.outputs import renderers, write_annotations
from limerun.cli.session import Manner, tell


def report(
    records: Annotated[
        list[Path],
        typer.Argument(help="Records saved with --json.", show_default=False),
    ],
    json: options.Json = None,
    html: options.Html = None,
    junit: options.Junit = None,
    markdown: options.Markdown = None,
    sarif: options.Sarif = None,
    benchmark: options.Benchmark = None,
    github: options.Github = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> None:
    """Show saved records again, in any format; 0 if they could be shown.

    Example: limerun report record.json --markdown -
    """
    from limerun.cli.several import names_of, paths_in_folders
    from limerun.store import read_record

    paths = {
        "json": json,
        "html": html,
        "junit": junit,
        "markdown": markdown,
        "sarif": sarif,
        "benchmark": benchmark,
    }
    saved = [read_record(record) for record in records]
    if len(records) == 1:
        outputs = [renderers(**paths)]
    else:
        names = names_of([record.stem for record in records])
        outputs = [renderers(**paths_in_folders(paths, name)) for name in names]
    manner = Manner(
        quiet=quiet,
        verbose=verbose,
        no_color=no_color,
        github=github,
        one_of_several=len(saved) > 1,
    )
    for record, written in zip(saved, outputs, strict=True):
        tell(record, written, manner)
    if github and manner.one_of_several:
        write_annotations(saved, {})
