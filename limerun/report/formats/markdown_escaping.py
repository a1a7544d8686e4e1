"""Escape any text for GitHub's and GitLab's Markdown. Pure."""

import re

from limerun.report.content.safe_text import one_line, plain

_BREAK = "\u200b"
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]!|~$])")
_AT_START = re.compile(r"^(\d+(?=[.)](?:\s|$))|(?=[#+=-]))(.)")
_REFERENCE = re.compile(
    r"(?<=[@#!%~&$])(?=[\w\"])"  # @someone, #12, !12, %"a milestone", ~label
    r"|(?<=:)(?=//|[\w+-]+:|\d+\])"  # http://, :smile:, [vulnerability:12]
    r"|(?<=[Ww][Ww][Ww])(?=\.)"
    r"|(?<=\b[Gg][Hh]-)(?=\d)"
)
_FENCES = re.compile("`+")


def escape(text: str, limit: int) -> str:
    """Return text as one line that Markdown shows unchanged.

    The sites search for mentions and references after parsing the Markdown, so a
    backslash has no effect there. A zero-width space after the sign prevents a match.
    """
    broken = _REFERENCE.sub(_BREAK, one_line(text, limit))
    escaped = "".join(
        _ENTITIES.get(part) or _PUNCTUATION.sub(r"\\\1", part)
        for part in re.split("([&<>])", broken)
    )
    return _AT_START.sub(r"\1\\\2", escaped)


def code_span(text: str, limit: int, *, in_table: bool = False) -> str:
    """Return text as inline code."""
    line = one_line(text, limit)
    if in_table:
        # A bar ends the table cell even in code, and escaping it is unreliable.
        line = line.replace("|", "\u2502")
    if not line:
        return ""
    fence = "`" * (_longest_fence(line) + 1)
    pad = " " if line[0] == "`" or line[-1] == "`" else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def code_block(text: str) -> str:
    """Return text as a code block."""
    fence = "`" * max(3, _longest_fence(text) + 1)
    return f"{fence}text\n{plain(text)}\n{fence}\n"


def _longest_fence(text: str) -> int:
    return max(map(len, _FENCES.findall(text)), default=0)
