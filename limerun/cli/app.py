"""The commands, and the two doors through which errors leave."""

import errno
import os
import sys
import traceback
from typing import Annotated

import typer
from typer.core import TyperGroup

from limerun.cli.capacity_test import capacity_test
from limerun.cli.compare import compare
from limerun.cli.console import complain, say
from limerun.cli.dataset.group import dataset
from limerun.cli.doctor import doctor
from limerun.cli.estimate import estimate
from limerun.cli.history import history
from limerun.cli.init import init
from limerun.cli.profile import profile
from limerun.cli.report import report
from limerun.cli.run import run
from limerun.cli.schema import schema
from limerun.cli.tasks import tasks
from limerun.errors import LimerunError, OutputError
from limerun.records import EXIT_INTERRUPTED
from limerun.version import VERSION

EXIT_FAULT = 70
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


class Commands(TyperGroup):
    """The commands, and the one place where an error becomes an exit code."""

    # Typer's own Context type is private, so the override cannot name it.
    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """Run a command; say what is wrong, if the user can mend it."""
        try:
            return super().invoke(ctx)
        except LimerunError as error:
            complain(str(error))
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            complain("nothing was measured", label="interrupted")
            raise typer.Exit(EXIT_INTERRUPTED) from error


app = typer.Typer(
    cls=Commands,
    name="limerun",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Find out what a Lime CRM task costs before production does: "
    "how long, how much memory, what makes it so, and what to change.",
)
for command in (
    init,
    run,
    capacity_test,
    profile,
    estimate,
    report,
    compare,
    history,
    tasks,
    doctor,
    schema,
):
    app.command()(command)
app.add_typer(dataset)


def _show_version(asked: bool) -> None:
    if asked:
        say(f"limerun {VERSION}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Say the version."
        ),
    ] = False,
) -> None:
    """Hold the options of limerun itself."""


def main() -> None:
    """Run the command line; anything unforeseen ends in 70, with its traceback."""
    try:
        app()
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _DISK_FULL:
            sys.stderr.write(f"error: no output can be written: {error.strerror}\n")
            os._exit(OutputError.exit_code)  # what is buffered would only fail again
        sys.stderr.write(traceback.format_exc())
        sys.stderr.write("limerun has a fault: please report the lines above.\n")
        sys.exit(EXIT_FAULT)
