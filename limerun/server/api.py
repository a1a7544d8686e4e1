"""Serve one source as an API: read its rows, answer requests and count them."""

import json
import os
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from limerun.server.fault_injection import Failures, OneFault, RateLimit
from limerun.server.pages import BadQuery, page_of, window_of
from limerun.server.protocol import COUNTED, OFFSET_BYTES

_REQUESTS, _ROWS, _REFUSED, _FAILED, _ANSWERING_NS = range(len(COUNTED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP response."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    lost: Literal["", "timeout", "cut"] = ""
    """What goes wrong on the way: nothing is sent, or only half of the body."""


class RowFile:
    """The rows of a file, read without keeping them; every page is equally fast."""

    def __init__(self, path: str, index: str, count: int) -> None:
        self.count = count
        # Open until the process ends; positional reads can run in parallel.
        self._rows = os.open(path, os.O_RDONLY)
        self._index = os.open(index, os.O_RDONLY)
        indexed = Path(index).stat().st_size // OFFSET_BYTES - 1
        if indexed != count:
            raise ValueError(f"{index} has {indexed} rows, not {count}")

    def items(self, start: int, end: int) -> bytes:
        """Return the rows from `start` up to `end`, as a JSON array."""
        if start >= end:
            return b"[]"
        first, after = self._offset(start), self._offset(end)
        lines = os.pread(self._rows, after - first, first)
        # Line breaks inside text are escaped, so each one here is between two rows.
        return b"[%b]" % lines.rstrip(b"\n").replace(b"\n", b",")

    def _offset(self, row: int) -> int:
        read = os.pread(self._index, OFFSET_BYTES, row * OFFSET_BYTES)
        return int.from_bytes(read, "little")


class SourceApi:
    """Serves the rows of a source.

    Args:
        order: The source's entry in the order; see `limerun.server.protocol`.
        url: The URL of the source.
        counters: One number for each name in `COUNTED`.
    """

    def __init__(
        self, order: dict[str, Any], url: str, counters: "memoryview[int]"
    ) -> None:
        self._rows = RowFile(order["path"], order["index"], order["rows"])
        self._url = url
        self._page_size: int = order["page_size"]
        self._latency: float = order["latency_seconds"]
        rate = order["rate_limit"]
        self._limit = None if rate is None else RateLimit(rate)
        self._failures = Failures(order["failure_rate"], order["key"])
        self._fault = OneFault(order["fault"])
        self._counters = counters
        self._lock = threading.Lock()

    def answer(self, query: str) -> Answer:
        """Answer one request, after the latency."""
        started = time.monotonic_ns()
        answer = self._answer(query)
        # Count before sending, because the receiver may read the counters at once.
        self._count(answer, 1, time.monotonic_ns() - started)
        return answer

    def uncount_rows(self, answer: Answer) -> None:
        """Subtract the rows of an answer that could not be sent."""
        self._count(answer, -1, 0)

    def _answer(self, query: str) -> Answer:
        with self._lock:
            fault = self._fault.next_kind()
            wait = 0 if self._limit is None else self._limit.seconds_to_wait()
            failure = None if wait else self._failures.next_status()
        if wait:
            text = f"too many requests; try again in {wait} s"
            return _error(429, text, {"Retry-After": str(wait)})
        if self._latency:
            time.sleep(self._latency)
        if fault == "status":
            return _error(500, "failure injected by limerun")
        if failure is not None:
            return _error(failure, "failure injected by limerun (failure_rate)")
        answer = self._page(query)
        return answer if not fault else _disturbed(answer, fault)

    def _page(self, query: str) -> Answer:
        try:
            window = window_of(query, self._page_size)
        except BadQuery as error:
            return _error(400, str(error))
        page = page_of(window, self._rows.count, self._url, self._rows.items)
        headers = {}
        if page.next_url is not None:
            headers["Link"] = f'<{page.next_url}>; rel="next"'
        return Answer(status=200, body=page.body, headers=headers, rows=page.rows)

    def _count(self, answer: Answer, times: int, nanoseconds: int) -> None:
        counters = self._counters
        with self._lock:
            if times > 0:
                counters[_REQUESTS] += 1
                counters[_REFUSED] += answer.status == 429
                counters[_FAILED] += answer.status in (500, 503)
            counters[_ROWS] += times * answer.rows
            counters[_ANSWERING_NS] += nanoseconds


def _disturbed(answer: Answer, fault: str) -> Answer:
    if fault == "timeout":
        return replace(answer, lost="timeout", rows=0)
    if fault == "cut":
        return replace(answer, lost="cut", rows=0)
    return replace(answer, body=answer.body[: len(answer.body) // 2], rows=0)


def _error(status: int, text: str, headers: dict[str, str] | None = None) -> Answer:
    body = json.dumps({"error": text}).encode()
    return Answer(status=status, body=body, headers=headers or {})
