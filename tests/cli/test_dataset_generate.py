"""limerun dataset generate in a process, as a user runs it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from limerun.cli.dataset.progress_view import PlainRowProgress, RowProgress
from limerun.report.terminal.screen import make_console
from tests.cli.conftest import Limerun

pytestmark = pytest.mark.slow

DATASET = """
dataset:
  seed: 3
  limetypes:
    company: {name: {type: string}}
    person:
      firstname: {type: string}
      company: {type: belongsto, related: company}
  rows: {company: 100, person: 1_000}
"""
SOURCES = """
sources:
  people: {format: jsonl, rows: 50, columns: {name: person.firstname}}
"""
Config = Callable[..., Path]


def test_a_folder_is_filled_and_a_summary_is_shown(
    limerun: Limerun, config: Config
) -> None:
    path = config("returns", DATASET + SOURCES)
    said = limerun("dataset", "generate", path, "--out", "out")
    said.expect(
        out=r"person.csv +1,000 rows +[0-9.]+ kB\n(.*\n)*generate ", err="generate"
    )
    made = path.parent / "out"
    assert (made / "person.csv").read_text("utf-8").startswith("id,firstname,company")
    assert len((made / "people.jsonl").read_text("utf-8").splitlines()) == 50
    manifest = json.loads((made / "manifest.json").read_text("utf-8"))
    assert manifest["versions"].keys() >= {"limerun", "faker", "numpy", "pyarrow"}
    assert len(manifest["vocabulary_sha256"]) == 64
    again = limerun("dataset", "generate", path, "--out", "out", "--quiet")
    again.expect(out="^$", err="^$")
    assert (
        json.loads((made / "manifest.json").read_text("utf-8"))["files"]
        == (manifest["files"])
    )


def test_scale_seed_and_set_change_the_generated_data(
    limerun: Limerun, config: Config
) -> None:
    path = config("returns", DATASET + SOURCES)
    more = ("--scale", "0.5", "--seed", "9", "--set", "dataset.locale=fi_FI")
    said = limerun("dataset", "generate", path, "--out", "a.sqlite", *more)
    said.expect(
        out=r"a.sqlite +550 rows", err="not written to the database: people; --out"
    )
    manifest = json.loads((path.parent / "a.sqlite.manifest.json").read_text("utf-8"))
    assert (manifest["seed"], manifest["locale"]) == (9, "fi_FI")
    with closing(sqlite3.connect(path.parent / "a.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("SELECT count(*) FROM person").fetchall() == [(500,)]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("--out", "a.csv"),
            "has space for one table, but the config makes company, person",
        ),
        (("--out", "limerun.yaml/x"), "nothing can be written there"),
        (("--out", "a", "--format", "xml"), 'unknown format "xml"'),
        (
            ("--out", "postgresql://127.0.0.1:1/a", "--format", "csv"),
            "--format csv has no effect",
        ),
        (("--out", "postgresql://127.0.0.1:1/a"), r"(?i)refused|failed"),
        (("--out", "a", "--workers", "0"), "workers"),
    ],
)
def test_an_impossible_request_exits_with_2(
    arguments: tuple[str, ...], told: str, limerun: Limerun, config: Config
) -> None:
    path = config("returns", DATASET)
    limerun("dataset", "generate", path, *arguments).expect(code=2, err=told)
    assert [each.name for each in path.parent.iterdir()] == ["limerun.yaml"]


PAUSING = """
import signal
from limerun.__main__ import main
from limerun.dataset.output.journal import Journal

add = Journal.add

def pause(journal, end, digest):
    add(journal, end, digest)
    print("a part is finished", flush=True)
    signal.pause()

Journal.add = pause
main()
"""


def test_an_interrupt_exits_with_130_and_the_same_command_continues(
    limerun: Limerun, config: Config, tmp_path: Path
) -> None:
    path = config("returns", DATASET.replace("1_000", "300_000"))
    command = ["dataset", "generate", str(path), "--out", "out", "--workers", "2"]
    with subprocess.Popen(
        [sys.executable, "-c", PAUSING, *command],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "a part is finished\n"
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does: to all processes
        told = process.stderr.read()
    assert process.returncode == 130, told
    assert told.startswith("generate\ninterrupted: out was not changed")
    assert told.rstrip().endswith("continues from .out.making")
    assert not (tmp_path / "out").exists()
    said = limerun("dataset", "generate", path, "--out", "out", "--workers", "1")
    said.expect(out=r"person.csv +300,000 rows", err="continuing with the files in")


def test_the_rate_counts_only_rows_generated_in_this_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = 0.0
    pace = RowProgress({"load": 1_000}, lambda: now)
    pace.phase("load")
    pace.rows_made("person", 400, 900)  # the first report: rows of an earlier run
    now = 2.0
    pace.rows_made("person", 600, 900)
    assert pace.text() == "600 of 1,000 rows, 100 a second, about 4.0 s left"
    pace.phase("index")
    now = 5.0
    assert pace.text() == "3.0 s"


def test_plain_lines_are_printed_every_few_seconds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = 0.0
    console = make_console(stderr=False, no_color=True)
    view = PlainRowProgress(console, {"load": 500}, lambda: now)
    view.phase("load", "database.sqlite")
    for second in range(11):
        now = float(second)
        view.rows_made("person", 20 * second, 500)
    assert capsys.readouterr().out == (
        "load: database.sqlite\n"
        "load: person: 200 of 500 rows, 20 a second, about 15.0 s left\n"
    )


@pytest.mark.parametrize(
    "column", ["{kind: gender, unique: true}", "{values: [x, y], unique: true}"]
)
@pytest.mark.parametrize("command", ["capacity-test", "generate"])
def test_a_column_that_cannot_be_generated_is_reported_with_the_reason(
    limerun: Limerun, config: Config, column: str, command: str
) -> None:
    sources = f"sources: {{s: {{format: csv, rows: 3, columns: {{a: {column}}}}}}}"
    path = config("returns", sources)
    words = ["dataset", "generate"] if command == "generate" else [command]
    out = ["--out", "out"] if command == "generate" else []
    limerun(*words, path, *out).expect(
        code=2, err=r"limerun\.yaml:\d+:\d+: sources\.s\.a: "
    )
