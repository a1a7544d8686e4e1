"""Limetypes and properties used in code, and the data model derived from them."""

import ast

import pytest
import yaml

from limerun.dataset.design.dataset_schema import check_plan
from limerun.records import DatasetPlan
from limerun.scaffold.datamodel import DataModel, core_types, flow, relations_of
from limerun.scaffold.parsed_code import Module
from limerun.scaffold.uses import Uses, find_uses
from tests.pipelines.shell import ROOT


def uses_of(text: str) -> Uses:
    module = Module(path="m.py", tree=ast.parse(text))
    return find_uses([module], relations_of(core_types()))


def used_properties(text: str) -> dict[str, set[str]]:
    return {limetype: set(named) for limetype, named in uses_of(text).items()}


def in_function(*lines: str) -> str:
    return "def a(app):\n" + "".join(f"    {line}\n" for line in lines)


@pytest.mark.parametrize(
    "expression",
    [
        "app.limetypes.visit",
        "self.application.limetypes.visit.get_all()",
        "limetypes.visit",
        "app.limetypes.get_limetype('visit')",
        "{'limetype': 'visit'}",
        "register_class('visit', Visit)",
    ],
)
def test_a_limetype_is_found_where_it_is_named(expression: str) -> None:
    assert set(used_properties(expression)) == {"visit"}


@pytest.mark.parametrize(
    "expression", ["app.limetypes", "app.limetypes.get_limetype(name)", "x.visit", "''"]
)
def test_names_that_are_not_limetypes_are_ignored(expression: str) -> None:
    assert not used_properties(expression)


@pytest.mark.parametrize(
    "lines",
    [
        ["app.limetypes.visit(note=1)"],
        ["x = app.limetypes.visit.get(1)", "x.properties.note.value"],
        ["for x in app.limetypes.visit.get_all():", "    x.properties.note"],
        ["for i, x in enumerate(iter(app.limetypes.visit.get_all())):", "  x.properties.note"],
        ["b = list(islice(app.limetypes.visit.get_all(), 5))", "b[0].properties.note"],
        ["[x.properties.note for x in app.limetypes.visit.get_all()]"],
        ["app.limetypes.visit", "def b(visit):", "    visit.properties.note"],
        ["q = Filter(EqualsOperator('note', 1))", "app.limetypes.visit.get_all(filter=q)"],
        ["x = app.limetypes.visit()", "x.get_property('note')"],
        ["b = QueryBuilder(app, 'visit')", "app.limetypes.visit", "b.add_field('note')"],
        ["q = {'limetype': 'visit', 'responseFormat': {'object': {'note': None, '_id': 1}}}"],
        ["q = {'limetype': 'visit', 'filter': {'op': 'AND', 'exp': [{'key': 'note'}]}}"],
        ["q = {'limetype': 'visit', 'orderBy': [{'note': 'ASC'}]}"],
    ],
)  # fmt: skip
def test_a_property_is_found_if_the_limetype_of_its_object_is_clear(
    lines: list[str],
) -> None:
    assert used_properties(in_function(*lines)) == {"visit": {"note"}}


def test_the_limetype_is_known_from_the_returning_function_or_the_class() -> None:
    text = (
        "def all_of(app):\n    return app.limetypes.visit.get_all()\n"
        "def a(app):\n    for x in all_of(app):\n        x.properties.note\n"
        "class Visit:\n    def b(self):\n        self.properties.place\n"
        "register_class('visit', Visit)\n"
    )
    assert used_properties(text) == {"visit": {"note", "place"}}


def test_the_type_of_a_property_is_guessed_from_its_use() -> None:
    uses = uses_of(
        in_function(
            "v = app.limetypes.visit(done=False, level=3, place='x', coworker=1)",
            "v.properties.state.set_by_key('open')",
            "v.properties.office.attach(1)",
            "v.properties.visitdate.value",
            "v.properties.amount.value = 2",
        )
    )
    model = DataModel(uses).model["visit"]
    assert {name: of["type"] for name, of in model.items()} == {
        "done": "yesno",
        "level": "integer",
        "place": "string",
        "coworker": "integer",
        "state": "option",
        "office": "belongsto",
        "visitdate": "date",
        "amount": "integer",
    }
    assert model["state"]["options"] == ["empty", "open"]


def test_relations_refer_only_to_included_limetypes() -> None:
    uses = uses_of(
        in_function("d = app.limetypes.deal.get(1)", "d.properties.company.id")
    )
    made = DataModel(uses)
    assert made.names == ["company", "deal"]
    assert "person" not in made.model["deal"]
    assert not made.guessed


def test_core_limetypes_named_in_text_are_found_if_the_platform_is_used() -> None:
    text = "for name in ('deal', 'other'): app.limetypes.get_limetype(name)"
    assert not used_properties(text)
    assert set(used_properties(f"import lime_query\n{text}")) == {"deal"}


def test_the_complete_core_model_is_written_unchanged() -> None:
    core = core_types()
    made = DataModel({name: {} for name in core})
    held = yaml.safe_load(made.text())
    shipped = yaml.safe_load((ROOT / "configs" / "core-lime-types.yaml").read_text())
    assert held == shipped


def test_a_guessed_data_model_is_valid() -> None:
    names = ("status", "type", "value", "name", "deal", "x\ny", "off", "éa", "date")
    uses = uses_of(
        in_function(f"app.limetypes.visit(**{dict.fromkeys(names)})")
        + in_function(*(f"app.limetypes.visit({name}='k')" for name in names[:5]))
    )
    made = DataModel(uses)
    held = yaml.safe_load(made.text())
    rows = dict.fromkeys(made.names, 3)
    check_plan(
        DatasetPlan(seed=1, locale="sv_SE", limetypes=held, rows=rows, properties={}),
        {},
    )


@pytest.mark.parametrize(
    "value", ["a: b", "#", "no", "1_000", "x\ny", "'", '"', "", "å", [1, "a"], {"k": None}]
)  # fmt: skip
def test_a_value_written_on_one_line_is_read_back_unchanged(value: object) -> None:
    assert "\n" not in flow(value)
    assert yaml.safe_load(f"- {flow(value)}") == [value]
