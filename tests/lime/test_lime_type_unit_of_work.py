from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from lime_application import LimeApplication
from lime_errors import InvalidValueError, NotFoundError
from lime_type.iso_times import UTC
from lime_type.unit_of_work import (
    UnitOfWork,
    _serialize_properties_and_values,
    create_unit_of_work,
)

Save = Callable[..., Any]


def test_an_object_has_no_id_until_it_is_committed(app: LimeApplication) -> None:
    company = app.limetypes.company(name="Acme")
    assert company.id is None
    uow = app.unit_of_work()
    idx = uow.add(company)
    saved = uow.commit().get(idx)
    assert saved.id == 1
    assert saved.properties.name.value == "Acme"


def test_adding_an_object_twice_has_no_further_effect(app: LimeApplication) -> None:
    company = app.limetypes.company(name="Acme")
    uow = app.unit_of_work()
    assert uow.add(company) == uow.add(company)
    uow.commit()
    assert app.limetypes.company.get_all().count == 1


def test_an_attached_unsaved_object_is_also_saved(app: LimeApplication) -> None:
    company = app.limetypes.company(name="Acme")
    person = app.limetypes.person(name="Ann")
    person.properties.company.attach(company)
    uow = app.unit_of_work()
    idx = uow.add(person)
    saved = uow.commit().get(idx)
    assert saved.properties.company.fetch().properties.name.value == "Acme"


def test_new_objects_of_a_limetype_are_inserted_with_one_statement(
    app: LimeApplication, statements: list[str]
) -> None:
    uow = app.unit_of_work()
    for number in range(50):
        uow.add(app.limetypes.company(name=f"Company {number}"))
    uow.commit()
    assert len([each for each in statements if each.startswith("INSERT")]) == 1


def test_a_unit_of_work_without_changes_sends_no_statement(
    app: LimeApplication, save: Save, statements: list[str]
) -> None:
    saved = save(app.limetypes.company(name="Acme"))
    statements.clear()
    uow = app.unit_of_work()
    uow.add(saved)
    uow.commit()
    assert statements == []


def test_each_commit_is_one_database_commit(app: LimeApplication) -> None:
    commits: list[object] = []
    event.listen(app.database.engine, "commit", commits.append)
    for _ in range(3):
        uow = app.unit_of_work()
        uow.add(app.limetypes.company(name="Acme"))
        uow.commit()
    assert len(commits) == 3


def test_a_deleted_object_and_the_relations_to_it_are_gone(
    app: LimeApplication, save: Save
) -> None:
    company = save(app.limetypes.company(name="Acme"))
    person = save(app.limetypes.person(name="Ann", company=company))
    uow = app.unit_of_work()
    uow.delete(company)
    uow.commit()
    with pytest.raises(NotFoundError):
        app.limetypes.company.get(company.id)
    assert app.limetypes.person.get(person.id).properties.company.id is None


def commit(app: LimeApplication, *limeobjects: Any) -> Any:
    uow = app.unit_of_work()
    places = [uow.add(each) for each in limeobjects]
    result = uow.commit()
    return [result.get(place) for place in places]


def test_saving_an_object_twice_updates_it(app: LimeApplication) -> None:
    company = app.limetypes.company(name="Acme")
    commit(app, company)
    company.properties.phone.value = "123"
    commit(app, company)
    (stored,) = app.limetypes.company.get_all()
    assert (stored.id, stored.properties.phone.value) == (company.id, "123")


def test_only_changed_columns_are_updated(
    app: LimeApplication, statements: list[str]
) -> None:
    companies = commit(app, *(app.limetypes.company(name=str(n)) for n in range(3)))
    for company in companies:
        company.properties.phone.value = "123"
    statements.clear()
    commit(app, *companies)
    (update,) = [each for each in statements if each.startswith("UPDATE")]
    assert "phone" in update
    assert "name" not in update


def test_both_ends_of_a_relation_can_be_added(app: LimeApplication) -> None:
    company = app.limetypes.company(name="Acme")
    person = app.limetypes.person(name="Ann")
    company.properties.person.attach(person)
    person.properties.company.attach(company)
    saved, ann = commit(app, company, person)
    assert ann.properties.company.id == saved.id


def test_ids_are_never_reused(app: LimeApplication) -> None:
    (first,) = commit(app, app.limetypes.office(name="a"))
    uow = app.unit_of_work()
    uow.delete(first)
    uow.commit()
    (second,) = commit(app, app.limetypes.office(name="b"))
    assert second.id == first.id + 1


def test_a_unit_of_work_can_be_used_again(app: LimeApplication) -> None:
    uow = app.unit_of_work()
    for name in ("a", "b"):
        idx = uow.add(app.limetypes.office(name=name))
        assert uow.commit().get(idx).properties.name.value == name
    assert app.limetypes.office.get_all().count == 2


def test_only_lime_objects_can_be_added(app: LimeApplication) -> None:
    not_one: Any = {"name": "Acme"}
    with pytest.raises(InvalidValueError, match="not dict"):
        app.unit_of_work().add(not_one)


def test_an_open_transaction_of_the_caller_is_continued(app: LimeApplication) -> None:
    app.database.connection.exec_driver_sql(
        "INSERT INTO office (id, name) VALUES (9, 'by hand')"
    )
    commit(app, app.limetypes.office(name="by unit"))
    with app.database.engine.connect() as other:
        count = other.exec_driver_sql("SELECT count(*) FROM office").scalar()
    assert count == 2


def test_the_older_function_creates_a_unit_of_work(app: LimeApplication) -> None:
    assert isinstance(create_unit_of_work(app), UnitOfWork)
    assert isinstance(app.unit_of_work(), UnitOfWork)


def test_serialized_values_contain_times_as_text() -> None:
    moment = datetime(2024, 5, 1, tzinfo=UTC)
    assert _serialize_properties_and_values({"a": 1, "b": moment}) == {
        "a": 1,
        "b": "2024-05-01T00:00:00+00:00",
    }


def test_several_threads_can_commit_at_the_same_time(app: LimeApplication) -> None:
    def work(number: int) -> None:
        for _ in range(10):
            commit(app, app.limetypes.office(name=str(number)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert app.limetypes.office.get_all().count == 40


def test_after_a_failed_commit_the_next_one_works(
    app: LimeApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialect: Any = app.database.engine.dialect
    commit = dialect.do_commit

    def fail_once(driver: Any) -> None:
        monkeypatch.setattr(dialect, "do_commit", commit)
        driver.rollback()  # as a server does
        raise dialect.dbapi.OperationalError("the disk is full")

    monkeypatch.setattr(dialect, "do_commit", fail_once)
    lost, kept = (app.unit_of_work() for _ in range(2))
    lost.add(app.limetypes.company(name="lost"))
    with pytest.raises(OperationalError):
        lost.commit()
    kept.add(app.limetypes.company(name="kept"))
    kept.commit()
    [company] = list(app.limetypes.company.get_all())
    assert company.properties.name.value == "kept"
