"""Datasets in a folder of the user: complete or not at all, with any processes."""

import hashlib
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pyarrow as pa
import pytest

from limerun.dataset.design.dataset_schema import check_plan
from limerun.dataset.output.executor import (
    ProcessExecutor,
    opened_executor,
    sensible_workers,
)
from limerun.dataset.output.generate import PhaseClock, write_files
from limerun.dataset.output.journal import Journal, chained
from limerun.dataset.output.output_options import DatasetOutlet, decide_outlet
from limerun.dataset.output.parts import DatasetFiles, OutputPiece, PartMaker
from limerun.dataset.output.produce import DatasetOrder, produce
from limerun.dataset.output.sqlite_schema import create_tables
from limerun.dataset.output.value_digests import digest_values
from limerun.dataset.values.table_rows import TableRows, rows_of
from limerun.errors import DatasetError
from limerun.progress import Phase, Progress
from limerun.storage import name_in_sql
from tests.dataset.plans import ask, plan_of, recipe_of, source_of, write_database

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
    """Ends the generation when the given rows of a table or source are reported."""

    def __init__(self, what: str, at: int, how: Any = KeyboardInterrupt) -> None:
        self.what, self.at, self.how = what, at, how

    def rows_made(self, what: str, done: int, total: int) -> None:
        if what == self.what and done >= self.at:
            if self.how is not signal.SIGKILL:
                raise self.how
            os.kill(os.getpid(), signal.SIGKILL)

    def phase(self, phase: Phase, detail: str = "") -> None:
        self.rows_made(phase, 1, 1)


def order_of(out: Path, format: str | None = None, **named: Any) -> DatasetOrder:
    seed, rows = named.pop("seed", 7), named.pop("rows", ROWS)
    schema = check_plan(plan_of(LIMETYPES, rows, seed=seed), {"people": SOURCE})
    return DatasetOrder(
        schema=schema,
        outlet=decide_outlet(str(out), format, schema),
        decides={"seed": seed},
        **{"workers": 1, **named},
    )


def digests(folder: Path) -> dict[str, str]:
    """Return the digests in the manifest after comparing them with the files."""
    files = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    for name, of in files.items():
        data = (folder / name).read_bytes()
        assert of["bytes"] == len(data)
        assert of.get("sha256") in (None, hashlib.sha256(data).hexdigest())
    return {name: of.get("sha256") or of["values_sha256"] for name, of in files.items()}


