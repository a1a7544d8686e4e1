"""Shorten statements and lines of code, and find out how a statement writes. Pure."""

import re
from typing import Literal

_COLUMNS = re.compile(r"^(SELECT (?:DISTINCT )?)(.{40,}?)( FROM )", re.IGNORECASE)
_KEPT_COLUMNS = 30
_COMMENTS = r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*"
_WRITES = re.compile(
    rf"{_COMMENTS}(?:(INSERT|REPLACE|MERGE|UPDATE|DELETE)\b"
    r"|WITH\b.*?\b(INSERT INTO|MERGE INTO|UPDATE|DELETE FROM)\b)",
    re.IGNORECASE | re.DOTALL,
)
_LIKE_INSERT = ("REPLACE", "MERGE")


def write_of(statement: str) -> Literal["INSERT", "UPDATE", "DELETE"] | None:
    """Return how a statement writes rows; None if it does not, or in an unknown way."""
    found = _WRITES.match(statement)
    if found is None:
        return None
    word = (found[1] or found[2]).upper().partition(" ")[0]
    return "INSERT" if word in _LIKE_INSERT else word  # type: ignore[return-value]  # one of the pattern's


def shortened(text: str, limit: int = 160) -> str:
    """Return text as one line of at most `limit` characters.

    In a long SELECT, the columns are shortened first: its tables and conditions matter
    more.
    """
    words = " ".join(text.split())
    if len(words) > limit:
        words = _COLUMNS.sub(_without_columns, words, count=1)
    return words if len(words) <= limit else words[: limit - 3] + "..."


def _without_columns(found: re.Match[str]) -> str:
    kept = found[2][:_KEPT_COLUMNS].rpartition(",")[0]
    return f"{found[1]}{kept + ', ' if kept else ''}...{found[3]}"
