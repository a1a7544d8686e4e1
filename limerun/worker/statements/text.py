"""Determine from a statement's text whether it reads, writes, or does neither."""

import re

from limerun.worker.counters import READS, WRITES

_READS = ("SELECT", "WITH", "VALUES", "TABLE", "FETCH", "EXPLAIN")
_WRITES_OF_WITH = ("INSERT INTO ", "UPDATE ", "DELETE FROM ", "MERGE INTO ")
_PAGES = {"LIMIT", "OFFSET", "FETCH", "TOP"}
_TABLES = ("CREATE", "ALTER", "DROP", "TRUNCATE")
_COMMITS = ("COMMIT", "END")
_UNCOUNTED = (
    *_TABLES,
    *("PRAGMA", "BEGIN", "START", *_COMMITS, "ROLLBACK", "SAVEPOINT", "RELEASE"),
    *("SET", "SHOW", "ANALYZE", "VACUUM", "ATTACH", "DETACH", "DEALLOCATE"),
)
LONGEST = 10_000
_PIECES = re.compile(
    r"""
    [-"`'$/.\d]  # the search is quick where each piece begins with one of a set
    (?: (?<=")[^"]*" | (?<=`)[^`]*`
    | (?<=-)-[^\n]* | (?<=/)\*.*?(?:\*/|\Z)
    | (?<=\bE')(?:[^'\\]|\\.|'')*(?:'|\Z)
    | (?<=')[^']*(?:''[^']*)*(?:'|\Z)
    | (?<=\$)(?P<tag>(?:[^\W\d]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z)
    | (?: (?<=[=<>(,]-)\d | (?<=[=<>(,][ ]-)\d
      | (?<![\w$:@%?.]\d)(?<=\d) | (?<![\w.]\.)(?<=\.)\d )
      (?: (?<=0)x[\da-f]+ | [\d.]*(?:e[-+]?\d+)? )\b
    )
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
"""Matches quoted names, comments and values; a cut string reaches to the end."""


def kind_of(statement: str) -> int | None:
    """Return the index of a statement's counter; None if it is not counted."""
    word = _first_word(statement)
    if word == "WITH":
        text = " ".join(statement.upper().split())
        return WRITES if any(each in text for each in _WRITES_OF_WITH) else READS
    if word in _READS:
        return READS
    return None if word in _UNCOUNTED or not word else WRITES


def acts_uncounted(statement: str) -> bool:
    """Return whether a statement that is not counted may change the database.

    Such a statement creates, changes or empties a table, or commits without SQLAlchemy.
    """
    return _first_word(statement) in (*_TABLES, *_COMMITS)


def without_literals(statement: str) -> str:
    """Return a statement with `?` for each number and string, without comments.

    Statements that differ only in their values then count as one. No value is kept.
    Only the beginning of a long statement is returned.
    """
    text = _PIECES.sub(_without_value, statement[:LONGEST])
    return statement if text == statement else text


def _without_value(piece: "re.Match[str]") -> str:
    text = piece[0]
    if text.startswith(('"', "`")):
        return text
    return "" if text.startswith(("--", "/*")) else "?"


def is_page(statement: str) -> bool:
    """Return whether the text of a query asks for only part of the rows."""
    words = statement.upper().split()
    return not _PAGES.isdisjoint(words)


def _first_word(statement: str) -> str:
    text = statement.lstrip(" \r\n\t(;")
    while text.startswith(("--", "/*")):
        end = "\n" if text.startswith("--") else "*/"
        text = text.partition(end)[2].lstrip(" \r\n\t(;")
    word = text[:12].upper()
    for place, letter in enumerate(word):
        if not letter.isalpha():
            return word[:place]
    return word
