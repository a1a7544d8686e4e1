from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

import lime_application
import lime_application.application
from lime_application import LimeApplication, get_application, list_applications
from lime_errors import NotFoundError
from lime_session import create_session

Save = Callable[..., Any]


def test_the_application_class_is_the_same_under_both_module_names() -> None:
    assert lime_application.application.LimeApplication is LimeApplication


def test_an_application_is_found_by_its_name(app: LimeApplication) -> None:
    assert get_application(app.identifier) is app
    assert app.identifier in list_applications()
    with pytest.raises(NotFoundError, match="no such"):
        get_application("no such")


def test_the_session_determines_the_user(app: LimeApplication, save: Save) -> None:
    user = app.database.directory.add_user("ann", language="sv")
    session = create_session(
        database="db", username="ann", password="secret", language="sv"
    )
    as_ann = get_application(app.identifier, session=session)
    assert (as_ann.user.id, as_ann.user_id, as_ann.language) == (user.id, user.id, "sv")
    save(app.limetypes.company(name="Acme"))
    assert as_ann.limetypes.company.get(1).application is as_ann
    assert "secret" not in repr(session)
    with pytest.raises(NotFoundError, match='no user "bo"'):
        get_application(
            app.identifier, create_session("db", username="bo", password="x")
        )


def test_the_connection_is_available_under_two_names_and_the_engine_can_begin(
    app: LimeApplication,
) -> None:
    assert app.connection is app.database.connection
    with app.database.engine.begin() as connection:
        connection.execute(text("INSERT INTO office (id, name) VALUES (1, 'Lund')"))
    assert app.limetypes.office.get(1).properties.name.value == "Lund"


def test_the_coworker_is_the_coworker_with_the_username_of_the_user(
    app: LimeApplication, save: Save
) -> None:
    assert app.coworker is None
    save(
        app.limetypes.coworker(name="Other", username=5, _from_row=True),
        app.limetypes.coworker(name="Me", username=app.user_id, _from_row=True),
    )
    assert app.coworker is not None
    assert app.coworker.properties.name.value == "Me"


def test_the_coworker_can_be_set_in_tests(app: LimeApplication) -> None:
    app._coworker = coworker = app.limetypes.coworker(name="Set")
    assert app.coworker is coworker


def test_an_application_without_a_coworker_limetype_has_no_coworker(
    open_app: Any,
) -> None:
    plain = {"company": {"name": {"type": "string"}}}
    assert open_app("plain", limetypes=plain).coworker is None
    nameless = {"coworker": {"name": {"type": "string"}}}
    assert open_app("nameless", limetypes=nameless).coworker is None


def test_events_are_recorded(app: LimeApplication) -> None:
    app.publish(identifier="acme.one.v1", message={"a": 1})
    app.publish("acme.two.v1", {"b": 2})
    assert [key for key, _ in app.published] == ["acme.one.v1", "acme.two.v1"]


def test_events_go_to_a_publisher_set_by_the_test(app: LimeApplication) -> None:
    heard: list[Any] = []
    app._publisher = lambda key, body: heard.append((key, body))
    app.publish("acme.one.v1", {"a": 1})
    assert heard == [("acme.one.v1", {"a": 1})]
    assert not app.published


def test_limetypes_can_be_found_by_name_and_iterated_over(app: LimeApplication) -> None:
    assert app.limetypes.get_limetype("deal") is app.limetypes.deal
    assert "deal" in [limetype.name for limetype in app.limetypes]
    with pytest.raises(AttributeError, match='did you mean "deal"'):
        app.limetypes.get_limetype("dael")
    assert not hasattr(app.limetypes, "nothing_like_it")
