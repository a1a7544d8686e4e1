"""limerun doctor: show how accurately this machine can measure, with a self-test."""

import typer

from limerun.cli import options


def doctor(no_color: options.NoColor = False) -> None:
    """Show how accurately this machine measures memory.

    Proves it by measuring a memory peak of known size. Exit 0 if peaks are exact on
    this machine, 6 if not.

    Example: limerun doctor
    """
    from limerun.records import EXIT_CODES, Verdict
    from limerun.report.terminal.doctor_view import render
    from limerun.report.terminal.screen import make_console
    from limerun.runs.doctor import examine

    examination = examine()
    render(examination, make_console(stderr=False, no_color=no_color))
    if examination.used is None or not examination.used.exact:
        raise typer.Exit(EXIT_CODES[Verdict.INCONCLUSIVE])
