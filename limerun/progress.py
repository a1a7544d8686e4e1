"""Define the events that the stages report while they run."""

from typing import Literal

Phase = Literal[
    "dataset",
    "start",
    "running",
    "report",
    "load",
    "index",
    "generate",
    "read",
    "measure",
    "learn",
    "replace",
    "prove",
]


class Progress:
    """Receives all events and ignores them; views override the ones that they show."""

    def phase(self, phase: Phase, detail: str = "") -> None:
        """Receive the start of a phase."""

    def rows_made(self, what: str, done: int, total: int) -> None:
        """Receive how many rows of a table or source have been generated."""

    def baseline(self, rss_bytes: int) -> None:
        """Receive the idle worker's resident memory."""

    def sample(self, t_seconds: float, rss_bytes: int) -> None:
        """Receive the process tree's resident memory, at a time since the start."""

    def rows_done(self, done: int, total: int | None) -> None:
        """Receive how many rows the task has read, and the total if it is known."""

    def note(self, text: str) -> None:
        """Receive a note, to show on a separate line."""


class RowsAndNotes(Progress):
    """Forwards only notes and the rows made; other events of many runs would distract."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def rows_made(self, what: str, done: int, total: int) -> None:
        """Forward the event, as generating the shared dataset may take long."""
        self._progress.rows_made(what, done, total)

    def note(self, text: str) -> None:
        """Forward the note."""
        self._progress.note(text)
