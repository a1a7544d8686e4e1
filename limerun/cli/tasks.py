"""limerun tasks: the tasks that a module or package holds."""

from pathlib import Path
from typing import Annotated

import typer

from limerun.cli import options


def tasks(
    package: Annotated[
        str,
        typer.Argument(
            help="A package or its folder, a module (package.module), or a file.",
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

    found = discover(_place(package), python=python)
    render(package, found, make_console(stderr=False, no_color=no_color))


def _place(package: str) -> str:
    """Return what is meant by a dotted name, a file, or a folder with a package."""
    path = Path(package)
    if path.suffix == ".py":
        return str(path.absolute())
    if (path / "__init__.py").is_file() and not path.is_absolute():
        return ".".join(path.parts)
    return package
