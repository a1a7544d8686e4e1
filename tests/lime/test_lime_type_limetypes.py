from collections.abc import Callable
from typing import Any

import pytest
from lime_application import LimeApplication
from lime_errors import NotFoundError
from lime_filter import EqualsOperator, Filter

Save = Callable[..., Any]


@pytest.fixture
def companies(app: LimeApplication, save: Save) -> list[Any]:
    made = [app.limetypes.company(name=f"Company {n:04d}") for n in range(1200)]
    found: list[Any] = save(*made)
    return found


def test_an_object_that_does_not_exist_is_not_found(app: LimeApplication) -> None:
    with pytest.raises(NotFoundError, match="company with id 7"):
        app.limetypes.company.get(7)


def test_get_all_yields_every_object_once_in_the_order_of_ids(
    app: LimeApplication, companies: list[Any]
) -> None:
    assert [each.id for each in app.limetypes.company.get_all()] == [
        each.id for each in companies
    ]


def test_get_all_honours_limit_and_offset_across_pages(
    app: LimeApplication, companies: list[Any]
) -> None:
    found = app.limetypes.company.get_all(limit=900, offset=150)
    assert [each.id for each in found] == list(range(151, 1051))
    assert found.count == 900


def test_get_all_may_be_streamed_while_another_unit_of_work_commits(
    app: LimeApplication, companies: list[Any]
) -> None:
    seen = 0
    for _ in app.limetypes.company.get_all():
        seen += 1
        if seen % 100 == 0:
            uow = app.unit_of_work()
            uow.add(app.limetypes.company(name="made on the way"))
            uow.commit()
    assert seen == len(companies)
    assert app.limetypes.company.get_all().count == len(companies) + 12


def test_get_all_takes_a_filter(app: LimeApplication, companies: list[Any]) -> None:
    found = app.limetypes.company.get_all(
        filter=Filter(EqualsOperator("name", "Company 0007"))
    )
    assert [each.properties.name.value for each in found] == ["Company 0007"]


def test_an_unknown_limetype_or_property_names_the_nearest_one(
    app: LimeApplication,
) -> None:
    with pytest.raises(AttributeError, match='did you mean "company"'):
        _ = app.limetypes.compny
    with pytest.raises(AttributeError, match='did you mean "buyingstatus"'):
        app.limetypes.company(buyingstatis="active")
