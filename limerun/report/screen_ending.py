"""Show what a task raised, and the last that it said."""

from limerun.records import Output, RaisedError, Run
from limerun.report.frames import LAST_FRAMES, user_frames
from limerun.report.plain import plain, shown_path, tail
from limerun.report.screen import Screen

_LAST_LINES = 8


def show_ending(screen: Screen, run: Run, *, whole: bool) -> None:
    """Print the error and the last output of a run that did not return."""
    if run.ending == "returned":
        return
    if run.error is not None:
        _show_error(screen, run.error, whole=whole)
    if not whole:
        show_last_output(screen, run.output)


def show_last_output(screen: Screen, output: Output) -> None:
    """Print the last lines of stderr, or of stdout where that is empty."""
    for name, text in (("stderr", output.stderr), ("stdout", output.stdout)):
        lines = tail(text, _LAST_LINES)
        if lines:
            screen.heading(f"Last lines of its {name}")
            screen.quote(lines)
            return


def _show_error(screen: Screen, error: RaisedError, *, whole: bool) -> None:
    frames = user_frames(error.traceback)
    if whole or not frames:
        screen.heading("Traceback")
        lines = plain(error.traceback).rstrip().split("\n")
        screen.quote(lines if whole else lines[-_LAST_LINES:])
        return
    screen.heading("Where it was raised", "the last call is the lowest")
    for frame in frames[-LAST_FRAMES:]:
        where = screen.text(
            f"{shown_path(frame.file, screen.base)}:{frame.line}", "cyan"
        )
        screen.line(where.append_text(screen.text(f" in {frame.function}", "dim")), 2)
        if frame.source:
            screen.line(screen.cell(frame.source), 6)
