"""Texts about a run that did not return: why, traceback frames, last output. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from limerun.records import Record, Run, StoppedEarly
from limerun.report.content.safe_text import (
    last_characters,
    one_line,
    plain,
    shown_path,
    tail,
)
from limerun.report.content.sentences import ERROR_LIMIT, config_value, figure
from limerun.units import format_count

_LAST_FRAMES = 3
"""Number of innermost frames that a report shows."""
_LAST_LINES = 8
_FRAME = re.compile(r'\s*File "(?P<file>.+)", line (?P<line>\d+), in (?P<name>.+)')
_UNDERLINE = re.compile(r"[\s~^]+")
_NOT_THE_USERS = re.compile(
    r"[\\/](site-packages|dist-packages|lib[\\/]python3[^\\/]*)[\\/]"
    r"|(^|[\\/])limerun[\\/](worker|lime|instruments)[\\/]|^<frozen"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A call in a traceback: its file, line, function and source."""

    file: str
    line: int
    function: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameText:
    """The texts of a call in a traceback."""

    place: str
    function: str
    code: str


def frame_texts(run: Run, base: str) -> tuple[FrameText, ...]:
    """Return the texts of the user's last calls before the error."""
    frames = user_frames(run.error.traceback) if run.error else []
    return tuple(
        FrameText(
            place=f"{shown_path(frame.file, base)}:{frame.line}",
            function=one_line(frame.function, 200),
            code=one_line(frame.source, 200),
        )
        for frame in frames[-_LAST_FRAMES:]
    )


def last_output(run: Run) -> tuple[str, tuple[str, ...]]:
    """Return the output stream of a run that did not return, and its last lines."""
    if run.ending != "returned":
        for name, text in streams(run):
            return name, tuple(tail(text, _LAST_LINES))
    return "", ()


def output_ends(run: Run, limit: int) -> tuple[tuple[str, str], ...]:
    """Return the name and the last characters of each stream with output."""
    return tuple(
        (name, last_characters(plain(text).rstrip(), limit))
        for name, text in streams(run)
    )


def streams(run: Run) -> tuple[tuple[str, str], ...]:
    """Return the name and the text of each stream with output."""
    both = (("stderr", run.output.stderr), ("stdout", run.output.stdout))
    return tuple((name, text) for name, text in both if text.strip())


def user_frames(traceback: str) -> list[Frame]:
    """Return the frames of the user's own code, outermost first."""
    return [
        frame
        for frame in _frames(plain(traceback))
        if not _NOT_THE_USERS.search(frame.file)
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
        # In a hand-written record, a line number may have any number of digits.
        number = int(match["line"]) if len(match["line"]) < 10 else 0
        yield Frame(
            file=match["file"], line=number, function=match["name"], source=source
        )


def killed_text(record: Record, run: Run, after: str) -> tuple[str, str]:
    """Return the word and the sentence for a run that was killed.

    Args:
        record: Its record.
        run: The run.
        after: The time and place, such as "after 2.1 s, at line 7 of import.py".
    """
    if run.killed_because == "watcher_lost":
        return "INCONCLUSIVE", (
            f"was not measured to the end: limerun's watcher was stopped or killed "
            f"{after}"
        )
    if run.killed_because == "stuck":
        return "INCONCLUSIVE", (
            f"returned {after}, but its process then stopped responding"
        )
    if run.killed_because == "interrupted":
        return "INTERRUPTED", f"was interrupted {after}; its figures end there"
    if run.killed_because == "timeout":
        return "OUT OF TIME", f"did not finish in time and was killed {after}"
    if run.stopped_early is not None:
        return "STOPPED EARLY", f"was stopped {after}: {_lost(run.stopped_early)}"
    if run.killed_because == "cloud_limit":
        limit = config_value(record, "cloud_limit")
        return "KILLED", (
            f"was killed {after}: with the idle handler's "
            f"{config_value(record, 'budget.idle_baseline')}, it exceeded the cloud's "
            f"limit of {limit}"
        )
    peak = figure(run.memory.peak_bytes, "bytes")
    if run.killed_because == "host_memory":
        return "KILLED", (
            f"was killed {after} at {peak}, before this machine ran out of memory"
        )
    return "KILLED", f"was killed {after} at {peak}: the system was out of memory"


def _lost(stop: StoppedEarly) -> str:
    """Return which budget would certainly have been exceeded, and why."""
    if stop.check == "memory.task":
        return (
            f"it used {figure(stop.at_least, 'bytes', stop.limit)} of memory, over its "
            f"budget of {figure(stop.limit, 'bytes', stop.at_least)}"
        )
    done = format_count(stop.rows_done)
    of = "" if stop.rows_total is None else f" of {format_count(stop.rows_total)}"
    return (
        f"after {done}{of} rows, it was certain to take at least "
        f"{figure(stop.at_least, 'seconds', stop.limit)}, over its budget of "
        f"{figure(stop.limit, 'seconds', stop.at_least)}"
    )


def error_line(run: Run) -> str:
    """Return the exception that the task raised, in one line."""
    if run.error is None:
        return "an error"
    message = one_line(run.error.message, ERROR_LIMIT)
    name = one_line(run.error.type, 100)
    return f"{name}: {message}" if message else name
