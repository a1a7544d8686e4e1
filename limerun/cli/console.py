"""Write results to stdout and messages to stderr, with CI commands made harmless.

GitHub executes `::error::` at the beginning of a line, even after spaces, and
`##[error]` anywhere; Azure executes `##vso[...]`. A zero-width space in the middle
turns them into plain text.
"""

import io
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO, cast

import typer

from limerun.errors import EXIT_INTERRUPTED
from limerun.report.content.safe_text import plain

if TYPE_CHECKING:
    from rich.console import Console

BREAK = "\u200b"
_LINE = re.compile(r"[^\r\n]*[\r\n]?")
_AT_START = re.compile(r"\s*:(?=:)")
_ANYWHERE = re.compile(r"##(?=\[|vso\[)", re.IGNORECASE)


class Messages:
    """The style of messages on stderr, set once for the whole process."""

    no_color = False


def print_message(message: str, *, label: str = "error") -> None:
    """Print a message on stderr, without control codes and secrets."""
    from rich.text import Text

    from limerun.config.secret_values import known
    from limerun.report.terminal.screen import make_console

    console = make_console(stderr=True, no_color=Messages.no_color)
    text = Text.assemble((f"{label}: ", "bold red"), known.conceal(message))
    console.print(text, soft_wrap=True)


def print_result(text: str) -> None:
    """Print text on stdout, without control codes and with a final line break."""
    line = plain(text)
    sys.stdout.write(line if line.endswith("\n") else line + "\n")


@contextmanager
def interruption_reported(message: str) -> Iterator[None]:
    """On Ctrl-C or another signal, print a message and exit.

    Raises:
        typer.Exit: With the code for an interruption.
    """
    try:
        yield
    except KeyboardInterrupt:
        print_message(message, label="interrupted")
        raise typer.Exit(EXIT_INTERRUPTED) from None


def can_redraw(console: "Console") -> bool:
    """Return whether a view can be redrawn in place on a console.

    With FORCE_COLOR, Rich treats a log file as a terminal, and a live view would fill
    it with control codes. Therefore the file itself is checked too.
    """
    is_terminal = getattr(console.file, "isatty", lambda: False)()
    return is_terminal and console.is_terminal and not console.is_dumb_terminal


# --- CI ----------------------------------------------------------------------------


def guard_streams(arguments: Sequence[str], environ: Mapping[str, str]) -> None:
    """Guard stdout and stderr if a CI system may execute commands in them."""
    is_github = "--github" in arguments or environ.get("GITHUB_ACTIONS") == "true"
    if is_github or environ.get("TF_BUILD"):
        sys.stdout = _guarded(sys.stdout)
        sys.stderr = _guarded(sys.stderr)


def write_commands(stream: TextIO, lines: Iterable[str]) -> None:
    """Write lines that the CI system should execute as commands."""
    unguarded = getattr(stream, "unguarded", stream)
    for line in lines:
        unguarded.write(f"{line}\n")
    unguarded.flush()


def _guarded(stream: TextIO) -> TextIO:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")  # the encoding may lack BREAK
    return cast("TextIO", GuardedStream(stream))


class GuardedStream(io.TextIOBase):
    """A text stream that makes CI commands in its text harmless."""

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream`; the attribute `unguarded` gives direct access to it."""
        self.unguarded = stream
        self._line = ""
        """The part of the current line that has been written already."""

    def write(self, text: str) -> int:
        """Write text; insert BREAK wherever it would be a CI command."""
        self.unguarded.write("".join(map(self._guard, _LINE.findall(text))))
        return len(text)

    def _guard(self, piece: str) -> str:
        """Return the next piece of a line, with BREAK inserted where it is needed."""
        written = len(self._line)
        line = self._line + piece
        ends = [found.end() for found in _ANYWHERE.finditer(line)]
        if start := _AT_START.match(line):
            ends.append(start.end())
        for end in sorted(ends, reverse=True):
            at = max(end, written)  # the beginning may have been written already
            line = line[:at] + BREAK + line[at:]
        self._line = "" if line.endswith(("\r", "\n")) else line
        return line[written:]

    def flush(self) -> None:
        """Flush the stream."""
        self.unguarded.flush()

    def isatty(self) -> bool:
        """Return whether the stream is a terminal."""
        return self.unguarded.isatty()

    def fileno(self) -> int:
        """Return the stream's file descriptor."""
        return self.unguarded.fileno()

    def writable(self) -> bool:
        """Return True: a guarded stream accepts text."""
        return True

    @property
    def buffer(self) -> None:
        """None: bytes written to a buffer would bypass the guard."""
        return None

    @property
    def encoding(self) -> str:  # type: ignore[override]  # an attribute there
        """The stream's encoding."""
        return self.unguarded.encoding
