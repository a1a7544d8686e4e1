"""What the stages tell whoever is watching, while they work."""

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
    """Hears of everything and shows nothing; views override what they show."""

    def phase(self, phase: Phase, detail: str = "") -> None:
        """Tell that a phase begins."""

    def rows_made(self, what: str, done: int, total: int) -> None:
        """Tell how many rows of a table or source are made."""

    def baseline(self, rss_bytes: int) -> None:
        """Tell the idle worker's resident memory."""

    def sample(self, t_seconds: float, rss_bytes: int) -> None:
        """Tell the process tree's resident memory, at a time since the start."""

    def rows_done(self, done: int, total: int | None) -> None:
        """Tell how many rows the task has read, and of how many."""

    def note(self, text: str) -> None:
        """Tell something worth a line."""
