from collections.abc import Callable
from typing import Any

import lime_type.limetypes
import pytest
from lime_application import LimeApplication
from lime_errors import NotFoundError
from lime_type import LimeObject
from sqlalchemy import event

Save = Callable[..., Any]


def test_an_object_has_no_id_until_it_is_committed(app: LimeApplication) -> None:
    company = app.limetypes.company(name="Acme")
    assert company.id is None
    uow = app.unit_of_work()
    idx = uow.add(company)
    saved = uow.commit().get(idx)
    assert saved.id == 1
    assert saved.properties.name.value == "Acme"


def test_adding_twice_is_adding_once(app: LimeApplication) -> None:
    company = app.limetypes.company(name="Acme")
    uow = app.unit_of_work()
    assert uow.add(company) == uow.add(company)
    uow.commit()
    assert app.limetypes.company.get_all().count == 1


def test_an_attached_unsaved_object_is_saved_along(app: LimeApplication) -> None:
    company = app.limetypes.company(name="Acme")
    person = app.limetypes.person(name="Ann")
    person.properties.company.attach(company)
    uow = app.unit_of_work()
    idx = uow.add(person)
    saved = uow.commit().get(idx)
    assert saved.properties.company.fetch().properties.name.value == "Acme"


def test_new_objects_of_a_limetype_go_out_in_one_statement(
    app: LimeApplication, statements: list[str]
) -> None:
    uow = app.unit_of_work()
    for number in range(50):
        uow.add(app.limetypes.company(name=f"Company {number}"))
    uow.commit()
    assert len([each for each in statements if each.startswith("INSERT")]) == 1


def test_a_unit_of_work_without_changes_asks_the_database_nothing(
    app: LimeApplication, save: Save, statements: list[str]
) -> None:
    saved = save(app.limetypes.company(name="Acme"))
    statements.clear()
    uow = app.unit_of_work()
    uow.add(saved)
    uow.commit()
    assert statements == []


def test_each_commit_is_one_commit_for_the_engine(app: LimeApplication) -> None:
    commits: list[object] = []
    event.listen(app.database.engine, "commit", commits.append)
    for _ in range(3):
        uow = app.unit_of_work()
        uow.add(app.limetypes.company(name="Acme"))
        uow.commit()
    assert len(commits) == 3


def test_a_deleted_object_is_gone_and_nothing_relates_to_it(
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


def test_an_error_in_a_hook_undoes_everything(
    app: LimeApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Fussy(LimeObject):
        def after_update(self, unsaved_self: LimeObject, **kwargs: Any) -> None:
            raise RuntimeError("no")

    monkeypatch.setitem(lime_type.limetypes.limeobject_classes, "person", Fussy)
    company, person = app.limetypes.company(name="Acme"), app.limetypes.person()
    uow = app.unit_of_work()
    uow.add(company)
    uow.add(person)
    with pytest.raises(RuntimeError) as raised:
        uow.commit()
    assert app.limetypes.company.get_all().count == 0
    assert company.id is None
    assert "after_update of person" in raised.value.__notes__[0]
