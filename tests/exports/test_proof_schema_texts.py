"""The proof: the texts in a SQLite copy's schema are searched like its rows."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.exports.anonymizing import make_copy, rules_for

SAID: dict[str, str] = {
    "nothing": "CREATE TABLE p (id INTEGER, name TEXT)",
    "a name alone": 'CREATE TABLE p (id INTEGER, name TEXT, "it\'s Gunvor" TEXT)',
    "a default": "CREATE TABLE p (id INTEGER, name TEXT DEFAULT 'GUNVOR')",
    "a check": "CREATE TABLE p (id INTEGER, name TEXT CHECK (id > 0 OR name = 'Gunvor'))",
    "a comment": "CREATE TABLE p (id INTEGER, name TEXT /* not\nGunvor */)",
    "a comment to the line's end": "CREATE TABLE p (id INTEGER, -- Gunvor's\nname TEXT)",
    "an index": "CREATE INDEX i ON p (id) WHERE name <> 'x''Gunvor'",
    "a view": "CREATE VIEW v AS SELECT * FROM p WHERE name = 'Gunvor'",
}
CLEAN = ("nothing", "a name alone")


@pytest.mark.parametrize("how", SAID)
def test_texts_in_the_database_schema_are_searched(tmp_path: Path, how: str) -> None:
    source = tmp_path / "crm.sqlite"
    statement = SAID[how]
    first = statement if statement.startswith("CREATE TABLE") else SAID["nothing"]
    with closing(sqlite3.connect(source)) as database:
        for each in dict.fromkeys((first, statement)):
            database.execute(each)
        names = ["Gunvor", "Torvald", "Bodil", "Ragnhild"] * 10
        database.executemany(
            "INSERT INTO p (id, name) VALUES (?, ?)",
            [(500 + row, name) for row, name in enumerate(names)],
        )
        columns = [name for _, name, *_ in database.execute("PRAGMA table_info(p)")]
        database.commit()
    rules: dict[str, object] = dict.fromkeys(columns, "clear")
    rules |= {"id": "permute", "name": "scramble"}
    made = make_copy(
        source, tmp_path / "copy.sqlite", rules_for(tmp_path, {"p": rules})
    )
    assert made.proof.passed == (how in CLEAN), made.proof.reasons
    found = {each.copy for each in made.proof.survivors if each.counted}
    assert found == (set() if how in CLEAN else {"sqlite_schema.sql"})
    assert (made.written is None) == (how not in CLEAN)
