"""Show a statement, or a line of code, in short. Pure."""

import re

_COLUMNS = re.compile(r"^(SELECT (?:DISTINCT )?)(.{40,}?)( FROM )", re.IGNORECASE)
_KEPT_COLUMNS = 30


def shortened(text: str, limit: int = 160) -> str:
    """Return text as one line of at most `limit` characters.

    Of a long SELECT the columns go first: where it reads, and by what, tells more.
    """
    words = " ".join(text.split())
    if len(words) > limit:
        words = _COLUMNS.sub(_without_columns, words, count=1)
    return words if len(words) <= limit else words[: limit - 3] + "..."


def _without_columns(found: re.Match[str]) -> str:
    kept = found[2][:_KEPT_COLUMNS].rpartition(",")[0]
    return f"{found[1]}{kept + ', ' if kept else ''}...{found[3]}"
