"""limerun tasks: the tasks that a module or package holds."""

from pathlib import Path
from typing import Annotated

import typer

from limerun.cli import options


def tasks(
    package: Annotated[
        str,
        typer.Argument(
            help="A package, a module (package.module) or a file (path/tasks.py).",
            show_default=False,
        ),
    ],
    python: Annotated[
        str | None,
        typer.Option(help="The interpreter that holds it; default: limerun's own."),
    ] = None,
    no_color: options.NoColor = False,
) -> None:
    """List the tasks of a package, with signature, docstring and qos.

    Example: limerun tasks limepkg_erp
    """
    from limerun.discovery import discover
    from limerun.report.found import render
    from limerun.report.terminal import make_console

    place = str(Path(package).absolute()) if package.endswith(".py") else package
    found = discover(place, python=python)
    render(package, found, make_console(stderr=False, no_color=no_color))
