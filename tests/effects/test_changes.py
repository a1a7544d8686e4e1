"""The effect of a run: what counts as a change of the database, and what does not."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from limerun.effects.changes import DatabaseChange
from limerun.effects.differences import difference_of, varying_between
from limerun.effects.reading import REFERENCE
from limerun.effects.snapshot import LinkTable, Snapshot, SnapshotSchema, read_snapshot
from limerun.effects.sqlite_reading import opened_sqlite

MODEL = SnapshotSchema(
    columns={
        "company": {"name": "TEXT", "parent": REFERENCE},
        "deal": {
            "number": "TEXT",
            "value": "REAL",
            "count": "INTEGER",
            "company": REFERENCE,
        },
    },
    relations={"company": {"parent": "company"}, "deal": {"company": "company"}},
    links=(
        LinkTable(
            table="pairs",
            limetype="company",
            property="partners",
            related="deal",
            columns=("company_partners", "deal_partners"),
        ),
    ),
)
TABLES = """
    CREATE TABLE company (id INTEGER PRIMARY KEY, name TEXT, parent INTEGER, _timestamp TEXT);
    CREATE TABLE deal (id INTEGER PRIMARY KEY, number TEXT, value REAL, count INTEGER,
        company INTEGER, _timestamp TEXT);
    CREATE TABLE pairs (company_partners INTEGER, deal_partners INTEGER);
    INSERT INTO company VALUES (1, 'Alfa', NULL, 't'), (2, 'Beta', 1, 't');
    INSERT INTO deal VALUES (1, 'd1', 1.5, 1, 1, 't'), (2, 'd2', 2.5, 2, 2, 't');
    INSERT INTO pairs VALUES (1, 1), (1, 2);
"""


@pytest.fixture
def place(tmp_path: Path) -> "Place":
    return Place(tmp_path)


class Place:
    """A database on which statements are run, each time from the same content."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self.before = self.snapshot()

    def snapshot(self, *statements: str) -> Snapshot:
        self._number += 1
        path = self._folder / f"{self._number}.sqlite"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(TABLES + ";".join(statements))
        return read_snapshot(path, MODEL)

    def change(self, *statements: str) -> DatabaseChange:
        return DatabaseChange(self.before, self.snapshot(*statements))

    def difference(self, base: Iterable[str], new: Iterable[str]) -> Any:
        found = difference_of(self.change(*base), self.change(*new))
        return found and {
            each.limetype: (each.missing, each.added, dict(each.properties))
            for each in found
        }


def test_a_run_without_changes_has_no_effect(place: Place) -> None:
    effect = place.change("UPDATE deal SET _timestamp = 'later'").effect()
    counts = [(each.created, each.updated, each.deleted) for each in effect.values()]
    assert counts == [(0, 0, 0), (0, 0, 0)]
    assert effect == place.change().effect()


def test_changes_are_counted_by_limetype(place: Place) -> None:
    effect = place.change(
        "INSERT INTO company (name) VALUES ('Ceta')",
        "UPDATE company SET name = 'B' WHERE id = 2",
        "DELETE FROM deal WHERE id = 1",
    ).effect()
    assert (effect["company"].created, effect["company"].updated) == (1, 1)
    assert (effect["deal"].deleted, effect["deal"].updated) == (1, 0)


INSERT = "INSERT INTO deal (number, value, count, company) VALUES "


def test_the_order_of_inserts_and_assigned_ids_are_no_difference(place: Place) -> None:
    base = [
        "INSERT INTO company (name) VALUES ('C'), ('D')",
        INSERT + "('a', 1, 1, 3), ('b', 2, 2, 4)",
    ]
    new = [
        "INSERT INTO company (id, name) VALUES (70, 'D'), (80, 'C')",
        INSERT + "('b', 2, 2, 70), ('a', 1, 1, 80)",
    ]
    assert place.difference(base, new) is None
    assert place.change(*base).effect() == place.change(*new).effect()


def test_a_relation_to_another_created_row_is_a_difference(place: Place) -> None:
    base = ["INSERT INTO company (name) VALUES ('C'), ('D')", INSERT + "('a', 1, 1, 3)"]
    new = [base[0], INSERT + "('a', 1, 1, 4)"]
    assert place.difference(base, new) == {"deal": (0, 0, {"company": 1})}


