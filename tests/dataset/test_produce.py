"""Datasets where the user wants them: whole or not at all, whoever makes them."""

import hashlib
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from limerun.dataset.crew import sensible_workers
from limerun.dataset.database import DatabaseMaking, write_database
from limerun.dataset.outlet import Outlet, decide_outlet
from limerun.dataset.pages import LeafPages
from limerun.dataset.parts import Maker, Piece
from limerun.dataset.produce import Order, produce
from limerun.dataset.schema import check_plan
from limerun.dataset.table_rows import TableRows
from limerun.errors import DatasetError
from limerun.progress import Phase, Progress
from tests.dataset.plans import ask, plan_of, recipe_of, source_of

LIMETYPES = {
    "company": {"name": {"type": "string"}},
    "person": {
        "firstname": {"type": "string"},
        "value": {"type": "decimal"},
        "born": {"type": "date"},
        "active": {"type": "yesno"},
        "company": {"type": "belongsto", "related": "company"},
    },
}
ROWS = {"company": 90, "person": 1_000}
SOURCE = source_of({"name": "person.firstname", "id": "person.id"}, 700, 0.5)
FORMATS = ("csv", "jsonl", "json", "parquet", "sqlite")


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a part be 200 rows."""
    monkeypatch.setattr(
        TableRows, "at_once", lambda self, block_rows=50: min(block_rows, 50)
    )


class Ending(Progress):
    """Ends the making, as told, when rows of a table or source are heard of."""

    def __init__(self, what: str, at: int, how: Any = KeyboardInterrupt) -> None:
        self.what, self.at, self.how = what, at, how

    def rows_made(self, what: str, done: int, total: int) -> None:
        if what == self.what and done >= self.at:
            if self.how is not signal.SIGKILL:
                raise self.how
            os.kill(os.getpid(), signal.SIGKILL)

    def phase(self, phase: Phase, detail: str = "") -> None:
        self.rows_made(phase, 1, 1)


def order_of(out: Path, format: str | None = None, **named: Any) -> Order:
    seed, rows = named.pop("seed", 7), named.pop("rows", ROWS)
    schema = check_plan(plan_of(LIMETYPES, rows, seed=seed), {"people": SOURCE})
    return Order(
        schema=schema,
        outlet=decide_outlet(str(out), format, schema),
        decides={"seed": seed},
        **{"workers": 1, **named},
    )


def digests(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "manifest.json"
    }


@pytest.mark.parametrize("format", FORMATS)
def test_a_folder_has_each_table_each_source_and_a_manifest(
    format: str, tmp_path: Path, small_parts: None
) -> None:
    out = tmp_path / "out"
    told = produce(order_of(out, format), Progress())
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest == json.loads(json.dumps(told))
    found = {name: of["sha256"] for name, of in manifest["files"].items()}
    assert found == digests(out)
    tables = [f"{name}.{format}" for name in LIMETYPES]
    expected = ["database.sqlite"] if format == "sqlite" else tables
    assert set(found) == {*expected, "people.jsonl"}
    for name, of in manifest["files"].items():
        assert of["bytes"] == (out / name).stat().st_size
    assert manifest["files"]["people.jsonl"]["rows"] == 700
    assert manifest["rows"] == ROWS
    assert manifest["seed"] == 7
    phases = {"load", "index", "digest"} if format == "sqlite" else set()
    assert set(manifest["seconds"]) == {*phases, "generate"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_table_in_a_file_is_the_one_in_the_database(tmp_path: Path) -> None:
    produce(order_of(tmp_path / "a", "sqlite"), Progress())
    produce(order_of(tmp_path / "b", "jsonl"), Progress())
    lines = (tmp_path / "b" / "person.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    stored = ask(
        tmp_path / "a" / "database.sqlite",
        "SELECT id, firstname, value, substr(born, 1, 10), active, company "
        "FROM person ORDER BY id",
    )
    assert [tuple(row.values()) for row in rows] == stored


@pytest.mark.parametrize("format", ["csv", "sqlite", "parquet"])
@pytest.mark.parametrize("block_rows", [37, 50, 200])
def test_bytes_do_not_depend_on_the_size_of_blocks(
    format: str, block_rows: int, tmp_path: Path, small_parts: None
) -> None:
    produce(order_of(tmp_path / "a", format), Progress())
    produce(order_of(tmp_path / "b", format, block_rows=block_rows), Progress())
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


@pytest.mark.slow
@pytest.mark.parametrize("format", FORMATS)
def test_bytes_do_not_depend_on_the_number_of_processes(
    format: str, tmp_path: Path
) -> None:
    rows = {"company": 90, "person": 300_000}  # three parts
    for workers in (1, 2, 3):
        out = tmp_path / str(workers)
        order = order_of(
            out, format, rows=rows, workers=workers, block_rows=20_000 + workers
        )
        produce(order, Progress())
    assert digests(tmp_path / "1") == digests(tmp_path / "2") == digests(tmp_path / "3")


@pytest.mark.parametrize(
    ("format", "what", "at"),
    [
        ("csv", "company", 1),
        ("csv", "person", 600),
        ("json", "person", 1_000),
        ("parquet", "person", 400),
        ("jsonl", "people", 700),
        ("sqlite", "person", 600),
        ("sqlite", "person", 1_000),
        ("sqlite", "index", 1),
        ("sqlite", "digest", 1),
        ("sqlite", "people", 700),
    ],
)
def test_an_interrupted_making_goes_on_and_ends_in_the_same_bytes(
    format: str, what: str, at: int, tmp_path: Path, small_parts: None
) -> None:
    produce(order_of(tmp_path / "whole", format), Progress())
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        produce(order_of(out, format), Ending(what, at))
    assert not out.exists()

    heard: list[tuple[str, int]] = []

    class Listener(Progress):
        def rows_made(self, what: str, done: int, total: int) -> None:
            heard.append((what, done))

    produce(order_of(out, format), Listener())
    assert digests(out) == digests(tmp_path / "whole")
    assert not (tmp_path / ".out.making").exists()
    if what in ("person", "people"):
        assert min((done for name, done in heard if name == what), default=at) >= at


def test_another_plan_does_not_go_on_with_the_parts_of_this_one(
    tmp_path: Path, small_parts: None
) -> None:
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        produce(order_of(out, seed=7), Ending("person", 600))
    produce(order_of(out, seed=8), Progress())
    produce(order_of(tmp_path / "whole", seed=8), Progress())
    assert digests(out) == digests(tmp_path / "whole")


def test_parts_that_were_changed_meanwhile_are_made_anew(
    tmp_path: Path, small_parts: None
) -> None:
    produce(order_of(tmp_path / "whole"), Progress())
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        produce(order_of(out), Ending("person", 600))
    with (tmp_path / ".out.making" / "files" / "person.csv").open("r+b") as file:
        file.seek(12_000)
        file.write(b"?")
    produce(order_of(out), Progress())
    assert digests(out) == digests(tmp_path / "whole")


KILLED = """
import signal, sys
from pathlib import Path
from limerun.dataset.produce import produce
from limerun.dataset.table_rows import TableRows
from tests.dataset.test_produce import Ending, order_of

