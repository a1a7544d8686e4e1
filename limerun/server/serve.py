"""Listen on the loopback address, and pass each request to its source's API."""

import json
import mmap
import os
import signal
import sys
import threading
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

from limerun.server.api import Answer, SourceApi
from limerun.server.protocol import COUNTED

SILENT_SECONDS = 3.0
"""How long a request without an answer is kept open; the client may wait for ever."""


def main() -> None:
    """Serve the sources of one order until stdin is closed."""
    # The CLI handles Ctrl-C and closes this process's stdin.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    line = sys.stdin.readline()
    if not line:
        return
    order = json.loads(line)
    server = _Server(("127.0.0.1", 0), _Handler)
    port = server.server_address[1]
    counters = _map_counters(order["counters"])
    for at, source in enumerate(order["sources"]):
        url = f"http://127.0.0.1:{port}/{source['name']}"
        own = counters[at * len(COUNTED) : (at + 1) * len(COUNTED)]
        server.apis[f"/{source['name']}"] = SourceApi(source, url, own)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(json.dumps({"port": port}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(0)  # do not wait for pending answers


def _map_counters(path: str) -> "memoryview[int]":
    """Map the file of counters and remove it; the maps stay valid."""
    with open(path, "r+b") as file:  # noqa: PTH123 - as the worker does
        mapped = mmap.mmap(file.fileno(), 0)
    os.unlink(path)  # noqa: PTH108
    return memoryview(mapped).cast("Q")


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], handler: "type[BaseHTTPRequestHandler]"
    ) -> None:
        super().__init__(address, handler)
        self.apis: dict[str, SourceApi] = {}

    def server_bind(self) -> None:
        """Bind without a lookup of the host's name, which may take seconds."""
        TCPServer.server_bind(self)

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that closed the connection."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    """One connection, kept open as in HTTP/1.1."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """Serve a page."""
        path, _, query = self.path.partition("?")
        api = self.server.apis.get(path.rstrip("/"))
        if api is None:
            known = ", ".join(self.server.apis)
            self._send(_error(404, f"there is no {path}; known: {known}"))
            return
        answer = api.answer(query)
        if answer.lost == "timeout":
            self._wait_for_client()
            self.close_connection = True
            return
        try:
            self._send(answer)
        except ConnectionError:
            api.uncount_rows(answer)
            self.close_connection = True

    def do_HEAD(self) -> None:
        """Reject the method."""
        self._refuse_method()

    def _refuse_method(self) -> None:
        self.close_connection = True  # a body may follow, which is not read
        self._send(_error(405, "only GET is supported"))

    do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _refuse_method

    def _send(self, answer: Answer) -> None:
        """Send head and body in one write: a second write would be delayed."""
        head = [
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
            "Content-Type: application/json; charset=utf-8",
            f"Content-Length: {len(answer.body)}",
            *(f"{name}: {value}" for name, value in answer.headers.items()),
        ]
        if self.close_connection:
            head.append("Connection: close")
        lines = "\r\n".join(head).encode("ascii") + b"\r\n\r\n"
        if answer.lost == "cut":
            self.close_connection = True
            self.wfile.write(lines + answer.body[: len(answer.body) // 2])
            return
        self.wfile.write(lines if self.command == "HEAD" else lines + answer.body)

    def _wait_for_client(self) -> None:
        """Send nothing until the client gives up, for a limited time."""
        self.connection.settimeout(SILENT_SECONDS)
        with suppress(OSError):
            self.connection.recv(1)

    def log_message(self, format: str, *arguments: object) -> None:
        """Write no log."""


def _error(status: int, text: str) -> Answer:
    headers = {"Allow": "GET"} if status == 405 else {}
    return Answer(
        status=status, body=json.dumps({"error": text}).encode(), headers=headers
    )
