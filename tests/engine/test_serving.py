"""A real server process serves a source to a real client, and always ends."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import psutil
import pytest

from limerun.dataset.output.generate import index_path, write_index
from limerun.engine.serving import PageServer, ServedSource, ServerFault
from limerun.errors import EngineError
from limerun.records import HttpPlan, SourceFile

pytestmark = pytest.mark.slow
ROWS = 1_000
PLAIN = HttpPlan(page_size=100, latency_seconds=0.0, rate_limit=None, failure_rate=0.0)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> SourceFile:
    path = tmp_path_factory.mktemp("served") / "rows.jsonl"
    path.write_text("".join(f'{{"n":{n},"name":"Å"}}\n' for n in range(ROWS)), "utf-8")
    write_index(path)
    return SourceFile(path=path, rows=ROWS, format="jsonl", index=index_path(path))


def served(file: SourceFile, **how: Any) -> PageServer:
    plan = replace(PLAIN, **how)
    return PageServer([ServedSource(name="deals", file=file, http=plan, seed=2026)])


def get(url: str) -> tuple[dict[str, Any], http.client.HTTPMessage]:
    with urlopen(url) as response:
        assert response.headers["Content-Type"] == "application/json; charset=utf-8"
        return json.load(response), response.headers


def statuses(url: str, times: int) -> list[int]:
    """Return the statuses of several requests on one connection."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    found = []
    for _ in range(times):
        connection.request("GET", parts.path)
        response = connection.getresponse()
        response.read()
        found.append(response.status)
    connection.close()
    return found


def test_a_client_that_follows_the_links_receives_every_row(file: SourceFile) -> None:
    server = served(file, page_size=150)
    seen: list[int] = []
    with server as urls:
        following: str | None = urls["deals"]
        while following is not None:
            page, headers = get(following)
            seen += (row["n"] for row in page["items"])
            following = page["next"]
            assert headers["Link"] == (following and f'<{following}>; rel="next"')
        [told] = server.fetched()
    assert seen == list(range(ROWS))
    assert (told.requests, told.rows, told.refused, told.failed) == (7, ROWS, 0, 0)
    assert server.rows_served() == ROWS


def test_rows_fetched_twice_do_not_raise_the_count_above_the_rows_of_the_source(
    file: SourceFile,
) -> None:
    server = served(file, page_size=ROWS)
    with server as urls:
        get(urls["deals"])
        get(urls["deals"])
    assert server.fetched()[0].rows == 2 * ROWS
    assert server.rows_served() == ROWS


def test_too_many_requests_are_rejected_until_the_client_has_waited(
    file: SourceFile,
) -> None:
    server = served(file, rate_limit=0.01)
    with server as urls:
        get(urls["deals"])
        with pytest.raises(HTTPError) as caught:
            get(urls["deals"])
        assert caught.value.code == 429
        assert 1 <= int(caught.value.headers["Retry-After"]) <= 100
        assert "try again in" in json.load(caught.value)["error"]
        [told] = server.fetched()
    assert (told.requests, told.refused, told.rows) == (2, 1, 100)


def test_the_same_requests_fail_in_every_run(file: SourceFile) -> None:
    runs = []
    for _ in range(2):
        server = served(file, failure_rate=0.3)
        with server as urls:
            runs.append(statuses(urls["deals"], 200))
        [told] = server.fetched()
        assert told.failed == 200 - runs[-1].count(200)
        assert told.rows == 100 * runs[-1].count(200)
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 500, 503}
    assert 30 < 200 - runs[0].count(200) < 90


def test_latency_is_included_in_the_response_time(file: SourceFile) -> None:
    server = served(file, latency_seconds=0.02)
    with server as urls:
        statuses(urls["deals"], 5)
        assert server.fetched()[0].answering_seconds >= 0.1


def test_clients_are_answered_concurrently(file: SourceFile) -> None:
    server = served(file, latency_seconds=0.05)
    with server as urls:
        clients = [
            threading.Thread(target=statuses, args=(urls["deals"], 5)) for _ in range(8)
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        [told] = server.fetched()
    assert (told.requests, told.rows) == (40, 4_000)


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("GET", "/deals?page=0", 400, "must be a whole number"),
        ("GET", "/dael", 404, "known: /deals"),
        ("POST", "/deals", 405, "only GET"),
        ("DELETE", "/deals", 405, "only GET"),
    ],
)
def test_an_invalid_request_is_answered_with_the_correct_form(
    method: str, path: str, status: int, says: str, file: SourceFile
) -> None:
    with served(file) as urls:
        url = urls["deals"].removesuffix("/deals") + path
        data = b'{"n": 1}' if method == "POST" else None
        with pytest.raises(HTTPError) as caught:
            urlopen(Request(url, data=data, method=method))
        assert caught.value.code == status
        assert says in json.load(caught.value)["error"]
        assert statuses(urls["deals"], 1) == [200]


