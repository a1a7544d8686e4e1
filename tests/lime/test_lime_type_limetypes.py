from collections.abc import Callable
from typing import Any

import pytest

from lime_application import LimeApplication
from lime_errors import NotFoundError, UnsupportedError
from lime_filter import EqualsOperator, Filter
from lime_type import create_limetypes_from_dsl

Save = Callable[..., Any]


@pytest.fixture
def companies(app: LimeApplication, save: Save) -> list[Any]:
    made = [app.limetypes.company(name=f"Company {n:04d}") for n in range(1200)]
    found: list[Any] = save(*made)
    return found


def test_getting_an_object_that_does_not_exist_raises_not_found(
    app: LimeApplication,
) -> None:
    with pytest.raises(NotFoundError, match="company with id 7"):
        app.limetypes.company.get(7)


def test_get_all_yields_every_object_once_in_id_order(
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


def test_get_all_can_be_streamed_while_another_unit_of_work_commits(
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


def test_get_all_accepts_a_filter(app: LimeApplication, companies: list[Any]) -> None:
    found = app.limetypes.company.get_all(
        filter=Filter(EqualsOperator("name", "Company 0007"))
    )
    assert [each.properties.name.value for each in found] == ["Company 0007"]


def test_an_unknown_limetype_or_property_suggests_the_nearest_name(
    app: LimeApplication,
) -> None:
    with pytest.raises(AttributeError, match='did you mean "company"'):
        _ = app.limetypes.compny
    with pytest.raises(AttributeError, match='did you mean "buyingstatus"'):
        app.limetypes.company(buyingstatis="active")


def test_get_all_reads_nothing_until_it_is_iterated_over(
    app: LimeApplication, companies: list[Any], statements: list[str]
) -> None:
    found = app.limetypes.company.get_all()
    assert statements == []
    assert next(iter(found)).id == 1
    assert len([each for each in statements if "company.name" in each]) == 1


def test_get_all_can_be_iterated_over_repeatedly_and_nested(
    app: LimeApplication, companies: list[Any]
) -> None:
    found = app.limetypes.company.get_all(limit=3)
    pairs = [(one.id, other.id) for one in found for other in found]
    assert pairs == [(one, other) for one in (1, 2, 3) for other in (1, 2, 3)]


def test_changing_objects_so_that_the_filter_excludes_them_does_not_skip_others(
    app: LimeApplication, companies: list[Any]
) -> None:
    nameless = Filter(EqualsOperator("phone", ""))
    seen = 0
    for company in app.limetypes.company.get_all(filter=nameless):
        seen += 1
        company.properties.phone.value = "123"
        uow = app.unit_of_work()
        uow.add(company)
        uow.commit()
    assert seen == len(companies)
    assert app.limetypes.company.get_all(filter=nameless).count == 0


@pytest.mark.parametrize(
    ("limit", "offset", "count"),
    [(None, None, 1200), (0, 0, 1200), (10, 0, 10), (10, 1195, 5), (None, 1300, 0)],
)
def test_count_equals_the_number_of_objects_found(
    app: LimeApplication,
    companies: list[Any],
    limit: int | None,
    offset: int | None,
    count: int,
) -> None:
    found = app.limetypes.company.get_all(limit=limit, offset=offset)
    assert found.count == len(list(found)) == count


def test_sorting_in_get_all_is_an_error(
    app: LimeApplication,
) -> None:
    with pytest.raises(UnsupportedError, match=r"sort=.*orderBy"):
        app.limetypes.company.get_all(sort="name")


def test_get_with_none_raises_not_found(app: LimeApplication) -> None:
    with pytest.raises(NotFoundError):
        app.limetypes.company.get(None)


def test_read_only_properties_can_be_set_as_if_read_from_a_row(
    app: LimeApplication,
) -> None:
    coworker = app.limetypes.coworker(name="Ann", username=5, _from_row=True)
    assert coworker.properties.username.value == 5


def test_options_can_be_set_by_key_and_relations_by_id_or_object(
    app: LimeApplication, save: Save
) -> None:
    company = save(app.limetypes.company(name="Acme"))
    by_id = app.limetypes.deal(dealstatus="tender", company=company.id)
    by_object = app.limetypes.deal(company=company)
    assert by_id.properties.dealstatus.value.key == "tender"
    assert by_id.properties.company.id == by_object.properties.company.id == 1


def test_a_stored_option_that_is_no_longer_declared_is_preserved(
    app: LimeApplication, save: Save
) -> None:
    deal = save(app.limetypes.deal(name="x"))
    with app.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE deal SET dealstatus = 'gone'")
    read = app.limetypes.deal.get(deal.id)
    assert read.properties.dealstatus.value.key == "gone"
    assert read.properties.dealstatus.value.inactive
    read.properties.name.value = "y"
    assert save(read).properties.dealstatus.value.key == "gone"


def test_a_limetype_without_an_application_is_an_error() -> None:
    (limetype,) = create_limetypes_from_dsl({"ship": {"name": {"type": "string"}}})
    with pytest.raises(
        UnsupportedError, match='"ship" does not belong to an application'
    ):
        limetype.get(1)
