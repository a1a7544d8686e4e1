"""Listen on this machine alone, hand each request to its source's API, end with stdin."""

import json
import mmap
import os
import signal
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

from limerun.server.api import Answer, ServedSource
from limerun.server.protocol import COUNTED


def main() -> None:
    """Obey one order until the engine is gone."""
    # Ctrl-C is the CLI's to handle; it closes our stdin.
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
        server.apis[f"/{source['name']}"] = ServedSource(source, url, own)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(json.dumps({"port": port}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(0)  # whatever is still being answered: nobody waits for it


def _map_counters(path: str) -> "memoryview[int]":
    """Map the counters' file and remove it: the maps outlive it."""
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
        self.apis: dict[str, ServedSource] = {}

    def server_bind(self) -> None:
        """Bind, without asking for this machine's name, which may take seconds."""
        TCPServer.server_bind(self)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that has gone."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    """One connection; it is kept open, as HTTP/1.1 has it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """Serve a page."""
        path, _, query = self.path.partition("?")
        api = self.server.apis.get(path.rstrip("/"))
        if api is None:
            named = ", ".join(self.server.apis)
            self._send(_no_answer(404, f"there is no {path}; there is {named}"))
            return
        given = api.answer(query)
        try:
            self._send(given)
        except ConnectionError:
            api.take_back(given)
            self.close_connection = True

    def do_HEAD(self) -> None:
        """Say that pages are to be got."""
        self._refuse_method()

    def _refuse_method(self) -> None:
        self.close_connection = True  # a body may follow, which nobody reads
        self._send(_no_answer(405, "rows can be got with GET, and not be changed"))

    do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _refuse_method

    def _send(self, given: Answer) -> None:
        """Send head and body at once: in two pieces, the second would wait."""
        head = [
            f"HTTP/1.1 {given.status} {HTTPStatus(given.status).phrase}",
            "Content-Type: application/json; charset=utf-8",
            f"Content-Length: {len(given.body)}",
            *(f"{name}: {value}" for name, value in given.headers.items()),
        ]
        if self.close_connection:
            head.append("Connection: close")
        lines = "\r\n".join(head).encode("ascii") + b"\r\n\r\n"
        self.wfile.write(lines if self.command == "HEAD" else lines + given.body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


def _no_answer(status: int, text: str) -> Answer:
    headers = {"Allow": "GET"} if status == 405 else {}
    return Answer(
        status=status, body=json.dumps({"error": text}).encode(), headers=headers
    )
