"""Which rows a request asks for, and the page that it is given. Pure."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

_PAGED = ("page", "page_size")
_BY_OFFSET = ("offset", "limit")
_MOST_DIGITS = 18


class BadQuery(Exception):
    """The query cannot be understood; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The rows that a request asks for."""

    start: int
    size: int
    by_offset: bool

    def after(self) -> "Window":
        """Return the window that follows."""
        return Window(
            start=self.start + self.size, size=self.size, by_offset=self.by_offset
        )

    def query(self) -> str:
        """Return the query that asks for this window."""
        if self.by_offset:
            return f"offset={self.start}&limit={self.size}"
        return f"page={self.start // self.size + 1}&page_size={self.size}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer with rows."""

    body: bytes
    rows: int
    next_url: str | None


def window_of(query: str, page_size: int) -> Window:
    """Return the window that a query asks for; a larger page than there are is cut.

    Args:
        query: What stands after the question mark.
        page_size: The rows of a page if the query says nothing, and at most.

    Raises:
        BadQuery: A number is none, or both ways of asking are mixed.
    """
    said = parse_qs(query, keep_blank_values=True)
    by_offset = any(name in said for name in _BY_OFFSET)
    if by_offset and any(name in said for name in _PAGED):
        raise BadQuery("ask by page and page_size, or by offset and limit")
    if by_offset:
        size = min(_number(said, "limit", page_size, least=1), page_size)
        start = _number(said, "offset", 0, least=0)
    else:
        size = min(_number(said, "page_size", page_size, least=1), page_size)
        start = (_number(said, "page", 1, least=1) - 1) * size
    return Window(start=start, size=size, by_offset=by_offset)


def _number(said: dict[str, list[str]], name: str, usual: int, *, least: int) -> int:
    if name not in said:
        return usual
    text = said[name][-1]
    plain = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    if not plain or int(text) < least:
        raise BadQuery(f"{name}: {text!r} is no whole number from {least} on")
    return int(text)


def page_of(
    window: Window, total: int, url: str, items: Callable[[int, int], bytes]
) -> Page:
    """Return the page of a window.

    Args:
        window: The rows asked for.
        total: How many rows there are.
        url: Where the source is served.
        items: Gives the rows from one number up to another, as a JSON array.
    """
    end = min(window.start + window.size, total)
    next_url = f"{url}?{window.after().query()}" if end < total else None
    told = {
        "page": window.start // window.size + 1,
        "pages": -(-total // window.size),
        "page_size": window.size,
        "offset": window.start,
        "total": total,
        "next": next_url,
    }
    rest = json.dumps(told, separators=(",", ":")).encode()
    body = b'{"items":%b,%b' % (items(window.start, end), rest[1:])
    return Page(body=body, rows=max(end - window.start, 0), next_url=next_url)
