"""Write to the user: results on stdout, messages on stderr, no commands for CI in either.

GitHub takes `::error::` at the beginning of a line for a command, whatever spaces stand
before it, and `##[error]` anywhere; Azure takes `##vso[...]`. A mark without width in
the middle makes plain text of them.
"""

import io
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO, cast

from limerun.report.content.safe_text import plain

BREAK = "\u200b"
_LINE = re.compile(r"[^\r\n]*[\r\n]?")
_AT_START = re.compile(r"\s*:(?=:)")
_ANYWHERE = re.compile(r"##(?=\[|vso\[)", re.IGNORECASE)


class Messages:
    """How all messages on stderr are shown."""

    no_color = False


def complain(message: str, *, label: str = "error") -> None:
    """Print a problem on stderr, whatever it holds, without codes and secrets."""
    from rich.text import Text

    from limerun.config.secret_values import known
    from limerun.report.terminal.screen import make_console

    console = make_console(stderr=True, no_color=Messages.no_color)
    text = Text.assemble((f"{label}: ", "bold red"), known.conceal(message))
    console.print(text, soft_wrap=True)


def say(text: str) -> None:
    """Print a line of result on stdout."""
    line = plain(text)
    sys.stdout.write(line if line.endswith("\n") else line + "\n")


# --- CI ----------------------------------------------------------------------------


def guard_streams(arguments: Sequence[str], environ: Mapping[str, str]) -> None:
    """Guard stdout and stderr, if CI may read commands there."""
    read = "--github" in arguments or environ.get("GITHUB_ACTIONS") == "true"
    if read or environ.get("TF_BUILD"):
        sys.stdout = _guarded(sys.stdout)
        sys.stderr = _guarded(sys.stderr)


def write_commands(stream: TextIO, lines: Iterable[str]) -> None:
    """Write lines that are meant as commands."""
    unguarded = getattr(stream, "unguarded", stream)
    for line in lines:
        unguarded.write(f"{line}\n")
    unguarded.flush()


def _guarded(stream: TextIO) -> TextIO:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")  # an encoding may lack the mark
    return cast("TextIO", GuardedStream(stream))


class GuardedStream(io.TextIOBase):
    """A stream of text in which no line is a command."""

    def __init__(self, stream: TextIO) -> None:
        """Write to a stream, which is there as `unguarded`."""
        self.unguarded = stream
        self._line = ""
        """What was written of the line that has no end yet."""

    def write(self, text: str) -> int:
        """Write text, with a mark in whatever would be a command."""
        self.unguarded.write("".join(map(self._guard, _LINE.findall(text))))
        return len(text)

    def _guard(self, piece: str) -> str:
        """Return the next piece of a line with the marks that it needs."""
        written = len(self._line)
        line = self._line + piece
        ends = [found.end() for found in _ANYWHERE.finditer(line)]
        if start := _AT_START.match(line):
            ends.append(start.end())
        for end in sorted(ends, reverse=True):
            at = max(end, written)  # its beginning may have been written before
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
        """Return the stream's descriptor."""
        return self.unguarded.fileno()

    def writable(self) -> bool:
        """Return True."""
        return True

    @property
    def buffer(self) -> None:
        """Nothing: bytes would come past the guard."""
        return None

    @property
    def encoding(self) -> str:  # type: ignore[override]  # an attribute there
        """The stream's encoding."""
        return self.unguarded.encoding