def test_each_source_has_its_own_api(file: SourceFile) -> None:
    slow = replace(PLAIN, rate_limit=0.01)
    sources = [
        ServedSource(name="a", file=file, http=PLAIN, seed=1),
        ServedSource(name="b", file=file, http=slow, seed=1),
    ]
    server = PageServer(sources)
    with server as urls:
        assert statuses(urls["a"], 3) == [200, 200, 200]
        assert statuses(urls["b"], 3) == [200, 429, 429]
    assert [told.requests for told in server.fetched()] == [3, 3]


def test_a_client_that_disconnects_does_not_affect_others(
    file: SourceFile, capfd: pytest.CaptureFixture[str]
) -> None:
    with served(file, latency_seconds=0.05) as urls:
        parts = urlsplit(urls["deals"])
        for _ in range(3):
            connection = http.client.HTTPConnection(parts.netloc)
            connection.request("GET", parts.path)
            connection.close()
        assert statuses(urls["deals"], 2) == [200, 200]
    assert capfd.readouterr().err == ""


def test_the_server_listens_only_on_the_local_machine(file: SourceFile) -> None:
    server = served(file)
    with server:
        listening = [
            each.laddr.ip
            for each in psutil.Process(server.pid).net_connections("tcp")
            if each.status == psutil.CONN_LISTEN
        ]
    assert listening == ["127.0.0.1"]


def test_the_server_ends_with_its_block_and_leaves_no_file(
    file: SourceFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    server = served(file)
    with server as urls:
        statuses(urls["deals"], 1)
    assert not psutil.pid_exists(server.pid)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_cannot_start_is_reported(
    file: SourceFile, capfd: pytest.CaptureFixture[str]
) -> None:
    missing = replace(file, path=file.path.with_name("missing.jsonl"))
    server = served(missing)
    with pytest.raises(
        EngineError, match="the server for HTTP sources ended with exit code 1"
    ):
        server.__enter__()
    assert "missing.jsonl" in capfd.readouterr().err


@contextmanager
def parent(file: SourceFile) -> Iterator["subprocess.Popen[str]"]:
    """Yield a process that runs a server, and prints its pid."""
    script = (
        "import signal; from pathlib import Path\n"
        "from limerun.engine.serving import PageServer, ServedSource\n"
        "from limerun.records import HttpPlan, SourceFile\n"
        f"file = SourceFile(path=Path({str(file.path)!r}), rows={ROWS}, "
        f"format='jsonl', index=Path({str(file.index)!r}))\n"
        "plan = HttpPlan(page_size=1, latency_seconds=0, rate_limit=None, "
        "failure_rate=0)\n"
        "server = PageServer([ServedSource(name='a', file=file, http=plan, seed=1)])\n"
        "with server as urls:\n"
        "    print(server.pid, urls['a'], flush=True)\n"
        "    signal.pause()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_server_ends_with_the_process_that_started_it(
    number: signal.Signals, file: SourceFile
) -> None:
    with parent(file) as process:
        assert process.stdout is not None
        pid, url = process.stdout.readline().split()
        assert statuses(url, 1) == [200]
        server = psutil.Process(int(pid))
        os.kill(process.pid, number)
        server.wait(timeout=300)
        assert not server.is_running()


def test_signals_to_the_whole_terminal_do_not_reach_the_server(
    file: SourceFile,
) -> None:
    server = served(file)
    with server as urls:
        assert os.getpgid(server.pid) != os.getpgid(0)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(server.pid, number)
        assert statuses(urls["deals"], 1) == [200]


def failing(file: SourceFile, kind: Any) -> PageServer:
    fault = ServerFault(source="deals", kind=kind, number=2)
    source = ServedSource(name="deals", file=file, http=PLAIN, seed=2026, fault=fault)
    return PageServer([source])


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("status", HTTPError),
        ("timeout", TimeoutError),
        ("cut", http.client.IncompleteRead),
        ("malformed", json.JSONDecodeError),
    ],
)
def test_only_the_request_with_the_fault_fails(
    file: SourceFile, kind: str, error: type[Exception]
) -> None:
    server = failing(file, kind)
    seconds = 0.2 if kind == "timeout" else None
    with server as urls:
        assert len(get(urls["deals"])[0]["items"]) == 100
        with pytest.raises(error), urlopen(urls["deals"], timeout=seconds) as response:
            json.load(response)
        assert len(get(urls["deals"])[0]["items"]) == 100
    [fetched] = server.fetched()
    assert (fetched.requests, fetched.rows) == (3, 200)
