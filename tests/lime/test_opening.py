import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from lime_config import AppConfig, get_app_config
from limerun.storage import TIME_FORMAT

PLAIN = {
    "office": {"name": {"type": "string"}, "opened": {"type": "date"}},
    "coworker": {"office": {"type": "belongsto", "related": "office"}},
}


def test_missing_tables_are_created(open_app: Any, tmp_path: Path) -> None:
    open_app(limetypes=PLAIN)
    with sqlite3.connect(tmp_path / "lime.sqlite") as connection:
        told = connection.execute("PRAGMA table_info(office)").fetchall()
        indexes = connection.execute("PRAGMA index_list(coworker)").fetchall()
    connection.close()
    assert [(name, kind, bool(key)) for _, name, kind, _, _, key in told] == [
        ("id", "INTEGER", True),
        ("name", "TEXT", False),
        ("opened", "TEXT", False),
        ("_createdtime", "TEXT", False),
        ("_createduser", "INTEGER", False),
        ("_timestamp", "TEXT", False),
        ("_updateduser", "INTEGER", False),
    ]
    assert len(indexes) == 1


def test_a_database_filled_by_another_program_is_read_unchanged(
    open_app: Any, tmp_path: Path
) -> None:
    connection = sqlite3.connect(tmp_path / "lime.sqlite")
    connection.execute("CREATE TABLE office (id INTEGER PRIMARY KEY, name, opened)")
    row = (41, "Lund", "2024-05-01 22:00:00.000000")
    connection.execute("INSERT INTO office VALUES (?, ?, ?)", row)
    connection.commit()
    connection.close()
    app = open_app(limetypes=PLAIN)
    office = app.limetypes.office.get(41)
    assert office.properties.name.value == "Lund"
    assert office.properties.opened.value.strftime(TIME_FORMAT) == row[2]
    assert office.createdtime is None
    uow = app.unit_of_work()
    idx = uow.add(app.limetypes.office(name="Malmö"))
    assert uow.commit().get(idx).id == 42


def test_the_default_user_is_the_administrator(open_app: Any) -> None:
    app = open_app(limetypes=PLAIN)
    assert (app.user.id, app.user.username, app.user.is_admin) == (1, "admin", True)


def test_the_config_of_the_application_is_passed_on(open_app: Any) -> None:
    app = open_app(limetypes=PLAIN, app_config=AppConfig(config={"a": 1}))
    assert get_app_config(app, "config.a") == 1


def test_sqlite_is_configured_to_use_little_memory(open_app: Any) -> None:
    connection = open_app(limetypes=PLAIN).database.connection
    told = {
        name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
        for name in ("cache_size", "mmap_size", "journal_mode", "synchronous")
    }
    assert told["cache_size"] == -2048
    assert told["mmap_size"] in (0, None)
    assert (told["journal_mode"], told["synchronous"]) == ("truncate", 0)


def test_latency_delays_every_statement(
    open_app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    app = open_app(limetypes=PLAIN, latency_seconds=0.25)
    monkeypatch.setattr(time, "sleep", waited.append)
    app.limetypes.office.get_all().count  # noqa: B018  # it asks the database
    assert waited == [0.25]
