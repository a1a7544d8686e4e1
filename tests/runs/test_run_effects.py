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
from limerun.records import Dataset
from limerun.runs.run_effects import RunEffects, with_examples
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
