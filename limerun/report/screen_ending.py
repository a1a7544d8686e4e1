"""Show what a task raised, and the last that it said."""

import re
from collections.abc import Iterator

from limerun.records import Output, RaisedError, Run
from limerun.report.plain import plain, shown_path, tail
from limerun.report.screen import Screen

_LAST_FRAMES = 3
_LAST_LINES = 8
_FRAME = re.compile(r'\s*File "(?P<file>.+)", line (?P<line>\d+), in (?P<name>.+)')
_UNDERLINE = re.compile(r"[\s~^]+")
_NOT_THE_USERS = re.compile(
    r"[\\/](site-packages|dist-packages|lib[\\/]python3[^\\/]*)[\\/]"
    r"|(^|[\\/])limerun[\\/](worker|lime|instruments)[\\/]|^<frozen"
)

Frame = tuple[str, str, str, str]
"""File, line, function, source line."""


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
    for file, line, name, source in frames[-_LAST_FRAMES:]:
        where = screen.text(f"{shown_path(file, screen.base)}:{line}", "cyan")
        screen.line(where.append_text(screen.text(f" in {name}", "dim")), 2)
        if source:
            screen.line(screen.cell(source), 6)


def user_frames(traceback: str) -> list[Frame]:
    """Return the frames of the user's own code, outermost first."""
    return [
        frame
        for frame in _frames(plain(traceback))
        if not _NOT_THE_USERS.search(frame[0])
    ]


def _frames(traceback: str) -> Iterator[Frame]:
    lines = traceback.split("\n")
    for index, text in enumerate(lines):
        match = _FRAME.fullmatch(text)
        if match is None:
            continue
        after = lines[index + 1] if index + 1 < len(lines) else ""
        is_source = after.startswith("    ") and not _FRAME.fullmatch(after)
        source = after.strip() if is_source else ""
        if _UNDERLINE.fullmatch(source):
            source = ""
        yield match["file"], match["line"], match["name"], source