@pytest.mark.parametrize("format", FORMATS)
def test_the_output_folder_has_every_table_every_source_and_a_manifest(
    format: str, tmp_path: Path, small_parts: None
) -> None:
    out = tmp_path / "out"
    told = produce(order_of(out, format), Progress())
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest == json.loads(json.dumps(told))
    tables = [f"{name}.{format}" for name in LIMETYPES]
    expected = ["database.sqlite"] if format == "sqlite" else tables
    assert set(digests(out)) == {*expected, "people.jsonl"}
    assert {path.name for path in out.iterdir()} - {"manifest.json"} == set(
        digests(out)
    )
    for name, of in manifest["files"].items():
        by_values = name.endswith((".sqlite", ".parquet"))
        assert ("values_sha256" in of, "sha256" in of) == (by_values, not by_values)
    assert manifest["files"]["people.jsonl"]["rows"] == 700
    assert manifest["rows"] == ROWS
    assert manifest["seed"] == 7
    phases = {"load", "index"} if format == "sqlite" else set()
    assert set(manifest["seconds"]) == {*phases, "generate"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


ARROW_TYPES = {"TEXT": pa.string(), "INTEGER": pa.int64(), "REAL": pa.float64()}


def test_the_digest_of_a_database_is_the_digest_of_its_values(
    tmp_path: Path, small_parts: None
) -> None:
    recipe = recipe_of(plan_of(LIMETYPES, ROWS))
    told = write_database(recipe, tmp_path / "a", Progress())
    whole = ""
    for name in recipe.schema.stored:
        columns = ask(tmp_path / "a", f"PRAGMA table_info({name_in_sql(name)})")
        rows = ask(tmp_path / "a", f"SELECT * FROM {name_in_sql(name)} ORDER BY rowid")
        arrays = {
            column[1]: pa.array([row[at] for row in rows], ARROW_TYPES[column[2]])
            for at, column in enumerate(columns)
        }
        digest = ""
        for start in range(0, len(rows), 200):
            part = digest_values(pa.table(arrays).slice(start, 200))
            digest = chained(digest, part)
        whole = chained(whole, digest.encode())
    assert told == {"values_sha256": whole}


def test_the_file_of_a_table_has_the_same_rows_as_the_database(tmp_path: Path) -> None:
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
def test_the_bytes_do_not_depend_on_the_block_size(
    format: str, block_rows: int, tmp_path: Path, small_parts: None
) -> None:
    produce(order_of(tmp_path / "a", format), Progress())
    produce(order_of(tmp_path / "b", format, block_rows=block_rows), Progress())
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


@pytest.mark.slow
def test_the_bytes_do_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    rows = {"company": 90, "person": 265_000}  # three parts for two processes
    recipe = recipe_of(plan_of(LIMETYPES, rows), {"people": SOURCE})
    contents = DatasetFiles(
        database="database.sqlite",
        pieces={
            "people": OutputPiece(name="people", kind="source", format="jsonl"),
            "csv": OutputPiece(name="person", kind="table", format="csv"),
            "jsonl": OutputPiece(name="person", kind="table", format="jsonl"),
            "json": OutputPiece(name="person", kind="table", format="json"),
            "parquet": OutputPiece(name="person", kind="table", format="parquet"),
        },
    )
    digests = []
    for workers, block_rows in ((1, 20_001), (2, 20_003)):
        files, journals = tmp_path / f"{workers}", tmp_path / f"{workers} journals"
        files.mkdir()
        journals.mkdir()
        opened = opened_executor(recipe, Progress(), workers, block_rows)
        with opened as executor:
            clock = PhaseClock(Progress())
            digests.append(write_files(executor, contents, files, journals, clock))
    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    ("format", "what", "at"),
    [
        ("csv", "company", 1),
        ("csv", "person", 600),
        ("json", "person", 1_000),
        ("parquet", "person", 400),
        ("parquet", "people", 700),
        ("jsonl", "people", 700),
        ("sqlite", "person", 600),
        ("sqlite", "person", 1_000),
        ("sqlite", "index", 1),
        ("sqlite", "people", 700),
    ],
)
def test_an_interrupted_run_continues_and_writes_the_same_bytes(
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
        assert "company" not in {name for name, _ in heard}  # it was whole


def test_an_uncommitted_part_is_generated_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_parts: None
) -> None:
    produce(order_of(tmp_path / "whole", "sqlite"), Progress())
    add = Journal.add

    def end_after(journal: Journal, end: int, digest: str) -> None:
        add(journal, end, digest)
        if end == 400:
            raise KeyboardInterrupt

    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "add", end_after)
        with pytest.raises(KeyboardInterrupt):
            produce(order_of(out, "sqlite"), Progress())
    produce(order_of(out, "sqlite"), Progress())
    assert digests(out) == digests(tmp_path / "whole")
    counted = ask(out / "database.sqlite", "SELECT count(*), max(id) FROM person")
    assert counted == [(1_000, 1_000)]


def test_a_different_plan_does_not_reuse_the_parts_of_an_interrupted_run(
    tmp_path: Path, small_parts: None
) -> None:
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        produce(order_of(out, seed=7), Ending("person", 600))
    produce(order_of(out, seed=8), Progress())
    produce(order_of(tmp_path / "whole", seed=8), Progress())
    assert digests(out) == digests(tmp_path / "whole")


