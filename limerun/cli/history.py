"""limerun history: the trend over a folder of records."""

from pathlib import Path
from typing import Annotated

import typer

from limerun.cli import options
from limerun.cli.console import complain
from limerun.records import Record


def history(
    folder: Annotated[
        Path, typer.Argument(help="A folder of records.", show_default=False)
    ],
    html: options.Html = None,
    no_color: options.NoColor = False,
) -> None:
    """Show how figures moved over the records of a folder, by task and config.

    Example: limerun history records --html history.html
    """
    from limerun.cli.outputs import check_outputs
    from limerun.errors import RecordError
    from limerun.report.histories import histories_of
    from limerun.report.output import write_whole
    from limerun.report.screen import make_console
    from limerun.report.screen_history import render_histories

    paths = check_outputs(html=html)
    histories = histories_of(_records(folder))
    if not histories:
        raise RecordError(
            f"{folder}: there is no record in this folder; save some with --json"
        )
    for path in paths.values():
        from limerun.report.webpage.page import render_histories as render_page

        write_whole(path, render_page(histories, str(folder)))
    console = make_console(stderr="-" in paths.values(), no_color=no_color)
    render_histories(
        histories, console, [path for path in paths.values() if path != "-"]
    )


def _records(folder: Path) -> list[Record]:
    """Return the records below a folder; JSON that is none is named and left out."""
    from limerun.errors import RecordError
    from limerun.store import read_record

    if not folder.is_dir():
        raise RecordError(f"{folder}: this is no folder; name one that holds records")
    found = []
    for path in sorted(folder.rglob("*.json")):
        try:
            found.append(read_record(path))
        except RecordError as error:
            complain(str(error), label="left out")
    return found
