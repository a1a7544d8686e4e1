"""The stand-in on a real PostgreSQL server, each test in a new schema."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

import lime_type.limetypes
from lime_application import LimeApplication
from lime_filter import AndOperator, EqualsOperator, Filter, LikeOperator
from lime_query import execute_query
from lime_type import LimeObject
from lime_type.iso_times import UTC
from limerun.lime.opening import open_application
from tests.lime.conftest import LIMETYPES

pytestmark = pytest.mark.services
URL = os.environ.get(
    "LIMERUN_TEST_POSTGRESQL", "postgresql+psycopg://127.0.0.1:5432/test"
)
DRIVER = URL.partition("+")[2].partition(":")[0]
Save = Callable[..., Any]


@pytest.fixture
def app() -> Iterator[LimeApplication]:
    """An application in a schema that is dropped after the test."""
    pytest.importorskip(DRIVER, reason=f"{DRIVER} is not installed")
    schema = f"limerun_test_{uuid4().hex[:12]}"
    engine = create_engine(URL, future=True)
    try:
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except OperationalError:
        pytest.skip(f"no PostgreSQL answers at {URL}")
    app = open_application(
        database_url=f"{URL}?options=-csearch_path%3D{schema}", limetypes=LIMETYPES
    )
    yield app
    app.database.close()
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


def test_objects_can_be_created_read_changed_and_deleted(
    app: LimeApplication, save: Save
) -> None:
    moment = datetime(2024, 5, 1, 22, 0, 0, 5, tzinfo=UTC)
    company = save(app.limetypes.company(name="Åkeri", interests=["golf", "chess"]))
    deal = save(
        app.limetypes.deal(
            name="Big",
            value=2.5,
            dealstatus="tender",
            closeddate=moment,
            company=company,
        )
    )
    read = app.limetypes.deal.get(deal.id)
    assert read.values() == deal.values()
    assert read.properties.closeddate.value == moment
    read.properties.value.value = 1e12
    save(read)
    assert app.limetypes.deal.get(deal.id).properties.value.value == 1e12
    uow = app.unit_of_work()
    uow.delete(company)
    uow.commit()
    assert app.limetypes.deal.get(deal.id).properties.company.id is None


def test_boolean_values_can_be_written_and_filtered(
    app: LimeApplication, save: Save
) -> None:
    save(app.limetypes.person(name="a", inactive=True), app.limetypes.person(name="b"))
    found = app.limetypes.person.get_all(
        filter=Filter(EqualsOperator("inactive", False))
    )
    assert [each.properties.name.value for each in found] == ["b"]


def test_pages_and_filters_work_on_postgresql(app: LimeApplication, save: Save) -> None:
    company = save(app.limetypes.company(name="Acme"))
    save(*(app.limetypes.person(name=f"P{n}", company=company) for n in range(700)))
    assert [each.id for each in app.limetypes.person.get_all()] == list(range(1, 701))
    operator = AndOperator(LikeOperator("name", "p69"), EqualsOperator("company", 1))
    assert app.limetypes.person.get_all(filter=Filter(operator)).count == 11
    assert len(list(company.properties.person.fetch())) == 700


def test_a_query_can_join_order_and_limit(app: LimeApplication, save: Save) -> None:
    company = save(app.limetypes.company(name="Acme", interests=["golf"]))
    save(*(app.limetypes.deal(name=str(n), value=n, company=company) for n in range(9)))
    answer = execute_query(
        {
            "limetype": "deal",
            "responseFormat": {"object": {"name": None, "company": {"name": None}}},
            "filter": {
                "op": "AND",
                "exp": [
                    {"key": "company.interests", "op": "=", "exp": "golf"},
                    {"op": "!", "exp": {"key": "name", "op": "IN", "exp": ["8"]}},
                    {"key": "value", "op": "?", "exp": ""},
                ],
            },
            "orderBy": [{"value": "DESC"}],
            "limit": 2,
            "offset": 1,
        },
        app.database.connection,
        app.limetypes,
        app.acl,
        app.user,
    )
    acme = {"company": {"name": "Acme"}}
    assert answer["objects"] == [{"name": "6"} | acme, {"name": "5"} | acme]


def test_a_nested_unit_of_work_is_a_savepoint_that_sees_the_outer_rows(
    app: LimeApplication, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    class Person(LimeObject):
        def after_update(self, unsaved_self: LimeObject, **kwargs: Any) -> None:
            company = self.properties.company.fetch()
            seen.append(company.properties.person.value)
            uow = self.application.unit_of_work()
            uow.add(self.application.limetypes.office(name="inner"))
            uow.commit()
            if self.properties.name.value == "fails":
                raise RuntimeError("no")

    monkeypatch.setitem(lime_type.limetypes.limeobject_classes, "person", Person)
    company = save(app.limetypes.company(name="Acme"))
    save(app.limetypes.person(name="Ann", company=company))
    with pytest.raises(RuntimeError):
        save(app.limetypes.person(name="fails", company=company))
    assert seen == [[1], [1, 2]]
    assert app.limetypes.office.get_all().count == 1
    assert app.limetypes.person.get_all().count == 1


def test_many_to_many_relations_and_files_are_stored(
    app: LimeApplication, save: Save
) -> None:
    from lime_file import File

    ann = save(app.limetypes.person(name="Ann"))
    fair = app.limetypes.campaign(name="Fair")
    fair.properties.person.attach(ann)
    fair = save(fair)
    assert [each.id for each in ann.properties.campaign.fetch()] == [fair.id]
    document = app.limetypes.document(comment="x")
    document.properties.document.attach(File("a.txt", data=b"abc"))
    fetched = save(document).properties.document.fetch()
    assert fetched.stream.read() == b"abc"