@pytest.mark.parametrize(
    ("format", "kept"),
    [("csv", "files/person.csv"), ("parquet", "journals/person.parquet.arrow")],
)
def test_parts_that_were_changed_in_the_meantime_are_generated_again(
    format: str, kept: str, tmp_path: Path, small_parts: None
) -> None:
    produce(order_of(tmp_path / "whole", format), Progress())
    for at in (0, -3_000):  # in the first part, which is its head too, and in the last
        out = tmp_path / "out"
        with pytest.raises(KeyboardInterrupt):
            produce(order_of(out, format), Ending("person", 600))
        path = tmp_path / ".out.making" / kept
        data = bytearray(path.read_bytes())
        data[at : at + 100] = b"?" * 100
        path.write_bytes(data)
        produce(order_of(out, format), Progress())
        assert digests(out) == digests(tmp_path / "whole")
        shutil.rmtree(out)


KILLED = """
import signal, sys
from pathlib import Path
from limerun.dataset.output.produce import produce
from limerun.dataset.values.table_rows import TableRows
from tests.dataset.test_produce import Ending, order_of

TableRows.at_once = lambda self, block_rows=50: min(block_rows, 50)
order = order_of(Path(sys.argv[1]), sys.argv[2])
produce(order, Ending(sys.argv[3], int(sys.argv[4]), signal.SIGKILL))
"""


@pytest.mark.slow
@pytest.mark.parametrize("format", ["csv", "parquet", "sqlite"])
def test_the_next_run_continues_after_a_killed_process(
    format: str, tmp_path: Path, small_parts: None
) -> None:
    produce(order_of(tmp_path / "whole", format), Progress())
    out = tmp_path / "out"
    root = Path(__file__).parents[2]
    kills = [("person", 400)]
    if format == "sqlite":
        kills += [("person", 800), ("index", 1)]
    for what, at in kills:
        command = [sys.executable, "-c", KILLED, str(out), format, what, str(at)]
        done = subprocess.run(command, cwd=root, check=False, timeout=300)
        assert done.returncode == -signal.SIGKILL
        assert not out.exists()
    produce(order_of(out, format), Progress())
    assert digests(out) == digests(tmp_path / "whole")


@pytest.mark.parametrize("format", ["csv", "parquet", "sqlite"])
def test_a_full_disk_leaves_existing_files_unchanged(
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


def test_only_files_written_by_limerun_are_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "person.csv").write_text("mine")
    with pytest.raises(DatasetError, match=r"person.csv: limerun did not write"):
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
    with pytest.raises(DatasetError, match=r"manifest.json: limerun did not write"):
        produce(order_of(tmp_path), Progress())


def test_two_processes_cannot_write_to_the_same_folder_at_once(tmp_path: Path) -> None:
    out = tmp_path / "out"

    class Second(Progress):
        def rows_made(self, what: str, done: int, total: int) -> None:
            with pytest.raises(DatasetError, match="another limerun is writing it"):
                produce(order_of(out), Progress())

    produce(order_of(out), Second())
    assert (out / "manifest.json").exists()


def outlet_of(out: str, format: str | None = None, rows: Any = ROWS) -> DatasetOutlet:
    schema = check_plan(plan_of(LIMETYPES, rows), {})
    return decide_outlet(out, format, schema)


def test_the_file_suffix_determines_the_format(tmp_path: Path) -> None:
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
        (
            "a.csv",
            None,
            "has space for one table, but the config makes company, person",
        ),
        ("a.csv", "parquet", "is a csv file, but --format is parquet"),
        ("a", "xlsx", 'unknown format "xlsx"'),
        (
            "a.xlsx",
            None,
            r"limerun cannot write \.xlsx files; name a folder, or a file that",
        ),
        ("mysql://me:secret@host/a", None, "^--out mysql://: of URLs, only PostgreSQL"),
    ],
)
def test_contradictory_options_are_refused(
    out: str, format: str | None, told: str
) -> None:
    with pytest.raises(DatasetError, match=told):
        outlet_of(out, format)


def test_a_dataset_without_rows_is_refused_if_it_would_have_no_files() -> None:
    with pytest.raises(DatasetError, match=r"0 rows.*--set dataset\.rows\.\w+=1000"):
        outlet_of("a", rows={})
    assert outlet_of("a", "sqlite", rows={}).database == "database.sqlite"


