"""Run the server for HTTP sources next to a worker, and read its counters."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from limerun.engine.channels import shared_counters
from limerun.errors import EngineError
from limerun.frozen import frozen
from limerun.records import Fetched, HttpPlan, SourceFile
from limerun.server import protocol

_SCRIPT = Path(__file__).resolve().parents[1] / "server" / "__main__.py"
_END_SECONDS = 5


@frozen
class ServerFault:
    """How the server fails one request for a source."""

    source: str
    kind: Literal["status", "timeout", "cut", "malformed"]
    """Answer 500; no answer; only half of the answer; or half of the JSON."""
    number: int
    """The request, counted from 1."""


@frozen
class ServedSource:
    """A source for the server: a JSON Lines file with an index."""

    name: str
    file: SourceFile
    http: HttpPlan
    seed: int
    """The seed that determines which requests fail."""
    fault: ServerFault | None = None


class PageServer:
    """The server's process; the context manager makes sure that it ends.

    The server also ends when its pipe closes, so it does not outlive this process.
    """

    def __init__(self, sources: Sequence[ServedSource]) -> None:
        self._sources = sources
        self._counters_path, self._counters = shared_counters(
            protocol.counters_bytes(len(sources))
        )
        # Isolated, so that it imports nothing from the task's folder or site-packages;
        # in a new session, so that Ctrl-C does not reach it.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def __enter__(self) -> Mapping[str, str]:
        """Wait until the server listens; return the URL of each source by its name.

        Raises:
            EngineError: The server ended before it listened.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {
            "counters": str(self._counters_path),
            "sources": [_order(source) for source in self._sources],
        }
        try:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BaseException:
            self._end()
            raise
        if not answer:
            self._end()
            raise EngineError(
                "the server for HTTP sources ended with exit code "
                f"{self._process.returncode}"
            )
        port = json.loads(answer)["port"]
        return {
            source.name: f"http://127.0.0.1:{port}/{source.name}"
            for source in self._sources
        }

    def __exit__(self, *_: object) -> None:
        self._end()

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    def rows_served(self) -> int:
        """Return the number of rows in all pages so far.

        A page that is fetched twice counts twice, but no source counts more rows than
        it has.
        """
        return sum(
            min(fetched.rows, source.file.rows)
            for fetched, source in zip(self.fetched(), self._sources, strict=True)
        )

    def fetched(self) -> tuple[Fetched, ...]:
        """Return how many answers each source has sent so far, by kind."""
        found = []
        for at, source in enumerate(self._sources):
            numbers = self._counters[
                at * len(protocol.COUNTED) : (at + 1) * len(protocol.COUNTED)
            ]
            counted = dict(zip(protocol.COUNTED, numbers, strict=True))
            found.append(
                Fetched(
                    source=source.name,
                    requests=counted["requests"],
                    rows=counted["rows"],
                    refused=counted["refused"],
                    failed=counted["failed"],
                    answering_seconds=counted["answering_ns"] / 1e9,
                )
            )
        return tuple(found)

    def _end(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # the server may have ended already
                stream.close()  # type: ignore[union-attr]
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._counters_path.unlink(missing_ok=True)


def _order(source: ServedSource) -> dict[str, object]:
    text = f"{source.seed}\0{source.name}"
    digest = hashlib.blake2b(text.encode(), digest_size=8, person=b"limerun/http")
    return {
        "name": source.name,
        "path": str(source.file.path),
        "index": str(source.file.index),
        "rows": source.file.rows,
        "key": int.from_bytes(digest.digest(), "little"),
        **asdict(source.http),
        "fault": source.fault and asdict(source.fault),
    }
