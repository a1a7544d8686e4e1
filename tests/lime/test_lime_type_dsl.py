import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lime_application import LimeApplication
from lime_errors import InvalidValueError, UnknownNameError
from lime_query import execute_query
from lime_type import create_limeobjects_from_dsl, create_limetypes_from_dsl
from limerun.storage import PROPERTY_TYPES

TEXT = """
company:
  _label: company
  name: {type: string, label: name, required: True, length: 200}
  status: {type: option, options: ['308501', lead], defaultvalue: lead}
  person: {type: hasmany, related: person, backref: company}
person:
  name: {type: string}
  company: {type: belongsto, related: company, backref: person}
"""


def test_limetypes_can_be_created_from_yaml_text_or_a_mapping() -> None:
    from_text = create_limetypes_from_dsl(TEXT)
    mapping = {"company": {"name": {"type": "string"}}}
    assert [each.name for each in from_text] == ["company", "person"]
    assert [each.name for each in create_limetypes_from_dsl(mapping)] == ["company"]


def test_a_limetype_has_the_properties_of_the_dsl() -> None:
    company = create_limetypes_from_dsl(TEXT)[0]
    name = company.get_property("name")
    assert (company.label, company.localname.singular) == ("company", "company")
    assert (name.type, name.label, name.required, name.length) == (
        "string",
        "name",
        True,
        200,
    )
    status = company.get_property("status")
    assert [option.key for option in status.options] == ["308501", "lead"]
    person = company.get_property("person")
    assert person.relation is not None
    assert (person.relation.limetype, person.relation.backref) == ("person", "company")


def test_every_type_of_property_is_accepted() -> None:
    special: dict[str, dict[str, Any]] = {
        name: {"related": "other", "backref": f"of_{name}"}
        for name in ("belongsto", "hasmany", "hasone", "hasandbelongstomany")
    }
    properties = {
        f"a_{name}": {"type": name} | special.get(name, {})
        for name in PROPERTY_TYPES - {"system"}
    }
    made, _ = create_limetypes_from_dsl({"all": properties, "other": {}})
    types = {definition.type for definition in made.own_properties}
    assert types == PROPERTY_TYPES - {"system"}


def test_a_system_property_shows_the_column_of_the_platform(open_app: Any) -> None:
    dsl = {"office": {"name": {"type": "string"}, "createdtime": {"type": "system"}}}
    app = open_app(limetypes=dsl)
    uow = app.unit_of_work()
    idx = uow.add(app.limetypes.office(name="Lund"))
    office = uow.commit().get(idx)
    assert office.properties.createdtime.value == office.createdtime
    query = {
        "limetype": "office",
        "responseFormat": {"object": {"createdtime": None}},
    }
    answer = execute_query(query, app.connection, app.limetypes, app.acl, app.user)
    assert answer["objects"] == [{"createdtime": office.createdtime}]


def test_a_hasone_relation_fetches_one_object(open_app: Any) -> None:
    dsl = {
        "car": {"engine": {"type": "hasone", "related": "engine", "backref": "car"}},
        "engine": {"car": {"type": "belongsto", "related": "car", "backref": "engine"}},
    }
    app = open_app(limetypes=dsl)
    car, engine = app.limetypes.car(), app.limetypes.engine()
    assert car.properties.engine.fetch() is None
    car.properties.engine.attach(engine)
    uow = app.unit_of_work()
    idx = uow.add(car)
    saved = uow.commit().get(idx)
    assert saved.properties.engine.fetch().properties.car.id == saved.id


def test_the_other_end_of_a_belongsto_may_be_missing() -> None:
    dsl = {
        "company": {"name": {"type": "string"}},
        "person": {
            "company": {"type": "belongsto", "related": "company", "backref": "person"}
        },
    }
    company, _ = create_limetypes_from_dsl(dsl)
    assert "person" not in company.properties


def test_a_missing_belongsto_for_a_hasmany_is_created(
    open_app: Any,
) -> None:
    dsl = {
        "company": {
            "name": {"type": "string"},
            "person": {"type": "hasmany", "related": "person", "backref": "firm"},
        },
        "person": {"name": {"type": "string"}},
    }
    app = open_app(limetypes=dsl)
    company = app.limetypes.company(name="Acme")
    company.properties.person.attach(app.limetypes.person(name="Ann"))
    uow = app.unit_of_work()
    idx = uow.add(company)
    saved = uow.commit().get(idx)
    assert [each.properties.firm.id for each in saved.properties.person.fetch()] == [1]


