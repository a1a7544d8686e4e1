"""limerun doctor: how exactly this machine can measure, proven by a self-test."""

import typer

from limerun.cli import options


def doctor(no_color: options.NoColor = False) -> None:
    """Show how exactly this machine measures memory.

    A self-test with a spike of known size proves it.

    Exit 0 if peaks are exact here, 6 if not. Example: limerun doctor
    """
    from limerun.records import EXIT_CODES, Verdict
    from limerun.report.terminal.doctor_view import render
    from limerun.report.terminal.record_view import make_console
    from limerun.runs.doctor import examine

    examination = examine()
    render(examination, make_console(stderr=False, no_color=no_color))
    if examination.used is None or not examination.used.exact:
        raise typer.Exit(EXIT_CODES[Verdict.INCONCLUSIVE])