def test_a_full_disk_is_reported_in_plain_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError(
            "INTERNAL: failed to execute: database or disk is full\nquery was: COMMIT"
        )

    monkeypatch.setattr("limerun.dataset.output.sqlite_database.load_rows", fail)
    with pytest.raises(DatasetError) as raised:
        produce(order_of(tmp_path / "out", "sqlite"), Progress())
    assert "INTERNAL" not in str(raised.value)
    assert "No space left on device; free space and" in str(raised.value)


def test_rows_may_be_longer_than_a_database_page(
    tmp_path: Path, small_parts: None
) -> None:
    limetypes = {"long": {"note": {"type": "text"}, "name": {"type": "string"}}}
    plan = plan_of(limetypes, {"long": 500}, {"long.note": {"length": 6_000}})
    path = tmp_path / "a"
    write_database(recipe_of(plan), path, Progress())
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]
    assert ask(path, "SELECT count(*), max(id) FROM long") == [(500, 500)]
    assert ask(path, "SELECT max(length(note)) FROM long")[0][0] > 4_096


def test_a_database_equals_a_database_filled_by_insert_statements(
    tmp_path: Path, small_parts: None
) -> None:
    recipe = recipe_of(plan_of())
    write_database(recipe, tmp_path / "a", Progress())
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in create_tables(recipe.schema):
            connection.execute(statement)
        for name, table in recipe.schema.stored.items():
            made = rows_of(recipe, table, stored=True)
            columns = made.columns(np.arange(table.rows, dtype=np.uint64))
            marks = ", ".join("?" * len(columns))
            values = (columns[each].to_pylist() for each in made.names)
            insert = f"INSERT INTO {name_in_sql(name)} VALUES ({marks})"
            connection.executemany(insert, zip(*values, strict=True))
        expected = [*connection.iterdump()]
    with closing(sqlite3.connect(tmp_path / "a")) as connection:
        found = [*connection.iterdump()]
    inserts = [line for line in found if line.startswith("INSERT INTO")]
    assert [line for line in inserts if "sqlite_stat1" not in line] == [
        line for line in expected if line.startswith("INSERT INTO")
    ]


@pytest.mark.slow
def test_a_killed_worker_process_is_reported_as_killed() -> None:
    recipe = recipe_of(plan_of(LIMETYPES, {"person": 300_000}))
    piece = OutputPiece(name="person", kind="stored", format="copy")
    before = psutil.Process().children()
    with ProcessExecutor(recipe, Progress(), 1) as executor:
        next(executor.parts(piece))
        for process in set(psutil.Process().children()).difference(before):
            process.kill()
            process.wait()
        with pytest.raises(DatasetError, match="ended unexpectedly"):
            [*executor.parts(piece)]


@pytest.mark.slow
def test_an_exception_in_a_worker_process_is_raised_by_the_executor() -> None:
    recipe = recipe_of(plan_of(LIMETYPES, {"person": 10}))
    piece = OutputPiece(name="person", kind="stored", format="nonsense")  # type: ignore[arg-type]  # on purpose
    with ProcessExecutor(recipe, Progress(), 1) as executor:
        maker = executor.maker(OutputPiece(name="person", kind="stored", format="copy"))
        with pytest.raises(KeyError, match="nonsense"):
            [*executor._made(piece, maker, 0)]


@pytest.mark.parametrize(
    ("rows", "cpus", "workers"),
    [(10, 8, 1), (2_999_999, 8, 1), (3_000_000, 8, 3), (10**9, 8, 8), (10**9, 2, 1)],
)
def test_the_number_of_processes_depends_on_rows_and_cores(
    rows: int, cpus: int, workers: int
) -> None:
    assert sensible_workers(rows, cpus) == workers


@pytest.mark.parametrize("length", [200, 1_000, 4_000, 1_000_000])
def test_the_number_of_characters_in_a_part_is_limited_for_long_texts(
    length: int,
) -> None:
    source = source_of({"a": {"kind": "text", "min": length, "max": length}}, 10**6)
    recipe = recipe_of(None, {"a": source})
    maker = PartMaker(recipe, OutputPiece(name="a", kind="source", format="csv"))
    assert 1 <= maker.part_rows <= 131_072
    assert maker.part_rows * length <= 32_000_000
