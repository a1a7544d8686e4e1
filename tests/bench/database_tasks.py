"""Six tasks over a source, whose cost depends on the database in different ways."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lime_query
from lime_application import LimeApplication

_PAGE = 1000
_EVERY = 100
"""Of so many source rows, one is searched for in the whole table."""


def prefetch_into_a_set(application: LimeApplication, path: str) -> int:
    known = {row["number"] for row in _all_contracts(application)}
    return sum(row["number"] in known for row in _rows(path))


def search_a_list(application: LimeApplication, path: str) -> int:
    known = [row["number"] for row in _all_contracts(application)]
    return sum(row["number"] in known for row in list(_rows(path))[::_EVERY])


def scan_the_table_once(application: LimeApplication, path: str) -> int:
    large = [row["_id"] for row in _all_contracts(application) if row["_id"] % 997 == 0]
    return len(large) + sum(1 for _ in _rows(path))


def look_up_without_an_index(application: LimeApplication, path: str) -> int:
    rows = list(_rows(path))[::_EVERY]
    return sum(len(_with(application, "name", row["number"])) for row in rows)


def look_up_with_an_index(application: LimeApplication, path: str) -> int:
    return sum(len(_with(application, "number", row["number"])) for row in _rows(path))


def leave_the_database_alone(application: LimeApplication, path: str) -> int:
    return sum(len(json.dumps(row)) for _ in range(20) for row in _rows(path))


def _rows(path: str) -> Iterator[dict[str, Any]]:
    with Path(path).open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _all_contracts(application: LimeApplication) -> Iterator[dict[str, Any]]:
    last = 0
    while page := _asked(
        application,
        {"key": "_id", "op": ">", "exp": last},
        {"orderBy": [{"_id": "ASC"}], "limit": _PAGE},
    ):
        yield from page
        last = page[-1]["_id"]


def _with(application: LimeApplication, name: str, value: str) -> list[dict[str, Any]]:
    return _asked(application, {"key": name, "op": "=", "exp": value}, {})


def _asked(
    application: LimeApplication, wanted: dict[str, Any], more: dict[str, Any]
) -> list[dict[str, Any]]:
    query = {
        "limetype": "contract",
        "responseFormat": {"object": {"_id": None, "number": None, "value": None}},
        "filter": wanted,
        **more,
    }
    response = lime_query.execute_query(
        query,
        application.database.connection,
        application.limetypes,
        application.acl,
        application.user,
    )
    objects: list[dict[str, Any]] = response["objects"]
    return objects