TableRows.at_once = lambda self, block_rows=50: min(block_rows, 50)
order = order_of(Path(sys.argv[1]), sys.argv[2])
produce(order, Ending(sys.argv[3], int(sys.argv[4]), signal.SIGKILL))
"""


@pytest.mark.slow
@pytest.mark.parametrize("format", ["csv", "sqlite"])
def test_a_killed_process_is_gone_on_with(
    format: str, tmp_path: Path, small_parts: None
) -> None:
    produce(order_of(tmp_path / "whole", format), Progress())
    out = tmp_path / "out"
    root = Path(__file__).parents[2]
    kills = [("person", 400), ("person", 800)]
    for what, at in [*kills, *([("index", 1)] if format == "sqlite" else [])]:
        command = [sys.executable, "-c", KILLED, str(out), format, what, str(at)]
        done = subprocess.run(command, cwd=root, check=False, timeout=60)
        assert done.returncode == -signal.SIGKILL
        assert not out.exists()
    produce(order_of(out, format), Progress())
    assert digests(out) == digests(tmp_path / "whole")


@pytest.mark.parametrize("format", ["csv", "sqlite"])
def test_a_full_disk_leaves_what_was_there(
    format: str, tmp_path: Path, small_parts: None
) -> None:
    out = tmp_path / "out"
    produce(order_of(out, format, seed=1), Progress())
    before = digests(out)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, hard))
    try:
        with pytest.raises(DatasetError, match=r"cannot be written there"):
            produce(order_of(out, format, seed=2), Progress())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert digests(out) == before
    produce(order_of(out, format, seed=2), Progress())
    assert digests(out) != before


def test_only_files_of_limerun_are_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "person.csv").write_text("mine")
    with pytest.raises(DatasetError, match=r"person.csv: there is a file that"):
        produce(order_of(out), Progress())
    assert (out / "person.csv").read_text() == "mine"
    (out / "person.csv").rename(out / "notes.csv")
    produce(order_of(out), Progress())
    produce(order_of(out, "jsonl"), Progress())
    names = {path.name for path in out.iterdir()}
    expected = {"company.jsonl", "person.jsonl", "people.jsonl", "manifest.json"}
    assert names == {*expected, "notes.csv"}


def test_a_foreign_manifest_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(DatasetError, match=r"no manifest of limerun's"):
        produce(order_of(tmp_path), Progress())


def test_two_cannot_make_the_same_at_once(tmp_path: Path) -> None:
    out = tmp_path / "out"

    class Second(Progress):
        def rows_made(self, what: str, done: int, total: int) -> None:
            with pytest.raises(DatasetError, match="another limerun makes it"):
                produce(order_of(out), Progress())

    produce(order_of(out), Second())
    assert (out / "manifest.json").exists()


def outlet_of(out: str, format: str | None = None, rows: Any = ROWS) -> Outlet:
    schema = check_plan(plan_of(LIMETYPES, rows), {})
    return decide_outlet(out, format, schema)


def test_the_suffix_says_the_format(tmp_path: Path) -> None:
    for suffix in ("sqlite", "db", "sqlite3"):
        assert outlet_of(f"a.{suffix}").database == f"a.{suffix}"
    one = {"person": 0, "company": 3}
    assert [*outlet_of("a.parquet", rows=one).pieces] == ["a.parquet"]
    (piece,) = outlet_of("a.ndjson", rows=one).pieces.values()
    assert piece.format == "jsonl"
    assert outlet_of("somewhere").is_folder
    assert [*outlet_of("somewhere").pieces] == ["company.csv", "person.csv"]
    assert outlet_of("a.xlsx/").is_folder
    folder = tmp_path / "a.csv"
    folder.mkdir()
    assert outlet_of(str(folder)).is_folder


@pytest.mark.parametrize(
    ("out", "format", "told"),
    [
        ("a.csv", None, "holds one table, but the config makes company, person"),
        ("a.csv", "parquet", "is a file of csv, but --format says parquet"),
        ("a", "xlsx", 'unknown format "xlsx"'),
        ("a.xlsx", None, r"limerun writes no \.xlsx; name a folder, or a file that"),
        ("mysql://me:secret@host/a", None, "^--out mysql://: only PostgreSQL"),
    ],
)
def test_what_does_not_go_together_is_refused(
    out: str, format: str | None, told: str
) -> None:
    with pytest.raises(DatasetError, match=told):
        outlet_of(out, format)


def test_nothing_but_empty_limetypes_is_refused_where_no_file_would_hold_them() -> None:
    with pytest.raises(DatasetError, match=r"0 rows.*--set dataset\.rows\.\w+=1000"):
        outlet_of("a", rows={})
    assert outlet_of("a", "sqlite", rows={}).database == "database.sqlite"


def test_a_full_disk_is_told_in_plain_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: object) -> None:
        raise sqlite3.OperationalError(
            "INTERNAL: failed to execute: database or disk is full\nquery was: COMMIT"
        )

    monkeypatch.setattr(DatabaseMaking, "_load", fail)
    with pytest.raises(DatasetError) as raised:
        produce(order_of(tmp_path / "out", "sqlite"), Progress())
    assert "INTERNAL" not in str(raised.value)
    assert "No space left on device; make room, and" in str(raised.value)


def test_a_table_with_long_rows_is_written_by_sqlite_itself(
    tmp_path: Path, small_parts: None
) -> None:
    limetypes = {
        "short": {"note": {"type": "text"}},
        "long": {"note": {"type": "text"}, "name": {"type": "string"}},
    }
    plan = plan_of(
        limetypes,
        {"short": 500, "long": 500},
        {"long.note": {"length": 6_000}},
    )
    path = tmp_path / "a"
    write_database(recipe_of(plan), path, Progress())
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]
    for name in limetypes:
        assert ask(path, f"SELECT count(*), max(id) FROM {name}") == [(500, 500)]
    assert ask(path, "SELECT max(length(note)) FROM long")[0][0] > 4_096


def test_pages_hold_the_same_as_rows_that_sqlite_inserts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_parts: None
) -> None:
    write_database(recipe_of(plan_of()), tmp_path / "pages", Progress())
    assert ask(tmp_path / "pages", "PRAGMA integrity_check") == [("ok",)]
    monkeypatch.setattr("limerun.dataset.database.MOST_COLUMNS", 0)
    monkeypatch.setattr(LeafPages, "part", None)
    write_database(recipe_of(plan_of()), tmp_path / "rows", Progress())
    dumps = []
    for name in ("pages", "rows"):
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            dumps.append([*connection.iterdump()])
    assert dumps[0] == dumps[1]


@pytest.mark.parametrize(
    ("rows", "cpus", "workers"),
    [(10, 8, 1), (1_999_999, 8, 1), (2_000_000, 8, 2), (10**9, 8, 8), (10**9, 1, 1)],
)
def test_processes_are_started_where_there_are_rows_for_them(
    rows: int, cpus: int, workers: int
) -> None:
    assert sensible_workers(rows, cpus) == workers


@pytest.mark.parametrize("length", [200, 1_000, 4_000, 1_000_000])
def test_a_part_holds_few_characters_however_long_texts_are(length: int) -> None:
    source = source_of({"a": {"kind": "text", "min": length, "max": length}}, 10**6)
    recipe = recipe_of(None, {"a": source})
    maker = Maker(recipe, Piece(name="a", kind="source", format="csv"))
    assert 1 <= maker.part_rows <= 131_072
    assert maker.part_rows * length <= 32_000_000
