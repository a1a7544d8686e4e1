"""Print the error and the output of a run."""

from limerun.records import Output, RaisedError, Run
from limerun.report.content.ending_text import frame_texts, last_output
from limerun.report.content.safe_text import plain
from limerun.report.terminal.screen import Screen

_TRACEBACK_LINES = 8


def show_ending(screen: Screen, run: Run, *, whole: bool, log: bool) -> None:
    """Print the error and the last output of a run that did not return.

    Args:
        screen: The screen to print on.
        run: The run.
        whole: Print the complete traceback as Python prints it.
        log: Print the last lines of its output.
    """
    if run.ending == "returned":
        return
    if run.error is not None:
        _show_error(screen, run, run.error, whole=whole)
    name, lines = last_output(run)
    if log and lines:
        screen.heading(f"Last lines of {name}")
        screen.quote(lines)


def _show_error(screen: Screen, run: Run, error: RaisedError, *, whole: bool) -> None:
    frames = frame_texts(run, screen.base)
    if whole or not frames:
        screen.heading("Traceback")
        lines = plain(error.traceback).rstrip().split("\n")
        screen.quote(lines if whole else lines[-_TRACEBACK_LINES:])
        return
    screen.heading("Where it was raised", "most recent call last")
    for frame in frames:
        where = screen.text(frame.place, "cyan")
        screen.line(where.append_text(screen.text(f" in {frame.function}", "dim")), 2)
        if frame.code:
            screen.line(screen.cell(frame.code), 6)


def show_output(screen: Screen, log: str, printed: str, output: Output) -> None:
    """Print stderr under the heading `log`, and stdout under the heading `printed`."""
    for name, text in ((log, output.stderr), (printed, output.stdout)):
        if text.strip():
            screen.heading(name)
            screen.whole(text.rstrip())
