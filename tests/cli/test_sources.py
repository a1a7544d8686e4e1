"""Data of an outside system, read and fetched by real tasks in real workers."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.cli.conftest import ROOT, Limerun, StartLimerun
from tests.conftest import Note

pytestmark = pytest.mark.slow
WriteConfig = Callable[..., Path]
READERS = ROOT / "tests" / "tasks" / "reading.py"
SOURCE = """
  rows: {rows}
  columns:
    number: {{kind: sequence, format: "F-{{:05d}}"}}
    amount: {{kind: decimal, min: 1, max: 900}}
    name: {{kind: fullname}}
"""


def source(how: str, rows: int = 300) -> str:
    lines = f"  {how}{SOURCE.format(rows=rows)}".replace("\n", "\n  ")
    return f"parameters: {{place: '${{sources.invoices}}'}}\nsources:\n  invoices:\n  {lines}"


def record_of(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize(
    ("format", "rows_seen"),
    [("jsonl", 300), ("csv", 300), ("json", 300), ("parquet", None)],
)
def test_rows_read_by_a_task_are_counted_for_the_supported_formats(
    format: str,
    rows_seen: int | None,
    limerun: Limerun,
    config: WriteConfig,
    tmp_path: Path,
) -> None:
    path = config(f"{READERS}:read_{format}", source(f"format: {format}"))
    limerun("capacity-test", path, "--json", "record.json").expect(out="PASSED")
    [run] = record_of(tmp_path / "record.json")["runs"]
    assert run["result"] == 300
    assert run["rows_processed"] == rows_seen


def test_an_import_from_an_api_passes_and_reports_the_fetched_rows(
    limerun: Limerun, tmp_path: Path
) -> None:
    said = limerun(
        "capacity-test",
        ROOT / "configs" / "fetch-contracts.yaml",
        "--scale",
        "0.05",
        "--set",
        "sources.contracts.page_size=500",
        "--set",
        "sources.contracts.rate_limit=1",
        "--set",
        "sources.contracts.failure_rate=0.3",
        "--repeat",
        "2",
        "--json",
        "record.json",
        # A proxy that does not exist must not be used.
        http_proxy="http://127.0.0.1:9",
        NO_PROXY="example.com",
    )
    said.expect(out=r"fetched +contracts: \d+ requests, .* rejected with 429")
    record = record_of(tmp_path / "record.json")
    assert record["verdict"] == "passed"
    assert record["dataset"]["unclean"] == [
        {"source": "contracts", "duplicates": 20, "missing": 10, "malformed": 1}
    ]
    for run in record["runs"]:
        [fetched] = run["fetched"]
        assert run["rows_processed"] == fetched["rows"] == 1_000
        assert fetched["requests"] == 2 + fetched["refused"] + fetched["failed"]
        assert fetched["refused"] > 0
        assert fetched["failed"] > 0
        assert run["result"]["created"] + run["result"]["left_out"] < 500
        assert run["result"]["left_out"] >= 10
        assert run["queries"]["total"] / run["rows_processed"] < 0.1
    first, second = (run["fetched"][0] for run in record["runs"])
    assert first["failed"] == second["failed"]  # each run has a fresh server


def test_feature_tests_and_profiles_also_serve_http_sources(
    limerun: Limerun, config: WriteConfig, tmp_path: Path
) -> None:
    path = config(f"{READERS}:fetch", source("kind: http"))
    limerun("run", path, "--json", "run.json").expect()
    limerun("profile", path, "--json", "profile.json").expect()
    [run] = record_of(tmp_path / "run.json")["runs"]
    assert (run["result"], run["rows_processed"]) == (100, 100)
    [bare] = record_of(tmp_path / "profile.json")["runs"]
    assert (bare["result"], bare["rows_processed"]) == (300, 300)
    assert bare["fetched"][0]["requests"] == 3


def test_changing_the_latency_of_a_source_does_not_regenerate_the_dataset(
    limerun: Limerun, config: WriteConfig, tmp_path: Path
) -> None:
    cached = []
    for latency in ("0 ms", "1 ms"):
        path = config(f"{READERS}:fetch", source(f"{{kind: http, latency: {latency}}}"))
        path.write_text(
            path.read_text().replace(
                f"{{kind: http, latency: {latency}}}", "kind: http"
            )
            + f"\n    latency: {latency}\n",
        )
        limerun(
            "capacity-test",
            path,
            "--json",
            "record.json",
            LIMERUN_CACHE=str(tmp_path / "cache"),
        ).expect()
        cached.append(record_of(tmp_path / "record.json")["dataset"]["cached"])
    assert cached == [False, True]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_the_file_server_ends_with_the_command(
    number: signal.Signals, start: StartLimerun, config: WriteConfig, note: Note
) -> None:
    more = source("kind: http").replace("{place", f"{{note: {note.path}, place", 1)
    process = start("capacity-test", config(f"{READERS}:fetches_and_waits", more))
    note.read(process.end())
    servers = [
        each
        for each in psutil.Process(process.pid).children(recursive=True)
        if "server/__main__.py" in " ".join(each.cmdline())
    ]
    os.kill(process.pid, number)
    process.communicate()
    gone, alive = psutil.wait_procs(servers, timeout=300)
    assert (len(gone), alive) == (1, [])
