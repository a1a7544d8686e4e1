from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from lime_application import LimeApplication
from lime_errors import InvalidValueError, UnknownNameError, UnsupportedError
from lime_query import execute_query
from lime_query.query_builder import QueryBuilder
from lime_type.iso_times import UTC

Save = Callable[..., Any]
Ask = Callable[..., list[dict[str, Any]]]
MOMENT = datetime(2024, 5, 1, 22, tzinfo=UTC)


@pytest.fixture
def query_objects(app: LimeApplication) -> Ask:
    """Ask for objects of a limetype."""

    def run_query(limetype: str, wanted: dict[str, Any], **query: Any) -> Any:
        asked = {"limetype": limetype, "responseFormat": {"object": wanted}} | query
        return execute_query(
            asked, app.database.connection, app.limetypes, app.acl, app.user
        )["objects"]

    return run_query


@pytest.fixture
def deals(app: LimeApplication, save: Save) -> list[Any]:
    lund, malmo = save(
        app.limetypes.office(name="Lund"), app.limetypes.office(name="Malmö")
    )
    me, other = save(
        app.limetypes.coworker(name="Me", username=app.user_id, office=lund),
        app.limetypes.coworker(name="Other", office=malmo),
    )
    company = save(
        app.limetypes.company(name="Acme", interests=["golf", "chess"], coworker=other)
    )
    made: list[Any] = save(
        app.limetypes.deal(name="Small", value=1, company=company, coworker=me),
        app.limetypes.deal(name="Large", value=9, dealstatus="agreement"),
        app.limetypes.deal(name="100% sure", closeddate=MOMENT, coworker=other),
    )
    return made


def names(objects: list[dict[str, Any]]) -> list[str]:
    return [each["name"] for each in objects]


def test_a_query_returns_properties_relations_and_aliases(
    query_objects: Ask, deals: list[Any]
) -> None:
    wanted = {
        "_id": None,
        "name": {"_alias": "title"},
        "dealstatus": "",
        "company": {"_alias": "firm", "name": None, "coworker": {"name": None}},
    }
    large, small = query_objects("deal", wanted, orderBy=[{"value": "DESC"}], limit=2)
    assert large == {
        "_id": 2,
        "title": "Large",
        "dealstatus": "agreement",
        "firm": {"name": None, "coworker": {"name": None}},
    }
    assert small["firm"] == {"name": "Acme", "coworker": {"name": "Other"}}


def test_values_are_returned_as_python_values(
    query_objects: Ask, deals: list[Any]
) -> None:
    wanted = dict.fromkeys(("value", "closeddate", "company", "coworker", "dealstatus"))
    last = query_objects("deal", wanted)[-1]
    assert last == {
        "value": 0.0,
        "closeddate": MOMENT,
        "company": None,
        "coworker": 2,
        "dealstatus": "contact",
    }
    assert last["closeddate"].strftime("%H") == "22"


def test_a_set_is_returned_as_a_list_of_keys(
    query_objects: Ask, deals: list[Any]
) -> None:
    assert query_objects("company", {"interests": None}) == [
        {"interests": ["golf", "chess"]}
    ]


def test_the_id_can_be_queried_by_its_older_name(
    query_objects: Ask, deals: list[Any]
) -> None:
    assert query_objects("office", {"id": None}) == [{"id": 1}, {"id": 2}]


def test_limit_0_means_no_limit(query_objects: Ask, deals: list[Any]) -> None:
    assert len(query_objects("deal", {"name": None}, limit=0)) == 3
    assert names(query_objects("deal", {"name": None}, limit=1, offset=1)) == ["Large"]


def test_lower_case_orderby_and_invalid_entries_are_ignored(
    query_objects: Ask, deals: list[Any]
) -> None:
    plain = query_objects("deal", {"name": None})
    assert query_objects("deal", {"name": None}, orderby=[{"name": "DESC"}]) == plain
    assert query_objects("deal", {"name": None}, orderBy=["name", {}]) == plain


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ({"key": "dealstatus", "op": "=", "exp": "agreement"}, ["Large"]),
        ({"key": "dealstatus", "op": "IN", "exp": ["agreement"]}, ["Large"]),
        ({"key": "name", "op": "?", "exp": 100}, ["100% sure"]),
        ({"key": "name", "op": "?", "exp": "%"}, ["100% sure"]),
        ({"key": "name", "op": "=?", "exp": "la"}, ["Large"]),
        ({"key": "closeddate", "op": ">=", "exp": MOMENT}, ["100% sure"]),
        ({"key": "coworker.office.name", "op": "=", "exp": "Lund"}, ["Small"]),
        ({"key": "coworker", "op": "=", "exp": "$me"}, ["Small"]),
        ({"key": "coworker.office", "op": "=", "exp": "$me.office"}, ["Small"]),
        (
            {"key": "coworker.office.name", "op": "=", "exp": "$me.office.name"},
            ["Small"],
        ),
        ({"key": "coworker", "op": "!", "exp": "$me"}, ["100% sure"]),
        ({"key": "company", "op": "!=", "exp": None}, ["Small"]),
        (
            {"op": "!", "exp": {"key": "dealstatus", "op": "=", "exp": "contact"}},
            ["Large"],
        ),
        (
            {
                "op": "or",
                "exp": [
                    {"key": "value", "op": ">", "exp": 5},
                    {
                        "op": "AND",
                        "exp": [{"key": "name", "op": "=", "exp": "Small"}],
                    },
                ],
            },
            ["Small", "Large"],
        ),
    ],
)
def test_filters_find_the_matching_rows(
    query_objects: Ask,
    deals: list[Any],
    expression: dict[str, Any],
    expected: list[str],
) -> None:
    assert names(query_objects("deal", {"name": None}, filter=expression)) == expected


