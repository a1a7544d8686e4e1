"""The effect of a run on its database, for any values, and what varies between runs."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limerun.dataset.design.layout import Column, Schema, Table
from limerun.records import Dataset, LimetypeEffect, Run
from limerun.runs.run_effects import (
    RunEffects,
    VaryingProperties,
    stamp_of,
    with_examples,
)
from tests.report.made_runs import good_run

SCHEMA = Schema(
    seed=1,
    locale="sv_SE",
    tables={
        "deal": Table(
            name="deal",
            rows=2,
            value_rows=2,
            columns={
                name: Column(
                    name=name,
                    type=type,
                    kind="text",
                    options={},
                    null_rate=0.0,
                    unique=False,
                    length=None,
                )
                for name, type in (("name", "string"), ("note", "integer"))
            },
        )
    },
    pairs={},
    sources={},
)
DATASET = Dataset(
    seed=1,
    locale="sv_SE",
    fingerprint="f",
    rows={"deal": 2},
    database=None,
    sources={},
    limetypes={},
    seconds=0.0,
    cached=False,
)

VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(),
    st.binary(max_size=20),
)
Rows = dict[int, tuple[Any, Any]]


def changes(folder: Path, before: Rows, *statements: str, after: Rows | None) -> Any:
    """Return what changed in a table between two states of it."""
    files = [folder / "before.sqlite", folder / "after.sqlite"]
    for file, rows in zip(
        files, (before, before if after is None else after), strict=True
    ):
        file.unlink(missing_ok=True)
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute(
                "CREATE TABLE deal (id INTEGER PRIMARY KEY, name TEXT, note INTEGER, "
                "_timestamp TEXT)"
            )
            connection.executemany(
                "INSERT INTO deal VALUES (?, ?, ?, 'now')",
                [(number, *values) for number, values in rows.items()],
            )
            if file is files[1]:
                connection.executescript(";".join(statements))
            connection.commit()
    dataset = replace(DATASET, database=files[0])
    run, change = RunEffects(SCHEMA).of(good_run(), dataset, files[1], None)
    assert change is not None
    run = with_examples(run, change, files[0], files[1])
    assert run.changes is not None
    return [*run.changes.values()]


def updated(folder: Path, was: tuple[Any, Any], now: tuple[Any, Any]) -> Any:
    """Return the example of one changed object."""
    (change,) = changes(folder, {1: was}, after={1: now})
    assert (change.created, change.updated, change.deleted) == (0, 1, 0)
    (example,) = change.examples
    return example


@pytest.mark.parametrize(
    ("was", "now", "before", "after"),
    [
        (("a", "x"), ("a", None), {"note": "x"}, {}),
        (("a", None), ("a", "x"), {}, {"note": "x"}),
        (("a", "x"), (None, None), {"name": "a", "note": "x"}, {}),
        (("a", "x"), (None, "y"), {"name": "a", "note": "x"}, {"note": "y"}),
    ],
)
def test_a_value_set_to_none_is_shown_as_a_change(
    tmp_path: Path, was: Any, now: Any, before: Any, after: Any
) -> None:
    example = updated(tmp_path, was, now)
    assert example == {"change": "updated", "id": 1, "before": before, "after": after}


@pytest.mark.parametrize(
    ("value", "shown"),
    [(b"\x00\xff", "<2 bytes>"), (float("inf"), "inf"), (-float("inf"), "-inf")],
)
def test_a_changed_value_that_json_cannot_represent_is_shown_as_text(
    tmp_path: Path, value: Any, shown: str
) -> None:
    assert updated(tmp_path, ("a", None), ("a", value))["after"] == {"note": shown}


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(
    before=st.dictionaries(st.integers(1, 5), st.tuples(VALUES, VALUES)),
    after=st.dictionaries(st.integers(1, 5), st.tuples(VALUES, VALUES)),
)
def test_any_change_is_counted_and_can_be_written_as_json(
    tmp_path_factory: pytest.TempPathFactory, before: Rows, after: Rows
) -> None:
    folder = tmp_path_factory.getbasetemp()
    found = changes(folder, before, after=after)
    counts = [(each.created, each.updated, each.deleted) for each in found]
    kept = before.keys() & after.keys()
    was, now = (stored(folder / f"{name}.sqlite") for name in ("before", "after"))
    expected = (
        len(after.keys() - before.keys()),
        len([number for number in kept if was[number] != now[number]]),
        len(before.keys() - after.keys()),
    )
    assert counts == ([expected] if any(expected) else [])
    json.dumps([each.examples for each in found], allow_nan=False)


def stored(file: Path) -> dict[int, list[object]]:
    """Return each row as SQLite has stored it, as text."""
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT id, quote(name), quote(note) FROM deal")
        return {number: values for number, *values in rows}


@pytest.mark.parametrize(
    ("statement", "counts"),
    [
        ("DROP TABLE deal", (0, 0, 2)),
        ("ALTER TABLE deal DROP COLUMN note", (0, 2, 0)),
        ("ALTER TABLE deal RENAME TO sale", (0, 0, 2)),
        ("ALTER TABLE deal ADD COLUMN more", (0, 0, 0)),
    ],
)
def test_a_table_that_the_task_changed_can_be_compared(
    tmp_path: Path, statement: str, counts: tuple[int, int, int]
) -> None:
    rows = {1: ("a", "x"), 2: ("b", "y")}
    found = changes(tmp_path, rows, statement, after=None)
    told = [(each.created, each.updated, each.deleted) for each in found]
    assert told == ([counts] if any(counts) else [])
    assert json.dumps([each.examples for each in found])


# --- what is compared --------------------------------------------------------------


def made(folder: Path, name: str, *statements: str) -> Path:
    """Return a file with two deals, changed by statements."""
    file = folder / name
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(
            "CREATE TABLE deal (id INTEGER PRIMARY KEY, name TEXT, note INTEGER, "
            "_timestamp TEXT);"
            "INSERT INTO deal VALUES (1, 'a', 1, 't'), (2, 'b', 2, 't');"
            + ";".join(statements)
        )
    return file


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return replace(DATASET, database=made(tmp_path, "before.sqlite"))


def test_a_file_that_was_not_written_to_is_not_read(
    tmp_path: Path, dataset: Dataset
) -> None:
    after = tmp_path / "after.sqlite"
    after.write_bytes(b"this is no database")
    run, change = RunEffects(SCHEMA).of(good_run(), dataset, after, stamp_of(after))
    assert change is None
    assert run.changes == {}
    assert run.effect is not None
    assert run.effect["deal"].created == 0


def test_a_file_with_a_write_ahead_log_may_have_changes(tmp_path: Path) -> None:
    file = made(tmp_path, "file.sqlite")
    assert stamp_of(file) is not None
    (tmp_path / "file.sqlite-wal").write_bytes(b"a page")
    assert stamp_of(file) is None
    assert stamp_of(tmp_path / "no file") is None


def test_a_run_without_a_database_has_no_effect(
    tmp_path: Path, dataset: Dataset
) -> None:
    effects = RunEffects(SCHEMA)
    assert effects.of(good_run(), None, tmp_path, None) == (good_run(), None)
    assert effects.of(good_run(), dataset, None, None) == (good_run(), None)


def test_a_large_database_is_not_compared(tmp_path: Path, dataset: Dataset) -> None:
    large = replace(dataset, rows={"deal": 30_000_000})
    run, change = RunEffects(SCHEMA).of(good_run(), large, tmp_path / "after", None)
    assert change is None
    assert run.effect is None
    assert run.effect_why == (
        "the database has 60,000,000 values; effects are determined up to 50,000,000"
    )


def test_a_database_that_cannot_be_read_loses_only_the_effect(
    tmp_path: Path, dataset: Dataset
) -> None:
    after = tmp_path / "after.sqlite"
    after.write_bytes(b"this is no database" * 1000)
    run, change = RunEffects(SCHEMA).of(good_run(), dataset, after, None)
    assert change is None
    assert run.effect is None
    assert str(run.effect_why).startswith("the database cannot be read after the run: ")
    url = "postgresql+psycopg://me:secret@127.0.0.1:1/none"
    run, _ = RunEffects(SCHEMA).of(good_run(), dataset, url, None)
    assert "cannot be read" in str(run.effect_why)
    assert "secret" not in str(run.effect_why)


def test_the_transaction_of_a_killed_task_is_rolled_back(
    tmp_path: Path, dataset: Dataset
) -> None:
    """A copy of the files in the middle of a transaction is what SIGKILL leaves."""
    file = made(tmp_path, "running.sqlite")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("CREATE TABLE large (content BLOB)")
        connection.commit()
        connection.execute("DELETE FROM deal WHERE id = 1")
        connection.execute("INSERT INTO large VALUES (zeroblob(1000000))")
        for name in ("running.sqlite", "running.sqlite-journal"):
            left = name.replace("running", "killed")
            (tmp_path / left).write_bytes((tmp_path / name).read_bytes())
        connection.rollback()
    run, _ = RunEffects(SCHEMA).of(
        good_run(), dataset, tmp_path / "killed.sqlite", None
    )
    assert run.effect_why is None
    assert run.changes == {}


# --- what varies -------------------------------------------------------------------

INSERT = "INSERT INTO deal (name, note) VALUES "


def runs_of(folder: Path, dataset: Dataset, *statements: str) -> tuple[Run, ...]:
    """Return runs that each executed one of the statements."""
    effects, varying = RunEffects(SCHEMA), VaryingProperties()
    runs: tuple[Run, ...] = ()
    for number, statement in enumerate(statements):
        after = made(folder, f"{number}.sqlite", statement)
        stamp = None if statement else stamp_of(after)
        run, change = effects.of(good_run(), dataset, after, stamp)
        runs = varying.left_out([*runs, run], change)
    return runs


def deals(run: Run) -> LimetypeEffect:
    assert run.effect is not None
    return run.effect["deal"]


def test_what_the_first_two_runs_wrote_differently_is_left_out_of_all(
    tmp_path: Path, dataset: Dataset
) -> None:
    statements = [f"{INSERT} ('x', {number}), ('y', 7)" for number in range(3)]
    effects = [deals(run) for run in runs_of(tmp_path, dataset, *statements)]
    assert effects[0] == effects[1] == effects[2]
    assert effects[0].varying == ("note",)
    assert [*effects[0].fingerprint] == ["name"]
    assert effects[0].created == 2


def test_one_run_does_not_say_what_varies(tmp_path: Path, dataset: Dataset) -> None:
    [run] = runs_of(tmp_path, dataset, f"{INSERT} ('x', 1)")
    assert deals(run).varying is None


def test_equal_runs_have_nothing_that_varies(tmp_path: Path, dataset: Dataset) -> None:
    for statement in (f"{INSERT} ('x', 1)", ""):
        runs = runs_of(tmp_path, dataset, statement, statement)
        assert deals(runs[0]) == deals(runs[1])
        assert deals(runs[1]).varying == ()
        for file in tmp_path.glob("[01].sqlite"):
            file.unlink()


def test_runs_with_other_numbers_of_rows_differ_in_no_property(
    tmp_path: Path, dataset: Dataset
) -> None:
    runs = runs_of(tmp_path, dataset, f"{INSERT} ('x', 1)", "", f"{INSERT} ('y', 1)")
    assert [deals(run).created for run in runs] == [1, 0, 1]
    assert deals(runs[0]).varying == ()


def test_a_run_with_an_unknown_effect_leaves_open_what_varies() -> None:
    varying, unknown = VaryingProperties(), good_run()
    runs = varying.left_out([unknown], None)
    assert varying.left_out([*runs, unknown], None) == (unknown, unknown)


def test_a_run_that_did_not_return_leaves_open_what_varies(
    tmp_path: Path, dataset: Dataset
) -> None:
    [first] = runs_of(tmp_path, dataset, f"{INSERT} ('x', 1)")
    killed, varying = replace(first, ending="killed"), VaryingProperties()
    runs = varying.left_out([first], None)
    assert varying.left_out([*runs, killed], None) == (first, killed)
