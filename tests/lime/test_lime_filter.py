from collections.abc import Callable
from typing import Any

import pytest

from lime_application import LimeApplication
from lime_errors import InvalidValueError, UnknownNameError
from lime_filter import (
    AndOperator,
    EqualsOperator,
    Filter,
    InOperator,
    NotEqualsOperator,
    OrOperator,
)
from lime_filter.filter import LikeOperator

Save = Callable[..., Any]
Find = Callable[[Any], list[str]]


@pytest.fixture
def find(app: LimeApplication, save: Save) -> Find:
    """Find deals by a filter, among four."""
    company = save(app.limetypes.company(name="Acme"))
    save(
        app.limetypes.deal(name="A big one", company=company),
        app.limetypes.deal(name="Another", dealstatus="tender"),
        app.limetypes.deal(name="50% off", dealstatus="agreement", value=5),
        app.limetypes.deal(name="rest", company=company, value=5),
    )

    def find_names(operator: Any) -> list[str]:
        found = app.limetypes.deal.get_all(filter=Filter(operator))
        return [each.properties.name.value for each in found]

    return find_names


def option_id(app: LimeApplication, key: str) -> int:
    options = app.limetypes.deal().properties.dealstatus.options
    found: int = next(option.id for option in options if option.key == key)
    return found


def test_field_and_value_can_be_keyword_arguments(find: Find) -> None:
    assert find(EqualsOperator(field="value", value=5)) == ["50% off", "rest"]


def test_options_can_be_compared_by_id(app: LimeApplication, find: Find) -> None:
    tender, agreement = option_id(app, "tender"), option_id(app, "agreement")
    assert find(EqualsOperator("dealstatus", tender)) == ["Another"]
    assert find(InOperator("dealstatus", [tender, agreement])) == ["Another", "50% off"]
    assert find(NotEqualsOperator("dealstatus", tender)) == [
        "A big one",
        "50% off",
        "rest",
    ]


def test_options_can_be_compared_by_key_and_by_option(
    app: LimeApplication, find: Find
) -> None:
    option = next(iter(app.limetypes.deal().properties.dealstatus.options))
    assert find(EqualsOperator("dealstatus", "tender")) == ["Another"]
    assert find(EqualsOperator("dealstatus", option)) == ["A big one", "rest"]


def test_relations_can_be_compared_by_id_and_none_means_no_relation(find: Find) -> None:
    assert find(EqualsOperator("company", 1)) == ["A big one", "rest"]
    assert find(EqualsOperator("company", None)) == ["Another", "50% off"]
    assert find(NotEqualsOperator("company", None)) == ["A big one", "rest"]


def test_a_relation_can_be_compared_with_an_object(
    app: LimeApplication, find: Find
) -> None:
    company = app.limetypes.company.get(1)
    assert find(EqualsOperator("company", company)) == ["A big one", "rest"]


def test_operators_can_be_combined(find: Find) -> None:
    value = EqualsOperator("value", 5)
    company = EqualsOperator("company", 1)
    assert find(AndOperator(value, company)) == ["rest"]
    assert find(OrOperator(value, company)) == ["A big one", "50% off", "rest"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("an", ["Another"]), ("BIG", ["A big one"]), ("%", ["50% off"]), ("_", [])],
)
def test_like_searches_for_a_substring_without_wildcards(
    find: Find, text: str, expected: list[str]
) -> None:
    assert find(LikeOperator("name", text)) == expected


def test_an_empty_list_matches_nothing(find: Find) -> None:
    assert find(InOperator("name", [])) == []


def test_an_unknown_option_is_an_error(find: Find) -> None:
    with pytest.raises(UnknownNameError, match="option id"):
        find(EqualsOperator("dealstatus", 99999))


def test_only_a_filter_is_accepted(app: LimeApplication) -> None:
    with pytest.raises(InvalidValueError, match=r"a lime_filter.Filter, not dict"):
        app.limetypes.deal.get_all(filter={"name": "x"})


def test_filters_with_the_same_structure_are_compiled_once(
    app: LimeApplication, find: Find
) -> None:
    before = len(app.limetypes.deal.rows.statements)
    for number in range(5):
        find(EqualsOperator("name", f"no {number}"))
    assert len(app.limetypes.deal.rows.statements) == before + 1
