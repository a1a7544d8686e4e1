"""The database file: complete, indexed and readable by the stand-in."""

import datetime
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from limerun.dataset.values.table_rows import TableRows
from limerun.progress import Progress
from limerun.storage import TIME_FORMAT
from tests.dataset.plans import (
    CRM,
    ROWS,
    ask,
    make_database,
    plan_of,
    recipe_of,
    write_database,
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    properties: dict[str, dict[str, object]] = {
        "company.registrationno": {"unique": True},
        "deal.number": {"kind": "sequence", "format": "D{:05d}"},
        "deal.closeddate": {"null_rate": 0.5},
    }
    folder = tmp_path_factory.mktemp("database")
    return make_database(plan_of(properties=properties), folder / "crm.sqlite")


def test_the_database_file_is_intact_and_has_small_pages(database: Path) -> None:
    assert ask(database, "PRAGMA integrity_check") == [("ok",)]
    assert ask(database, "PRAGMA page_size") == [(4096,)]
    assert ask(database, "PRAGMA journal_mode") == [("delete",)]
    assert ask(database, "PRAGMA freelist_count") == [(0,)]


def test_the_rows_of_every_table_are_numbered_from_one(database: Path) -> None:
    for limetype, rows in ROWS.items():
        found = ask(database, f"SELECT count(*), min(id), max(id) FROM {limetype}")
        assert found == [(rows, 1, rows)]


def test_a_table_has_the_columns_of_its_properties_and_of_the_platform(
    database: Path,
) -> None:
    columns = [
        (name, type, key)
        for _, name, type, _, _, key in ask(database, "PRAGMA table_info(deal)")
    ]
    assert columns == [
        ("id", "INTEGER", 1),
        ("name", "TEXT", 0),
        ("number", "TEXT", 0),
        ("dealstatus", "TEXT", 0),
        ("tags", "TEXT", 0),
        ("value", "REAL", 0),
        ("probability", "REAL", 0),
        ("quantity", "INTEGER", 0),
        ("starttime", "TEXT", 0),
        ("closeddate", "TEXT", 0),
        ("expectedmonth", "TEXT", 0),
        ("comment", "TEXT", 0),
        ("company", "INTEGER", 0),
        ("person", "INTEGER", 0),
        ("_createdtime", "TEXT", 0),
        ("_createduser", "INTEGER", 0),
        ("_timestamp", "TEXT", 0),
        ("_updateduser", "INTEGER", 0),
    ]


def test_values_have_the_type_of_their_column(database: Path) -> None:
    types = ask(
        database,
        "SELECT DISTINCT typeof(name), typeof(value), typeof(quantity), "
        "typeof(starttime), typeof(company), typeof(_createduser) FROM deal",
    )
    assert types == [("text", "real", "integer", "text", "integer", "integer")]
    assert set(ask(database, "SELECT DISTINCT inactive FROM person")) == {(0,), (1,)}


def test_times_are_written_in_the_format_of_the_lime_stand_in(database: Path) -> None:
    for column in ("starttime", "closeddate", "expectedmonth", "_createdtime"):
        for (text,) in ask(database, f"SELECT {column} FROM deal LIMIT 50"):
            if text is not None:
                read = datetime.datetime.strptime(text, TIME_FORMAT)
                assert read.strftime(TIME_FORMAT) == text


def test_null_values_are_stored_as_null(database: Path) -> None:
    sql = "SELECT count(*) FROM deal WHERE closeddate IS NULL"
    assert ask(database, sql)[0][0] == pytest.approx(1_000, abs=120)


def test_every_link_refers_to_an_existing_row(database: Path) -> None:
    for limetype, column, related in (
        ("deal", "company", "company"),
        ("deal", "person", "person"),
        ("person", "company", "company"),
        ("company", "parent", "company"),
    ):
        lost = ask(
            database,
            f"SELECT count(*) FROM {limetype} WHERE {column} IS NOT NULL "
            f"AND {column} NOT IN (SELECT id FROM {related})",
        )
        assert lost == [(0,)]


def test_links_and_unique_columns_are_indexed_but_duplicates_are_allowed(
    database: Path,
) -> None:
    indexes = {
        (table, unique, ask(database, f"PRAGMA index_info({name})")[0][2])
        for table in ROWS
        for _, name, unique, *_ in ask(database, f"PRAGMA index_list({table})")
    }
    assert indexes == {
        ("company", 0, "registrationno"),
        ("company", 0, "parent"),
        ("person", 0, "company"),
        ("deal", 0, "number"),
        ("deal", 0, "company"),
        ("deal", 0, "person"),
    }
    assert ask(database, "SELECT count(*) FROM sqlite_stat1") == [(6,)]
    with closing(sqlite3.connect(database)) as connection:
        taken = "INSERT INTO deal (number) SELECT number FROM deal WHERE id = 1"
        assert connection.execute(taken).rowcount == 1


def test_limetypes_without_rows_have_a_table(tmp_path: Path) -> None:
    path = make_database(plan_of(rows={"company": 3}), tmp_path / "a")
    assert ask(path, "SELECT count(*) FROM deal") == [(0,)]


def test_the_table_of_a_many_to_many_relation_has_a_column_for_each_end(
    tmp_path: Path,
) -> None:
    many = "hasandbelongstomany"
    limetypes = {
        "a": {"bs": {"type": many, "related": "b", "backref": "as"}},
        "b": {"as": {"type": many, "related": "a", "backref": "bs"}},
    }
    path = make_database(plan_of(limetypes, {"a": 2}), tmp_path / "a")
    columns = ask(path, "PRAGMA table_info(a_bs__b_as)")
    assert [column[1] for column in columns] == ["a_bs", "b_as"]


def test_names_may_be_sql_keywords(tmp_path: Path) -> None:
    limetypes = {"order": {"group": {"type": "string"}, 'a"b': {"type": "integer"}}}
    path = make_database(plan_of(limetypes, {"order": 3}), tmp_path / "a")
    assert len(ask(path, 'SELECT "group", "a""b" FROM "order"')) == 3


def test_progress_is_reported_after_every_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, int, int]] = []

    class Listener(Progress):
        def rows_made(self, what: str, done: int, total: int) -> None:
            heard.append((what, done, total))

    monkeypatch.setattr("limerun.dataset.output.parts.PARTS_BLOCKS", 1)
    monkeypatch.setattr(TableRows, "at_once", lambda self, block_rows=10: 10)
    recipe = recipe_of(plan_of(CRM, {"company": 25}))
    write_database(recipe, tmp_path / "a", Listener())
    assert heard == [("company", 10, 25), ("company", 20, 25), ("company", 25, 25)]