def test_one_value_of_a_created_row_is_named(place: Place) -> None:
    base, new = (
        INSERT + "('a', 1, 1, 1), ('b', 2, 2, 1)",
        INSERT + "('a', 1, 1, 1), ('b', 2.1, 2, 1)",
    )
    assert place.difference([base], [new]) == {"deal": (0, 0, {"value": 1})}


def test_swapped_values_of_existing_rows_are_a_difference(place: Place) -> None:
    new = ["UPDATE deal SET value = 4 - value"]
    assert place.difference([], new) == {"deal": (0, 0, {"value": 2})}


def test_a_second_copy_of_a_row_is_a_duplicate(place: Place) -> None:
    insert = INSERT + "('a', 1, 1, 1)"
    [found] = difference_of(place.change(insert), place.change(insert, insert)) or ()
    assert (found.missing, found.added, found.duplicates) == (0, 1, 1)
    assert found.properties == {}


def test_a_pair_of_a_relation_is_a_property(place: Place) -> None:
    new = ["DELETE FROM pairs WHERE deal_partners = 2"]
    assert place.difference([], new) == {"company": (0, 0, {"partners": 1})}


def test_values_that_vary_between_equal_runs_are_found(place: Place) -> None:
    one, two = (
        place.change(
            f"INSERT INTO company (name, parent) VALUES ('{name}', 1)",
            INSERT + "('a', 1, 1, 3)",
        )
        for name in ("uuid one", "uuid two")
    )
    varying = varying_between(one, two)
    assert varying == {"company": ("name",)}
    assert difference_of(one.without(varying), two.without(varying)) is None


def test_a_value_of_an_unusual_type_changes_one_row_only(place: Place) -> None:
    new = ["UPDATE deal SET count = 'many' WHERE id = 2"]
    assert place.difference([], new) == {"deal": (0, 0, {"count": 1})}


def test_a_circle_of_created_rows_has_an_effect(place: Place) -> None:
    insert = "INSERT INTO company (id, name, parent) VALUES "
    base = insert + "(5, 'X', 6), (6, 'Y', 7), (7, 'Z', 5)"
    other_ids = insert + "(8, 'Z', 9), (9, 'X', 11), (11, 'Y', 8)"
    assert place.difference([base], [other_ids]) is None
    other_way = insert + "(5, 'X', 7), (6, 'Y', 5), (7, 'Z', 6)"
    assert place.difference([base], [other_way]) is not None


def test_rows_with_several_other_values_are_missing_and_added(place: Place) -> None:
    base, new = INSERT + "('a', 1, 1, 1)", INSERT + "('b', 2, 1, 1)"
    difference = {"deal": (1, 1, {"number": 1, "value": 1})}
    assert place.difference([base], [new]) == difference


def test_rows_may_have_ids_in_any_order_in_the_table(place: Place) -> None:
    create = (
        "DROP TABLE company; CREATE TABLE company "
        "(id INTEGER, name TEXT, parent INTEGER, _timestamp TEXT); "
        "INSERT INTO company VALUES (2, 'Beta', 1, 't'), (1, 'Alfa', NULL, 't')"
    )
    assert place.difference([], [create]) is None


def test_a_relation_or_id_of_an_unusual_type_is_a_value(place: Place) -> None:
    new = ["UPDATE deal SET company = 'one' WHERE id = 1"]
    other = ["UPDATE deal SET company = 'two' WHERE id = 1"]
    assert place.difference([], new) == {"deal": (0, 0, {"company": 1})}
    assert place.difference(new, other) == {"deal": (0, 0, {"company": 1})}
    assert place.difference(new, new) is None


def test_a_missing_table_or_column_counts_as_empty(place: Place) -> None:
    effect = place.change("DROP TABLE company", "DROP TABLE pairs").effect()
    assert effect["company"].deleted == 2
    column = "ALTER TABLE deal DROP COLUMN company"
    assert place.difference([], [column]) == {"deal": (0, 0, {"company": 2})}


def test_an_interrupt_that_the_driver_caught_is_still_an_interrupt(
    tmp_path: Path,
) -> None:
    path = tmp_path / "empty.sqlite"
    path.touch()
    with pytest.raises(KeyboardInterrupt), opened_sqlite(path):
        raise sqlite3.Error("cancelled") from KeyboardInterrupt()
