"""SQLite databases: only user tables, types decided by values, rows in order."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from limerun.errors import ExportError
from tests.exports.reading import opened, read, rows_of, types_of


def database(folder: Path, script: str) -> Path:
    path = folder / "crm #1?.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
        connection.commit()
    return path


def test_each_user_table_is_read_as_a_table(tmp_path: Path) -> None:
    path = database(
        tmp_path,
        """
        CREATE TABLE person (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);
        CREATE TABLE [odd "name] (x);
        CREATE VIEW seen AS SELECT * FROM person;
        CREATE INDEX by_name ON person (name);
        INSERT INTO person (name) VALUES ('a');
        ANALYZE;
        """,
    )
    with opened(path) as export:
        assert list(export.tables) == ['odd "name', "person"]
        assert rows_of(export, "person") == [(1, "a")]


def test_the_type_depends_on_the_values_and_not_on_the_declaration(
    tmp_path: Path,
) -> None:
    path = database(
        tmp_path,
        """
        CREATE TABLE t (i INTEGER, r REAL, s VARCHAR(3), d DATE, n NUMERIC, b BLOB,
                        whole DECIMAL, never TEXT, mixed, bytes TEXT, late INTEGER);
        INSERT INTO t VALUES (1, 1, 'long', '2024-01-31', 1, x'ff', 1, NULL, 1, 'a', 1);
        INSERT INTO t VALUES (NULL, 1.5, '', NULL, 2.5, 'x', 2, NULL, 'b', x'00', 'x');
        """,
    )
    assert types_of(path) == {
        "i": "integer",
        "r": "decimal",
        "s": "text",
        "d": "date",
        "n": "decimal",
        "b": "binary",
        "whole": "integer",
        "never": "text",
        "mixed": "text",
        "bytes": "binary",
        "late": "text",
    }
    assert read(path) == [
        (1, 1.0, "long", "2024-01-31", 1.0, b"\xff", 1, None, "1", b"a", "1"),
        (None, 1.5, "", None, 2.5, b"x", 2, None, "b", b"\x00", "x"),
    ]


def test_leading_nulls_do_not_affect_the_type_and_rows_stay_in_order(
    tmp_path: Path,
) -> None:
    path = database(tmp_path, "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)")
    with closing(sqlite3.connect(path)) as connection:
        names = ((None if n < 60_000 else f"n{-n}") for n in range(80_000))
        connection.executemany("INSERT INTO t (name) VALUES (?)", ((n,) for n in names))
        connection.execute("CREATE INDEX by_name ON t (name)")
        connection.commit()
    with opened(path) as export:
        found = rows_of(export, "t")
    assert [row[0] for row in found] == list(range(1, 80_001))
    assert found[59_999][1] is None
    assert found[60_000][1] == "n-60000"


def test_text_that_is_not_utf8_is_reported_with_its_row(tmp_path: Path) -> None:
    path = database(tmp_path, "CREATE TABLE t (a TEXT, b TEXT)")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO t VALUES ('x', 'y')")
        connection.execute("INSERT INTO t VALUES ('x', CAST(x'e5' AS TEXT))")
        connection.commit()
    with pytest.raises(
        ExportError, match="table t, row 2: the text in b is not valid UTF-8"
    ):
        read(path)


@pytest.mark.parametrize("kept", [20, 4_096, 9_000])
def test_a_truncated_database_is_refused(tmp_path: Path, kept: int) -> None:
    script = "CREATE TABLE t (a TEXT); INSERT INTO t SELECT hex(zeroblob(3000))"
    path = database(tmp_path, script + " UNION ALL SELECT hex(zeroblob(2999));")
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ExportError, match="the database cannot be read"):
        read(path)


def test_a_database_without_tables_is_refused(tmp_path: Path) -> None:
    path = database(tmp_path, "CREATE VIEW v AS SELECT 1")
    with pytest.raises(ExportError, match="has no tables"):
        read(path)
