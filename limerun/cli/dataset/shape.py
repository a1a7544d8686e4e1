"""limerun dataset shape: what is needed to make the like of a real export."""

from typing import TYPE_CHECKING, Annotated

import typer

from limerun.cli import options
from limerun.cli.console import complain, say
from limerun.records import EXIT_INTERRUPTED

if TYPE_CHECKING:
    from limerun.records.shape import Shape

Exports = Annotated[
    list[str],
    typer.Argument(
        help="CSV, JSON Lines, JSON, Parquet or SQLite files, folders of them, or "
        "the URL of a PostgreSQL database.",
        show_default=False,
    ),
]


def shape(
    export: Exports,
    out: Annotated[
        str,
        typer.Option(metavar="PATH", help="Write the shape here; - is stdout."),
    ],
    allow: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TABLE.COLUMN",
            help="Name the values of this column, a list of options; may be repeated.",
        ),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")
    ] = False,
    no_color: options.NoColor = False,
) -> None:
    """Write the shape of a real export: counts and histograms, none of its values.

    A config's dataset.like makes the like of it.

    Example: limerun dataset shape export/ --out shape.yaml --allow deal.status
    """
    from limerun.cli.dataset.shape_summary import summarize_shape
    from limerun.report.output import STDOUT, check_replaceable, check_writable
    from limerun.report.output import write_whole as write

    check_writable(out)
    check_replaceable(out, "shape")
    try:
        measured, text = _measured(export, allow or [], quiet, no_color)
    except KeyboardInterrupt:
        complain("nothing was written", label="interrupted")
        raise typer.Exit(EXIT_INTERRUPTED) from None
    write(out, text)
    if not quiet and out != STDOUT:
        say(summarize_shape(measured, out))


def _measured(
    export: list[str], allow: list[str], quiet: bool, no_color: bool
) -> tuple["Shape", str]:
    """Return the shape of an export, and its text."""
    from limerun.cli.dataset.making import shown_making
    from limerun.exports.reading import opened_export
    from limerun.exports.shape.file import shape_text
    from limerun.exports.shape.measure import measure_shape
    from limerun.report.screen import make_console

    console = make_console(stderr=True, no_color=no_color)
    with (
        shown_making(console, {}, quiet=quiet) as progress,
        opened_export(export, progress=progress) as opened,
    ):
        measured = measure_shape(opened, allowed=allow, progress=progress)
        return measured, shape_text(opened, measured)