def test_a_filter_on_me_without_a_coworker_matches_no_rows(
    app: LimeApplication, query_objects: Ask
) -> None:
    mine = {"key": "coworker.office", "op": "=", "exp": "$me.office"}
    assert query_objects("deal", {"name": None}, filter=mine) == []


def test_a_filter_on_a_set_checks_whether_it_contains_a_key(
    query_objects: Ask, app: LimeApplication, save: Save
) -> None:
    save(
        app.limetypes.company(name="a", interests=["golf", "chess"]),
        app.limetypes.company(name="b", interests=["sailing"]),
        app.limetypes.company(name="c"),
    )

    def found(operator: str, exp: Any) -> list[str]:
        expression = {"key": "interests", "op": operator, "exp": exp}
        return names(query_objects("company", {"name": None}, filter=expression))

    assert found("=", "chess") == ["a"]
    assert found("!=", "chess") == ["b", "c"]
    assert found("IN", ["golf", "sailing"]) == ["a", "b"]
    assert found("=", None) == ["c"]
    assert found("!=", None) == ["a", "b"]


@pytest.mark.parametrize(
    ("query", "error", "message"),
    [
        ({"limetype": "dael"}, UnknownNameError, '"deal"'),
        ({"filtre": None}, UnknownNameError, '"filter"'),
        ({"filter": {"key": "nam", "op": "=", "exp": 1}}, UnknownNameError, '"name"'),
        ({"filter": {"key": "name", "op": "==", "exp": 1}}, UnknownNameError, '"="'),
        ({"filter": {"key": "name", "op": "="}}, InvalidValueError, "key and exp"),
        ({"filter": "name = 1"}, InvalidValueError, "a mapping"),
        ({"filter": {"op": "AND", "exp": {}}}, InvalidValueError, "a list"),
        ({"filter": {"op": "OR", "exp": [{}]}}, InvalidValueError, "empty"),
        (
            {"filter": {"key": "dealstatus", "op": "=", "exp": "agreemnt"}},
            UnknownNameError,
            '"agreement"',
        ),
        (
            {"filter": {"key": "value", "op": "=", "exp": "much"}},
            InvalidValueError,
            "a number",
        ),
        (
            {"filter": {"key": "company", "op": ">", "exp": None}},
            InvalidValueError,
            "needs a value",
        ),
        (
            {"filter": {"type": "filter", "exp": 1}},
            UnsupportedError,
            "saved-filter lookup",
        ),
        (
            {"filter": {"key": "name.x", "op": "=", "exp": 1}},
            UnsupportedError,
            "belongsto",
        ),
        ({"orderBy": [{"nmae": "ASC"}]}, UnknownNameError, '"name"'),
        ({"limit": -1}, InvalidValueError, "limit"),
        ({"offset": "3"}, InvalidValueError, "offset"),
        ({"responseFormat": {"object": {"nmae": None}}}, UnknownNameError, '"name"'),
        ({"responseFormat": {}}, InvalidValueError, "responseFormat.object"),
        ({"responseFormat": {"object": {"name": 5}}}, InvalidValueError, '"name"'),
        (
            {"responseFormat": {"aggregates": {}, "object": {"_id": None}}},
            UnsupportedError,
            "aggregates",
        ),
    ],
)
def test_an_invalid_query_is_an_error(
    app: LimeApplication, query: dict[str, Any], error: type[Exception], message: str
) -> None:
    whole = {"limetype": "deal", "responseFormat": {"object": {"name": None}}} | query
    with pytest.raises(error, match=message):
        execute_query(whole, app.database.connection, app.limetypes, app.acl, app.user)


def test_a_query_over_a_to_many_relation_returns_an_error(query_objects: Ask) -> None:
    with pytest.raises(UnsupportedError, match="aggregates"):
        query_objects("company", {"deal": None})


def test_the_parameters_have_the_documented_names(
    app: LimeApplication, deals: list[Any]
) -> None:
    answer = execute_query(
        query={"limetype": "office", "responseFormat": {"object": {"_id": None}}},
        conn=app.connection,
        limetypes=app.limetypes,
        acl=app.acl,
        user=app.user,
    )
    assert answer == {"objects": [{"_id": 1}, {"_id": 2}]}


def test_a_query_leaves_no_transaction_open(
    app: LimeApplication, query_objects: Ask, deals: list[Any]
) -> None:
    query_objects("deal", {"name": None})
    assert not app.database.connection.in_transaction()


def test_a_built_query_contains_the_id_and_can_be_edited(
    app: LimeApplication, deals: list[Any]
) -> None:
    builder = QueryBuilder(app, app.limetypes.deal)
    builder.add_field("name")
    builder.add_field("company.name")
    builder.query["limit"] = 1
    answer = execute_query(
        builder.query, app.connection, app.limetypes, app.acl, app.user
    )
    assert answer["objects"] == [
        {"_id": 1, "name": "Small", "company": {"name": "Acme"}}
    ]
