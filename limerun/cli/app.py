"""The commands, and how errors become messages and exit codes."""

import errno
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from typer.core import TyperGroup
from typer.main import get_command_name

from limerun import interruption
from limerun.cli.capacity_test import capacity_test
from limerun.cli.compare import compare
from limerun.cli.console import guard_streams, print_message, print_result
from limerun.cli.dataset.group import dataset
from limerun.cli.docs import docs, rule, schema
from limerun.cli.doctor import doctor
from limerun.cli.estimate import estimate
from limerun.cli.history import history, report
from limerun.cli.improve import improve
from limerun.cli.init import init
from limerun.cli.lint import lint
from limerun.cli.options import expand_groups
from limerun.cli.profile import profile
from limerun.cli.resilience import resilience
from limerun.cli.run import run
from limerun.cli.tasks import tasks
from limerun.errors import EXIT_FAULT, EXIT_INTERRUPTED, LimerunError, OutputError
from limerun.report.content.safe_text import plain
from limerun.version import VERSION

# Depending on its version, Typer contains a copy of click or imports click.
_ClickException: type[Exception] = next(
    base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException"
)
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


class Commands(TyperGroup):
    """All commands. This is the only place where errors become exit codes."""

    # Typer's own Context type is private, so the override cannot name it.
    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """Run a command; print the message of an error that the user can fix."""
        try:
            return super().invoke(ctx)
        except _ClickException as error:
            vars(error)["message"] = plain(str(vars(error)["message"]))
            raise
        except LimerunError as error:
            if _is_caused_by_signal(error):
                _report_interruption(ctx)
                raise typer.Exit(EXIT_INTERRUPTED) from error
            print_message(str(error))
            raise typer.Exit(error.exit_code) from error
        except OSError as error:
            message = _path_problem(error)
            if message is None:
                raise
            print_message(message)
            raise typer.Exit(LimerunError.exit_code) from error
        except KeyboardInterrupt as error:
            _report_interruption(ctx)
            raise typer.Exit(EXIT_INTERRUPTED) from error


def _path_problem(error: OSError) -> str | None:
    """Return the message for a path error that the user can fix; None for any other."""
    if error.errno == errno.ENAMETOOLONG:
        return (
            f"{str(error.filename)[:60]}...: this path is too long; use a shorter one"
        )
    if isinstance(error, FileNotFoundError) and _is_folder_gone():
        return "the current folder no longer exists; change to another folder"
    return None


def _is_folder_gone() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def _is_caused_by_signal(error: BaseException | None) -> bool:
    """Return whether a signal caused this error.

    A library that handles SIGINT itself raises its own error, with KeyboardInterrupt
    as the cause.
    """
    if interruption.exit_code() is not None:
        return True
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, KeyboardInterrupt):
            return True
        seen.add(id(error))
        error = error.__cause__
    return False


def _report_interruption(ctx: typer.Context) -> None:
    is_lint = ctx.invoked_subcommand == "lint"
    text = "the code was not checked" if is_lint else "nothing was measured"
    print_message(text, label="interrupted")


app = typer.Typer(
    cls=Commands,
    name="limerun",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Find out, before production does, how long a Lime CRM task takes, "
    "how much memory it needs, why, and what to change.",
)
for command in (
    init,
    run,
    capacity_test,
    profile,
    estimate,
    improve,
    resilience,
    lint,
    report,
    compare,
    history,
    tasks,
    doctor,
    schema,
    rule,
    docs,
):
    app.command()(expand_groups(command))
app.add_typer(dataset)


def _show_version(is_set: bool) -> None:
    if is_set:
        print_result(f"limerun {VERSION}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Show the version and exit.",
        ),
    ] = False,
) -> None:
    """Accept the options that come before a command."""


def main() -> NoReturn:
    """Run the command line and exit; a signal that ended it decides the exit code."""
    interruption.watch()
    try:
        guard_streams(sys.argv[1:], os.environ)
        _remember_url_passwords(sys.argv[1:])
        _leave_out_others(sys.argv[1:])
        code = _run_command()
    except KeyboardInterrupt:
        code = EXIT_INTERRUPTED
    interruption.leave(code)


def _remember_url_passwords(arguments: list[str]) -> None:
    """Remember the passwords in URLs on the command line, so that output masks them."""
    if any("://" in each for each in arguments):
        from limerun.config.secret_values import learn_arguments

        learn_arguments(arguments)


def _leave_out_others(arguments: list[str]) -> None:
    """Leave out the commands that are not called: building all of them takes 20 ms."""
    called = arguments[0] if arguments else ""
    commands = [
        each
        for each in app.registered_commands
        if each.callback and get_command_name(each.callback.__name__) == called
    ]
    groups = [
        each
        for each in app.registered_groups
        if each.typer_instance and each.typer_instance.info.name == called
    ]
    if commands or groups:
        app.registered_commands, app.registered_groups = commands, groups


def _run_command() -> int:
    """Run the command and return its exit code: 70 with a traceback for a bug."""
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except Exception as error:
        if interruption.exit_code() is not None:
            return EXIT_INTERRUPTED
        if isinstance(error, OSError) and error.errno in _DISK_FULL:
            sys.stderr.write(f"error: cannot write output: {error.strerror}\n")
            os._exit(OutputError.exit_code)  # flushing the buffers would fail again
        sys.stderr.write(_plain_traceback())
        sys.stderr.write("This is a bug in limerun; please report the lines above.\n")
        return EXIT_FAULT
    return 0


def _plain_traceback() -> str:
    from limerun.config.secret_values import known

    return plain(known.conceal(traceback.format_exc()))
