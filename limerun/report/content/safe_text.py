"""Make any text safe to show: remove control codes and direction marks. Pure."""

import re
import unicodedata
from pathlib import PurePath

_ESCAPES = re.compile(
    "\x1b\\[[0-?]*[ -/]*[@-~]"  # colours and cursor movement
    "|\x1b[\\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\\\)?"  # titles, links, device strings
    "|\x1b[ -/]*[0-~]?"
    "|\x9b[0-?]*[ -/]*[@-~]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN = frozenset(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF]))
"""Marks that change the reading direction, so that text can look different from its
content."""
_SPARE = 50
"""Characters to read for each character shown, because codes and spaces are removed."""


def plain(text: str) -> str:
    """Return text without control codes; tabs become spaces, all line ends newlines."""
    text = _LINE_ENDS.sub("\n", _ESCAPES.sub("", text)).expandtabs(4)
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join(filter(_harmless, text))


def _harmless(char: str) -> bool:
    if char in _UNSEEN:
        return False
    return char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"}


def one_line(text: str, limit: int | None = None) -> str:
    """Return text as one line of single spaces, with at most `limit` characters."""
    if limit is not None:
        text = text[: _SPARE * (limit + 1)]  # a line may be megabytes long
    words = " ".join(plain(text).split())
    if limit is None or len(words) <= limit:
        return words
    return words[: limit - 3] + "..."


def tail(text: str, lines: int) -> list[str]:
    """Return the last lines of a text, without blank lines at its end."""
    return plain(text).rstrip().split("\n")[-lines:] if text.strip() else []


def last_characters(text: str, limit: int) -> str:
    """Return the end of a text, if possible from the start of a line."""
    if len(text) <= limit:
        return text
    cut = text[-limit:]
    _, newline, rest = cut.partition("\n")
    return rest if newline else cut


def shown_path(file: str, base: str) -> str:
    """Return a path relative to the folder `base` if it is inside it."""
    path = PurePath(file)
    if path.is_absolute() and path.is_relative_to(base):
        path = path.relative_to(base)
    return one_line(str(path))
