from collections.abc import Callable
from typing import Any

import pytest

from lime_application import LimeApplication
from lime_errors import InvalidValueError
from lime_type.limeobjects import BelongsToPropertyAccessor, HasManyPropertyAccessor

Save = Callable[..., Any]


@pytest.fixture
def company(app: LimeApplication, save: Save) -> Any:
    return save(app.limetypes.company(name="Acme"))


def test_the_value_of_a_belongsto_is_the_id_of_the_related_object(
    app: LimeApplication, save: Save, company: Any
) -> None:
    person = save(app.limetypes.person(name="Ann", company=company.id))
    accessor = person.properties.company
    assert isinstance(accessor, BelongsToPropertyAccessor)
    assert (accessor.id, accessor.value) == (company.id, company.id)
    assert company.compare_to(accessor.fetch())
    assert accessor.descriptive == "Acme"
    assert accessor.get_related_limetype().name == "company"


def test_an_empty_belongsto_fetches_none(app: LimeApplication) -> None:
    accessor = app.limetypes.person().properties.company
    assert (accessor.id, accessor.fetch(), accessor.descriptive) == (None, None, None)


def test_fetching_returns_the_attached_unsaved_object(app: LimeApplication) -> None:
    company = app.limetypes.company(name="New")
    person = app.limetypes.person(name="Ann")
    person.properties.company.attach(company)
    assert person.properties.company.fetch() is company
    assert person.properties.company.id is None
    assert person.properties.company.is_dirty()


def test_the_original_value_of_a_belongsto_is_the_previous_id(
    app: LimeApplication, save: Save, company: Any
) -> None:
    other = save(app.limetypes.company(name="Other"))
    person = save(app.limetypes.person(name="Ann", company=company))
    person.properties.company.attach(other)
    assert person.properties.company.original_value == company.id
    assert person.properties.company.value == other.id
    assert person.properties.company.is_dirty()


def test_detach_clears_the_relation_at_both_ends(
    app: LimeApplication, save: Save, company: Any
) -> None:
    person = save(app.limetypes.person(name="Ann", company=company))
    person.properties.company.detach()
    assert save(person).properties.company.id is None
    assert list(company.properties.person.fetch()) == []


def test_an_object_of_another_limetype_is_an_error(
    app: LimeApplication, company: Any
) -> None:
    with pytest.raises(InvalidValueError, match="takes a coworker, not company"):
        company.properties.coworker.attach(company)


def test_a_hasmany_fetches_an_iterator(
    app: LimeApplication, save: Save, company: Any
) -> None:
    with pytest.raises(StopIteration):
        next(company.properties.person.fetch())
    ann = save(app.limetypes.person(name="Ann", company=company))
    assert isinstance(company.properties.person, HasManyPropertyAccessor)
    assert next(company.properties.person.fetch()).compare_to(ann)
    assert company.properties.person.value == [ann.id]


def test_the_hasmany_of_an_unsaved_object_is_empty(app: LimeApplication) -> None:
    assert list(app.limetypes.company().properties.person.fetch()) == []


def test_attaching_to_a_hasmany_saves_the_other_end(
    app: LimeApplication, save: Save
) -> None:
    company = app.limetypes.company(name="Acme")
    company.properties.person.attach(app.limetypes.person(name="Ann"))
    assert [p.properties.name.value for p in company.properties.person.fetch()] == [
        "Ann"
    ]
    saved = save(company)
    (ann,) = saved.properties.person.fetch()
    assert ann.properties.company.id == saved.id


def test_detaching_from_a_hasmany_saves_the_other_end(
    app: LimeApplication, save: Save, company: Any
) -> None:
    ann = save(app.limetypes.person(name="Ann", company=company))
    company.properties.person.detach(ann)
    save(company)
    assert app.limetypes.person.get(ann.id).properties.company.id is None


def test_many_to_many_relations_are_visible_from_both_ends(
    app: LimeApplication, save: Save
) -> None:
    ann, bo = save(app.limetypes.person(name="Ann"), app.limetypes.person(name="Bo"))
    fair = app.limetypes.campaign(name="Fair")
    fair.properties.person.attach(ann)
    fair.properties.person.attach(bo)
    fair = save(fair)
    assert [each.id for each in fair.properties.person.fetch()] == [ann.id, bo.id]
    assert [each.id for each in ann.properties.campaign.fetch()] == [fair.id]
    ann.properties.campaign.detach(fair)
    save(ann)
    assert [each.id for each in fair.properties.person.fetch()] == [bo.id]


def test_deleting_an_object_deletes_its_many_to_many_relations(
    app: LimeApplication, save: Save
) -> None:
    ann = save(app.limetypes.person(name="Ann"))
    fair = app.limetypes.campaign(name="Fair")
    fair.properties.person.attach(ann)
    fair = save(fair)
    uow = app.unit_of_work()
    uow.delete(ann)
    uow.commit()
    assert list(fair.properties.person.fetch()) == []


def test_fetching_a_relation_to_a_deleted_object_returns_none(
    app: LimeApplication, save: Save
) -> None:
    person = save(app.limetypes.person(name="Ann", company=77))
    assert person.properties.company.id == 77
    assert person.properties.company.fetch() is None
