"""What the stand-in refuses, and how its objects appear in messages."""

from collections.abc import Callable
from typing import Any

import pytest

from lime_application import LimeApplication
from lime_errors import InvalidValueError, NotFoundError, UnknownNameError
from lime_type.dsl_text import read_dsl
from lime_type.iso_times import parse_iso
from limerun.lime.lacking import lacks_attribute

Save = Callable[..., Any]


def test_an_undeclared_option_is_refused_with_a_list_of_the_options(
    app: LimeApplication,
) -> None:
    options = app.limetypes.deal().properties.dealstatus.options
    assert len(options) == 4
    assert "tender" in repr(list(options))
    with pytest.raises(UnknownNameError, match="no_such"):
        options.by_key("no_such")
    with pytest.raises(UnknownNameError, match="98765"):
        options.by_id(98765)


def test_system_properties_cannot_be_written(app: LimeApplication, save: Save) -> None:
    company = save(app.limetypes.company(name="Acme"))
    created = company.get_property("_createdtime")
    assert created.original_value == created.value
    assert not created.is_dirty()
    with pytest.raises(AttributeError, match="cannot be written"):
        created.value = None


def test_a_to_many_relation_can_only_be_changed_with_attach_and_detach(
    app: LimeApplication,
) -> None:
    company = app.limetypes.company(name="Acme")
    with pytest.raises(AttributeError, match="attach and detach"):
        company.properties.person.value = [1]


def test_detaching_an_unrelated_object_changes_nothing(
    app: LimeApplication, save: Save
) -> None:
    acme, other = save(
        app.limetypes.company(name="Acme"), app.limetypes.company(name="Other")
    )
    person = save(app.limetypes.person(name="Ann", company=acme))
    person.properties.company.detach(other)
    assert person.properties.company.id == acme.id


def test_an_unsaved_object_has_no_stored_relations(app: LimeApplication) -> None:
    person = app.limetypes.person(name="Ann")
    assert list(person.properties.campaign.fetch()) == []
    assert person.properties.campaign.value == []


def test_an_unsaved_object_equals_only_itself(
    app: LimeApplication,
) -> None:
    one, other = app.limetypes.company(), app.limetypes.company()
    assert one.compare_to(one)
    assert not one.compare_to(other)
    assert "company" in repr(one)
    assert "name" in repr(one.properties.name)


def test_users_and_groups_are_found_by_name(app: LimeApplication) -> None:
    directory = app.database.directory
    user, group = directory.add_user("ann"), directory.add_group("sales")
    assert (directory.user("ann"), directory.group("sales")) == (user, group)
    assert "ann" in repr(user)
    assert "sales" in repr(group)
    with pytest.raises(NotFoundError, match='no user "bo"'):
        directory.user("bo")
    with pytest.raises(NotFoundError, match='no group "support"'):
        directory.group("support")


def test_an_attribute_missing_from_the_stand_in_is_reported_as_such(
    app: LimeApplication,
) -> None:
    with pytest.raises(AttributeError) as raised:
        app.no_such_part  # type: ignore[attr-defined]  # noqa: B018
    assert "LimeApplication.no_such_part is not in" in lacks_attribute(raised.value)
    with pytest.raises(AttributeError) as raised:
        (1).no_such_part  # type: ignore[attr-defined]  # noqa: B018
    assert lacks_attribute(raised.value) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\n1.5: 2\n", "line 2: a name must be text"),
        ("a: 1\na: 2\n", 'line 2: "a" appears twice'),
        ("a: 1\nb: [\n", "line 3"),
        ("a: 1\nb: \x00\n", "line 2"),
    ],
)
def test_an_invalid_dsl_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        read_dsl(text)


def test_a_text_that_is_not_a_time_is_refused() -> None:
    assert parse_iso("2024-05-06T07:08:09+02:00").hour == 7
    with pytest.raises(ValueError, match="yesterday"):
        parse_iso("yesterday")
