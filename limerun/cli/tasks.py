"""limerun tasks: list the tasks in a module or package."""

from typing import Annotated

import typer

from limerun.cli import options


def tasks(
    package: Annotated[
        str,
        typer.Argument(
            metavar="PACKAGE",
            help="A folder, a file, a package or a module (package.module).",
            show_default=False,
        ),
    ],
    python: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            help="Python interpreter that has the package. Default: limerun's own.",
        ),
    ] = None,
    no_color: options.NoColor = False,
) -> None:
    """List the tasks of a package.

    Shows each task's signature, docstring and quality of service (qos).

    Example: limerun tasks limepkg_erp
    """
    from limerun.cli.console import print_message
    from limerun.engine.discovery import discover
    from limerun.report.terminal.screen import make_console
    from limerun.report.terminal.tasks_view import render

    found, notes = discover(package, python=python)
    for note in notes:
        print_message(note, label="note")
    render(package, found, make_console(stderr=False, no_color=no_color))
