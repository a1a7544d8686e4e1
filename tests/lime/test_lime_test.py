"""The older helper functions of the platform's test framework."""

from pathlib import Path
from typing import Any

import pytest
import yaml

import lime_test.app
import lime_test.core_db.dsl
import lime_test.db
import lime_test.web_app
from lime_application import LimeApplication
from lime_errors import UnsupportedError
from lime_type import create_limetypes_from_dsl

CORE = [
    "company",
    "person",
    "coworker",
    "deal",
    "todo",
    "history",
    "document",
    "office",
    "campaign",
    "participant",
    "helpdesk",
]


def core_limetypes() -> Any:
    return create_limetypes_from_dsl(lime_test.core_db.dsl.dsl)


@pytest.fixture
def core_app(monkeypatch: pytest.MonkeyPatch) -> Any:
    database = lime_test.db.create_database_with_limetypes(
        monkeypatch, limetypes=core_limetypes, limename="acme", sqlname="acme_sql"
    )
    yield lime_test.app.create_app(monkeypatch, database, core_limetypes)
    database.close()


def test_the_core_dsl_is_yaml_text_with_the_core_limetypes() -> None:
    assert list(yaml.safe_load(lime_test.core_db.dsl.dsl)) == CORE
    assert [each.name for each in core_limetypes()] == CORE


def test_the_data_model_in_configs_equals_the_core_dsl() -> None:
    shipped = Path(__file__).parents[2] / "configs" / "core-lime-types.yaml"
    assert shipped.read_text(encoding="utf-8") == lime_test.core_db.dsl.dsl


def test_both_ends_of_every_core_relation_are_declared() -> None:
    limetypes = {each.name: each for each in core_limetypes()}
    for limetype in limetypes.values():
        for definition in limetype.own_properties:
            if definition.relation:
                far = limetypes[definition.relation.limetype]
                back = far.get_property(definition.relation.backref)
                assert back.relation.backref == definition.name
                assert {back.type, definition.type} == {"belongsto", "hasmany"}


def test_the_older_helper_creates_a_working_application(
    core_app: LimeApplication,
) -> None:
    assert core_app.identifier == "acme"
    uow = core_app.unit_of_work()
    idx = uow.add(core_app.limetypes.company(name="Acme"))
    assert uow.commit().get(idx).id == 1


def test_the_older_helper_adds_users(core_app: LimeApplication) -> None:
    user = lime_test.db.create_and_add_user(
        database=core_app.database, fullname="Ann", username="ann", password="secret"
    )
    assert user.id > 1000
    assert "secret" not in repr(vars(user))


def test_web_applications_are_refused_with_a_clear_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(UnsupportedError, match="create_web_app"):
        lime_test.web_app.create_web_app(None, monkeypatch)
    with pytest.raises(UnsupportedError, match="no web server"):
        lime_test.web_app.create_authenticated_web_client(web_app=None, app=None)