def test_a_hasmany_without_a_backref_uses_the_only_belongsto_back() -> None:
    car = {"wheel": {"type": "hasmany", "related": "wheel"}}
    back = {"type": "belongsto", "related": "car"}
    made, _ = create_limetypes_from_dsl({"car": car, "wheel": {"of": back}})
    relation = made.get_property("wheel").relation
    assert relation is not None
    assert relation.backref == "of"
    with pytest.raises(
        InvalidValueError, match="needs a backref, one of: of, spare_of"
    ):
        create_limetypes_from_dsl({"car": car, "wheel": {"of": back, "spare_of": back}})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("company:\n  name: {type: strin}", 'line 2: .*type "strin".*"string"'),
        ("company:\n  name: {typ: string}", 'line 2: .*key "typ".*"type"'),
        ("a:\n  b: {type: belongsto, related: c}", 'line 2: a.b: related.*"c"'),
        ("company:\n  id: {type: integer}", "line 2: company.id: this is not a valid"),
        ("company:\n  name: string", "line 2: company.name must be a mapping"),
        ("company:\n  s: {type: option, options: [a, a]}", "line 2: .*same key"),
        ("company:\n  s: {type: option, options: a}", "line 2: .*a list of keys"),
        ("a:\n  s: {type: option, options: [x], defaultvalue: y}", "line 2: .*default"),
        ("a:\n  n: {type: integer, defaultvalue: many}", "line 2: a.n: defaultvalue"),
        ("a:\n  s: {type: option, options: [{key: x}]}", "line 2: .*as its key only"),
        ("a:\n  owner: {type: system}", 'line 2: .*system property "owner"'),
        ("a b:\n  n: {type: text}", "line 1: a b: this is not a valid"),
        ("company: {}\ncompany: {}", 'line 2: "company" appears twice'),
        ("company: [", "line 1"),
        ("company: text", '"company" must be a mapping'),
        ("- company", "a DSL must be a mapping"),
    ],
)
def test_dsl_errors_are_reported_with_their_line(text: str, message: str) -> None:
    with pytest.raises((InvalidValueError, UnknownNameError), match=message):
        create_limetypes_from_dsl(text)


def test_a_hasmany_whose_backref_is_not_a_belongsto_is_an_error() -> None:
    with pytest.raises(InvalidValueError, match=r"person\.name is of type string"):
        create_limetypes_from_dsl(
            {
                "company": {
                    "p": {"type": "hasmany", "related": "person", "backref": "name"}
                },
                "person": {"name": {"type": "string"}},
            }
        )


def test_yaml_that_would_run_code_is_an_error() -> None:
    with pytest.raises(InvalidValueError, match="line 1"):
        create_limetypes_from_dsl("a: !!python/object/apply:os.getcwd []")


@given(st.text(max_size=60))
def test_any_text_gives_limetypes_or_a_helpful_error(text: str) -> None:
    with contextlib.suppress(InvalidValueError, UnknownNameError):
        create_limetypes_from_dsl(text)


# --- objects -----------------------------------------------------------------------


def test_created_objects_are_saved_and_returned_by_key_with_forward_references(
    app: LimeApplication,
) -> None:
    made = create_limeobjects_from_dsl(
        app.limetypes,
        """
        deal:
          big: {name: Big, dealstatus: tender, value: 3.5, company: acme}
          small: {name: Small}
        company:
          acme: {name: Acme, coworker: ann, interests: [golf]}
        coworker:
          ann: {name: Ann}
        """,
    )
    assert set(made) == {"big", "small", "acme", "ann"}
    assert [made[key].id for key in ("big", "small", "acme")] == [1, 2, 1]
    company = app.limetypes.deal.get(1).properties.company.fetch()
    assert company is not None
    assert company.properties.coworker.fetch().properties.name.value == "Ann"


def test_many_to_many_accepts_a_list_of_keys(app: LimeApplication) -> None:
    made = create_limeobjects_from_dsl(
        app.limetypes,
        {
            "campaign": {"fair": {"name": "Fair", "person": ["ann", "bo"]}},
            "person": {"ann": {"name": "Ann"}, "bo": {"name": "Bo"}},
        },
    )
    people = made["fair"].properties.person.fetch()
    assert [each.properties.name.value for each in people] == ["Ann", "Bo"]


def test_an_unknown_key_or_property_of_an_object_is_an_error(
    app: LimeApplication,
) -> None:
    with pytest.raises(UnknownNameError, match='did you mean "acme"'):
        create_limeobjects_from_dsl(
            app.limetypes,
            {"company": {"acme": {}}, "deal": {"big": {"company": "acm"}}},
        )
    with pytest.raises(UnknownNameError, match='did you mean "name"') as raised:
        create_limeobjects_from_dsl(app.limetypes, "company:\n  acme:\n    nam: Acme")
    assert "line 3" in raised.value.__notes__[0]
    assert app.limetypes.company.get_all().count == 0


def test_two_objects_cannot_have_the_same_key(app: LimeApplication) -> None:
    with pytest.raises(InvalidValueError, match='"a" appears twice'):
        create_limeobjects_from_dsl(
            app.limetypes, {"company": {"a": {}}, "person": {"a": {}}}
        )
