"""Parse queries for rows, and create pages of rows. Pure."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

_PAGED = ("page", "page_size")
_BY_OFFSET = ("offset", "limit")
_MOST_DIGITS = 18


class BadQuery(Exception):
    """The query is not valid; the text explains why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The range of rows that a request asks for."""

    start: int
    size: int
    by_offset: bool

    def after(self) -> "Window":
        """Return the next window."""
        return Window(
            start=self.start + self.size, size=self.size, by_offset=self.by_offset
        )

    def query(self) -> str:
        """Return the query string for this window."""
        if self.by_offset:
            return f"offset={self.start}&limit={self.size}"
        return f"page={self.start // self.size + 1}&page_size={self.size}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A response with rows."""

    body: bytes
    rows: int
    next_url: str | None


def window_of(query: str, page_size: int) -> Window:
    """Parse a query string.

    Args:
        query: The part of the URL after the question mark.
        page_size: The default and the maximum number of rows on a page.

    Raises:
        BadQuery: A value is not a number, or pages and offsets are mixed.
    """
    values = parse_qs(query, keep_blank_values=True)
    by_offset = any(name in values for name in _BY_OFFSET)
    if by_offset and any(name in values for name in _PAGED):
        raise BadQuery("use either page and page_size, or offset and limit")
    if by_offset:
        size = min(_number(values, "limit", page_size, least=1), page_size)
        start = _number(values, "offset", 0, least=0)
    else:
        size = min(_number(values, "page_size", page_size, least=1), page_size)
        start = (_number(values, "page", 1, least=1) - 1) * size
    return Window(start=start, size=size, by_offset=by_offset)


def _number(
    values: dict[str, list[str]], name: str, default: int, *, least: int
) -> int:
    if name not in values:
        return default
    text = values[name][-1]
    plain = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    if not plain or int(text) < least:
        raise BadQuery(f"{name}: {text!r} must be a whole number, {least} or more")
    return int(text)


def page_of(
    window: Window, total: int, url: str, items: Callable[[int, int], bytes]
) -> Page:
    """Make the page of a window.

    Args:
        window: The requested range of rows.
        total: The total number of rows.
        url: The URL of the source.
        items: Returns the rows from a start up to an end, as a JSON array.
    """
    end = min(window.start + window.size, total)
    next_url = f"{url}?{window.after().query()}" if end < total else None
    fields = {
        "page": window.start // window.size + 1,
        "pages": -(-total // window.size),
        "page_size": window.size,
        "offset": window.start,
        "total": total,
        "next": next_url,
    }
    rest = json.dumps(fields, separators=(",", ":")).encode()
    body = b'{"items":%b,%b' % (items(window.start, end), rest[1:])
    return Page(body=body, rows=max(end - window.start, 0), next_url=next_url)
