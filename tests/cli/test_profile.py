"""limerun profile as a user runs it."""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Limerun, StartLimerun

NAIVE = ROOT / "configs" / "import-contracts-naive.yaml"
COSTS = ROOT / "tests" / "tasks" / "costs.py"
pytestmark = pytest.mark.slow


def test_the_profile_of_the_naive_import_suggests_changes(
    limerun: Limerun, tmp_path: Path
) -> None:
    # Few rows with long comments: what is kept of them is large enough to report.
    text = NAIVE.read_text("utf-8").replace("../", f"{ROOT}/")
    text = text.replace("limetypes: ", f"limetypes: {NAIVE.parent}/")
    long = "properties:\n    contract.comment: {length: 10_000}"
    path = tmp_path / "naive.yaml"
    path.write_text(text.replace("properties:", long), "utf-8")
    said = limerun(
        *("profile", path, "--scale", "0.01"),
        *("--json", "r.json", "--markdown", "r.md", "--speedscope", "s.json"),
        *("--cpu-html", "c.html"),
    )
    said.expect(out=r"Where the time goes +limerun's clock; \d\.\d\d times the CPU")
    for part in (
        r"database: 1,20\d\s+statements",
        r"find_contract",
        r"growth proven by runs of 600 and 1,200 rows",
        r"1 more for each extra row",
        r"500-4,999 objects",
        r"1,200 +contract",
        r"One query for each row",
        r"\+ +contract = row\[\"number\"\] in numbers",
        r"Process it one by one\s+with a generator",
        r"written +r\.json, r\.md, s\.json, c\.html",
    ):
        said.expect(out=part)
    stacks = json.loads((tmp_path / "s.json").read_text())
    assert "find_contract" in {each["name"] for each in stacks["shared"]["frames"]}
    assert "pyinstrument" in (tmp_path / "c.html").read_text()
    assert 'row["number"] in numbers' in (tmp_path / "r.md").read_text()
    places = {
        (each["rule"], each["location"]["line"])
        for each in json.loads((tmp_path / "r.json").read_text())["findings"]
    }
    assert {
        ("speed.queries", 47),
        ("memory.growth", 18),
        ("memory.batches", 38),
    } <= places
    # It may overwrite its own files, but not the user's.
    limerun("profile", NAIVE, "--cpu-html", "s.json").expect(
        code=2, err="not a cpu_html"
    )
    limerun("profile", NAIVE, "--speedscope", "no/s.json").expect(code=2)
    limerun("profile", NAIVE, "--speedscope", "a", "--cpu-html", "a").expect(
        code=2, err="two reports would be written to a"
    )


def test_without_pyinstrument_no_stacks_are_written_and_the_reason_is_shown(
    limerun: Limerun, config: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "pyinstrument.py").write_text("raise ImportError('not here')\n")
    old = tmp_path / "s.json"
    limerun(
        *("profile", config(f"{COSTS}:spends", "parameters: {rounds: 1}")),
        *("--speedscope", "s.json"),
        PYTHONPATH=str(tmp_path),
    ).expect(code=2, out=r"pip install 'limerun\[profile\]'", err="s.json: not written")
    assert not old.exists()


def test_the_tasks_interpreter_can_import_segment_without_limerun_installed(
    limerun: Limerun, config: Callable[..., Path], tmp_path: Path
) -> None:
    """The interpreter has neither limerun nor its dependencies."""
    (tmp_path / "t.py").write_text(
        "from limerun import segment\n"
        "def work():\n"
        "    with segment('count'):\n"
        "        return sum(segment('make', range(10)))\n"
    )
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "python").write_text(
        f'#!/bin/sh\nexec "{Path("/usr/bin/env")}" -u PYTHONPATH '
        f'"{sys.executable}" -S "$@"\n'
    )
    (tmp_path / "bare" / "python").chmod(0o755)
    limerun("profile", config("t.py:work", "python: bare/python")).expect(
        out=r"(?s)Segments.*make +11 times"
    )


def test_an_interrupt_after_the_plain_run_exits_with_130_and_shows_results_so_far(
    start: StartLimerun, config: Callable[..., Path], tmp_path: Path
) -> None:
    path = config(f"{COSTS}:spends", "parameters: {rounds: 1}")
    at_cpu = "instrument: cpu"
    process = start("profile", path, "--json", "record.json", pause_at=at_cpu)
    process.read_errors_up_to(at_cpu)
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 130, (out, err)
    assert "INTERRUPTED" in out
    record = json.loads((tmp_path / "record.json").read_text())
    assert (record["exit_code"], record["verdict"]) == (130, "inconclusive")
    assert record["runs"][0]["ending"] == "returned"
    assert record["profile"]["time"] is not None
