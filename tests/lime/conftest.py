from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from limerun.lime.install import install

assert install() == "stand-in"

collect_ignore = ["foreign"]  # a solution, whose tests test_fixtures.py runs

from lime_application import LimeApplication  # noqa: E402  # on the path since install
from limerun.lime.opening import open_application  # noqa: E402

LIMETYPES: Mapping[str, Mapping[str, object]] = {
    "company": {
        "_label": "company",
        "name": {"type": "string", "label": "name", "required": True, "length": 200},
        "phone": {"type": "phone"},
        "www": {"type": "link"},
        "buyingstatus": {
            "type": "option",
            "options": ["empty", "prospect", "active", "excustomer"],
        },
        "interests": {"type": "set", "options": ["golf", "sailing", "chess"]},
        "employees": {"type": "integer"},
        "coworker": {"type": "belongsto", "related": "coworker", "backref": "company"},
        "person": {"type": "hasmany", "related": "person", "backref": "company"},
        "deal": {"type": "hasmany", "related": "deal", "backref": "company"},
    },
    "person": {
        "firstname": {"type": "string", "label": "firstname"},
        "name": {"type": "string", "label": "name"},
        "inactive": {"type": "yesno"},
        "company": {"type": "belongsto", "related": "company", "backref": "person"},
        "campaign": {
            "type": "hasandbelongstomany",
            "related": "campaign",
            "backref": "person",
        },
    },
    "campaign": {
        "name": {"type": "string", "label": "name"},
        "person": {
            "type": "hasandbelongstomany",
            "related": "person",
            "backref": "campaign",
        },
    },
    "coworker": {
        "name": {"type": "string", "label": "name"},
        "username": {"type": "user"},
        "office": {"type": "belongsto", "related": "office", "backref": "coworker"},
        "company": {"type": "hasmany", "related": "company", "backref": "coworker"},
        "deal": {"type": "hasmany", "related": "deal", "backref": "coworker"},
    },
    "office": {
        "name": {"type": "string", "label": "name"},
        "coworker": {"type": "hasmany", "related": "coworker", "backref": "office"},
    },
    "deal": {
        "name": {"type": "string", "label": "name", "length": 64},
        "dealstatus": {
            "type": "option",
            "options": ["contact", "tender", "agreement", "rejection"],
            "defaultvalue": "contact",
        },
        "value": {"type": "decimal"},
        "probability": {"type": "percent"},
        "closeddate": {"type": "date"},
        "expecteddate": {"type": "month"},
        "company": {"type": "belongsto", "related": "company", "backref": "deal"},
        "coworker": {"type": "belongsto", "related": "coworker", "backref": "deal"},
    },
    "document": {
        "comment": {"type": "string"},
        "document": {"type": "file"},
        "created": {"type": "time", "defaultvalue": "getdate()"},
        "company": {"type": "belongsto", "related": "company"},
    },
}

OpenApplication = Callable[..., LimeApplication]


@pytest.fixture
def open_app(tmp_path: Path) -> Iterator[OpenApplication]:
    """Open applications on SQLite files, which are closed after the test."""
    opened: list[LimeApplication] = []

    def open_one(name: str = "lime", **options: Any) -> LimeApplication:
        url = f"sqlite:///{tmp_path}/{name}.sqlite"
        app = open_application(
            **{"database_url": url, "limetypes": LIMETYPES} | options
        )
        opened.append(app)
        return app

    yield open_one
    for app in opened:
        app.database.close()


@pytest.fixture
def app(open_app: OpenApplication) -> LimeApplication:
    return open_app()


@pytest.fixture
def save(app: LimeApplication) -> Callable[..., Any]:
    """Save objects in one unit of work; return the object, or a list if several."""

    def save_all(*limeobjects: Any) -> Any:
        uow = app.unit_of_work()
        places = [uow.add(each) for each in limeobjects]
        result = uow.commit()
        saved = [result.get(place) for place in places]
        return saved[0] if len(saved) == 1 else saved

    return save_all


@pytest.fixture
def statements(app: LimeApplication) -> Iterator[list[str]]:
    """The SQL statements that the application's engine ran, in order."""
    from sqlalchemy import event

    asked: list[str] = []

    def record_statement(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(app.database.engine, "before_cursor_execute", record_statement)
    yield asked
    event.remove(app.database.engine, "before_cursor_execute", record_statement)
