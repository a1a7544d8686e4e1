"""Declared keys: rules are suggested, values mapped alike, links proven."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from limerun.exports.anonymize.suggest import suggest_rules
from limerun.exports.tables import ForeignKey
from limerun.progress import Progress
from tests.exports.anonymizing import make_copy, rules_for, rules_from
from tests.exports.reading import opened

_ROWS = 300


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Return customers by country and number, and orders of customers and sellers."""
    path = tmp_path / "crm.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            'CREATE TABLE "kund Å" (land TEXT, nr INTEGER, PRIMARY KEY (land, nr));'
            "CREATE TABLE person (id INTEGER PRIMARY KEY, boss INTEGER "
            "REFERENCES person, namn TEXT);"
            "CREATE TABLE ord (id INTEGER PRIMARY KEY, land TEXT, vem INTEGER, "
            "seller INTEGER REFERENCES Person (ID), gone REFERENCES nowhere (id), "
            'FOREIGN KEY (land, vem) REFERENCES "kund å" (land, nr));'
        )
        lands = ("SE", "NO", "FI")
        database.executemany(
            'INSERT INTO "kund Å" VALUES (?, ?)',
            [(lands[row % 3], 5_000 + row // 2) for row in range(_ROWS)],
        )
        database.executemany(
            "INSERT INTO person VALUES (?, ?, ?)",
            [(900 + 7 * row, 900 + 7 * (row // 2), f"Namn{row}") for row in range(60)],
        )
        database.executemany(
            "INSERT INTO ord (land, vem, seller) SELECT land, nr, ? "
            'FROM "kund Å" LIMIT 1 OFFSET ?',
            [(900 + 7 * (row % 60), row % _ROWS) for row in range(_ROWS * 2)],
        )
        database.commit()
    return path


def test_declared_keys_are_read_with_their_table_names(export: Path) -> None:
    with opened(export) as read:
        keys = {name: table.foreign_keys for name, table in read.tables.items()}
    # The case of names does not matter; keys to missing tables are ignored.
    assert set(keys["ord"]) == {
        ForeignKey(
            columns=("land", "vem"),
            parent_table="kund Å",
            parent_columns=("land", "nr"),
        ),
        ForeignKey(columns=("seller",), parent_table="person", parent_columns=("id",)),
    }
    [own] = keys["person"]
    assert (own.columns, own.parent_table, own.parent_columns) == (
        ("boss",),
        "person",
        ("id",),
    )
    assert keys["kund Å"] == ()


def test_suggested_rules_keep_every_declared_key(export: Path, tmp_path: Path) -> None:
    text = suggest_rules([str(export)], Progress())
    made = make_copy(export, tmp_path / "copy.sqlite", rules_from(tmp_path, text))
    assert made.proof.passed, made.proof.reasons
    links = {(link.child, link.parent): link.copy_orphans for link in made.proof.links}
    assert links == {
        ("ord.(land, vem)", "kund Å.(land, nr)"): 0,
        ("ord.seller", "person.id"): 0,
        ("person.boss", "person.id"): 0,
    }


def test_a_copy_that_breaks_declared_keys_fails(export: Path, tmp_path: Path) -> None:
    def shared_rule(domain: str) -> object:
        return {"rule": "permute", "domain": domain}

    tables: dict[str, dict[str, object]] = {
        "kund Å": {"land": "keep", "nr": shared_rule("nr")},
        "person": {
            "id": shared_rule("p"),
            "boss": shared_rule("p"),
            "namn": "scramble",
        },
        "ord": {
            "id": "permute",
            "land": "keep",
            "vem": shared_rule("nr"),
            "gone": "clear",
        },
    }
    tables["ord"]["seller"] = shared_rule("p")
    whole = make_copy(export, tmp_path / "whole.sqlite", rules_for(tmp_path, tables))
    assert whole.proof.passed, whole.proof.reasons
    # A key of several columns, and one whose name does not suggest its parent.
    tables["ord"] |= {"vem": "permute", "seller": "permute"}
    broken = make_copy(export, tmp_path / "broken.sqlite", rules_for(tmp_path, tables))
    assert not broken.proof.passed
    links = {link.child: link for link in broken.proof.links if not link.passed}
    assert links.keys() == {"ord.(land, vem)", "ord.seller"}
    for child, link in links.items():
        assert link.copy_orphans
        assert any(reason.startswith(child) for reason in broken.proof.reasons)
