import gc
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

import lime_type
import lime_type.limetypes
from lime_application import LimeApplication
from lime_type.iso_times import UTC
from lime_type.limeobjects import LimeObject
from lime_type.limetypes import LimeType
from limerun.lime import observer

Save = Callable[..., Any]


def test_both_modules_export_the_same_class(app: LimeApplication) -> None:
    assert lime_type.LimeObject is LimeObject
    assert isinstance(app.limetypes.company(), LimeObject)


def test_values_returns_plain_data(app: LimeApplication, save: Save) -> None:
    company = save(
        app.limetypes.company(name="Acme", buyingstatus="active", interests=["golf"])
    )
    values = dict(**company.values(), id=company.id)
    assert values["buyingstatus"] == "active"
    assert values["interests"] == ["golf"]
    assert values["id"] == 1
    assert "person" not in values


def test_properties_with_a_value_are_the_properties_that_were_set(
    app: LimeApplication,
) -> None:
    company = app.limetypes.company(name="Acme")
    company.properties.person.attach(app.limetypes.person(name="Ann"))
    found = [each.name for each in company.get_properties_with_value()]
    assert found == ["name", "person"]


def test_an_object_has_references_to_its_limetype_and_application(
    app: LimeApplication,
) -> None:
    company = app.limetypes.company()
    assert company.limetype.name == "company"
    assert company.application is app
    assert company.is_new


def test_the_system_sets_times_and_users(app: LimeApplication, save: Save) -> None:
    before = datetime.now(UTC)
    company = save(app.limetypes.company(name="Acme"))
    assert before <= company.createdtime <= datetime.now(UTC)
    assert company.get_property("_createduser").value == app.user.id
    assert company.get_property("_id").value == company.id
    company.properties.name.value = "Other"
    changed = save(company)
    assert changed.get_property("_timestamp").value > changed.createdtime


def test_a_system_property_cannot_be_written(app: LimeApplication) -> None:
    with pytest.raises(AttributeError, match="_createdtime"):
        app.limetypes.company().properties._createdtime.value = None


def test_the_descriptive_property_is_the_name(app: LimeApplication) -> None:
    company = app.limetypes.company(name="Acme")
    assert company.descriptive == "Acme"
    assert company.properties._descriptive.value == "Acme"


def test_compare_to_recognizes_the_same_stored_object(
    app: LimeApplication, save: Save
) -> None:
    first, second = save(app.limetypes.company(), app.limetypes.company())
    assert first.compare_to(app.limetypes.company.get(first.id))
    assert not first.compare_to(second)
    assert not first.compare_to(save(app.limetypes.office()))
    assert not app.limetypes.company().compare_to(app.limetypes.company())


def test_publish_sends_the_event_through_the_application(app: LimeApplication) -> None:
    app.limetypes.company().publish("acme.won.v1", {"id": 1})
    assert list(app.published) == [("acme.won.v1", {"id": 1})]


def test_idx_exists_once_the_object_has_been_added_to_a_unit_of_work(
    app: LimeApplication,
) -> None:
    company = app.limetypes.company()
    assert not hasattr(company, "idx")
    uow = app.unit_of_work()
    assert uow.add(company) == company.idx


def test_every_object_is_an_instance_of_its_registered_class(
    app: LimeApplication, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Company(LimeObject):
        def greeting(self) -> str:
            return f"Hello {self.properties.name.value}"

    classes = {"company": Company}
    monkeypatch.setattr(lime_type.limetypes, "limeobject_classes", classes)
    company = save(app.limetypes.company(name="Acme"))
    person = save(app.limetypes.person(company=company))
    found = [
        app.limetypes.company(name="Acme"),
        company,
        app.limetypes.company.get(company.id),
        next(iter(app.limetypes.company.get_all())),
        person.properties.company.fetch(),
    ]
    assert all(isinstance(each, Company) for each in found)
    assert {each.greeting() for each in found} == {"Hello Acme"}


# --- memory ------------------------------------------------------------------------


class Counter(observer.Observer):
    __slots__ = ("alive", "read")

    def __init__(self) -> None:
        self.alive = self.read = 0

    def created(self, limetype: LimeType) -> None:
        self.alive += 1

    def released(self, limetype: LimeType) -> None:
        self.alive -= 1

    def loaded(self, count: int) -> None:
        self.read += count


@pytest.fixture
def counter() -> Iterator[Counter]:
    before = observer.current
    observer.current = counter = Counter()
    yield counter
    observer.current = before


def test_an_unreferenced_object_is_freed_immediately(
    app: LimeApplication, save: Save, counter: Counter
) -> None:
    company = save(app.limetypes.company(name="Acme"))
    save(*(app.limetypes.person(name=f"P{n}", company=company) for n in range(300)))
    del company
    gc.disable()
    try:
        before = counter.alive
        most = 0
        for person in app.limetypes.person.get_all():
            person.properties.company.fetch().properties.name.value = "Changed"
            most = max(most, counter.alive - before)
        del person
        assert counter.alive == before
        assert most <= 3
    finally:
        gc.enable()


def test_the_observer_is_notified_of_reads(
    app: LimeApplication, save: Save, counter: Counter
) -> None:
    save(*(app.limetypes.person() for _ in range(120)))
    counter.read = 0
    list(app.limetypes.person.get_all())
    app.limetypes.person.get(1)
    assert counter.read == 121
