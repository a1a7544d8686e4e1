"""limerun doctor: how exactly this machine can measure, proven by a self-test."""

import typer

from limerun.cli import options
from limerun.records import EXIT_CODES, Verdict


def doctor(no_color: options.NoColor = False) -> None:
    """Tell how exactly this machine measures, with a spike of known size as proof.

    Exit 0 if peaks are exact here, 6 if not. Example: limerun doctor
    """
    from limerun.doctor import examine
    from limerun.report.examination import render
    from limerun.report.terminal import make_console

    examination = examine()
    render(examination, make_console(stderr=False, no_color=no_color))
    if examination.used is None or not examination.used.exact:
        raise typer.Exit(EXIT_CODES[Verdict.INCONCLUSIVE])
