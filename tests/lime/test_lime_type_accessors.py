from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from lime_application import LimeApplication
from lime_errors import InvalidValueError, UnsupportedError
from lime_type.iso_times import UTC
from lime_type.limeobjects import OptionPropertyAccessor, SetPropertyAccessor

Save = Callable[..., Any]
STOCKHOLM = timezone(timedelta(hours=2))


def test_an_accessor_has_a_name_a_value_and_an_original_value(
    app: LimeApplication, save: Save
) -> None:
    company = save(app.limetypes.company(name="Acme"))
    accessor = company.properties.name
    assert (accessor.name, accessor.value, accessor.is_dirty()) == (
        "name",
        "Acme",
        False,
    )
    accessor.value = "Acme Ltd"
    assert accessor.is_dirty()
    assert accessor.original_value == "Acme"
    assert company.properties.name.value == "Acme Ltd"


def test_a_value_that_is_set_back_is_not_dirty(
    app: LimeApplication, save: Save
) -> None:
    company = save(app.limetypes.company(name="Acme"))
    company.properties.name.value = "Other"
    company.properties.name.value = "Acme"
    assert not company.properties.name.is_dirty()
    assert not company.is_dirty()


def test_an_unknown_property_is_an_attribute_error(app: LimeApplication) -> None:
    properties = app.limetypes.company().properties
    assert not hasattr(properties, "nmae")
    assert getattr(properties, "nmae", None) is None
    with pytest.raises(AttributeError, match='did you mean "name"'):
        _ = properties.nmae


def test_properties_can_be_read_with_dunder_getattr(app: LimeApplication) -> None:
    company = app.limetypes.company(name="Acme")
    assert company.properties.__getattr__("name").value == "Acme"


def test_an_accessor_is_always_truthy(app: LimeApplication) -> None:
    company = app.limetypes.company()
    assert all(company.properties)
    assert company.get_property("name")
    assert company.get_property("no_such") is None


def test_iterating_over_the_properties_yields_accessors_with_names(
    app: LimeApplication,
) -> None:
    names = [accessor.name for accessor in app.limetypes.office().properties]
    assert names == ["name", "coworker"]


@pytest.mark.parametrize(
    ("limetype", "name", "empty"),
    [
        ("company", "name", ""),
        ("company", "phone", ""),
        ("company", "employees", 0),
        ("company", "interests", ()),
        ("company", "coworker", None),
        ("person", "inactive", False),
        ("deal", "value", 0),
        ("deal", "closeddate", None),
        ("document", "document", None),
        ("coworker", "username", None),
    ],
)
def test_an_unset_property_has_the_default_of_its_type(
    app: LimeApplication, save: Save, limetype: str, name: str, empty: object
) -> None:
    new = app.limetypes.get_limetype(limetype)()
    assert new.get_property(name).value == empty
    assert save(new).get_property(name).value == empty


def test_null_in_the_database_is_read_as_the_default(
    app: LimeApplication, save: Save
) -> None:
    company = save(app.limetypes.company(name="x", employees=3, interests=["golf"]))
    with app.database.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE company SET name = NULL, employees = NULL, interests = NULL,"
            " buyingstatus = NULL"
        )
    read = app.limetypes.company.get(company.id).properties
    assert (read.name.value, read.employees.value, read.interests.value) == ("", 0, ())
    assert read.buyingstatus.value.key == "empty"


# --- options ---------------------------------------------------------------------


def test_an_option_has_key_id_and_text(app: LimeApplication, save: Save) -> None:
    deal = save(app.limetypes.deal(name="x", dealstatus="tender"))
    option = deal.properties.dealstatus.value
    assert (option.key, option.text) == ("tender", "tender")
    assert isinstance(option.id, int)
    assert isinstance(deal.properties.dealstatus, OptionPropertyAccessor)


def test_option_ids_differ_between_properties(app: LimeApplication) -> None:
    deal = app.limetypes.deal().properties.dealstatus.options
    company = app.limetypes.company().properties.buyingstatus.options
    assert not {each.id for each in deal} & {each.id for each in company}


def test_set_by_key_sets_the_option_and_keeps_the_original_value(
    app: LimeApplication, save: Save
) -> None:
    deal = save(app.limetypes.deal(name="x"))
    status = deal.properties.dealstatus
    status.set_by_key("agreement")
    assert status.value.key == "agreement"
    assert status.original_value.key == "contact"
    assert status.is_dirty()


def test_an_option_can_be_assigned_from_the_options(app: LimeApplication) -> None:
    deal = app.limetypes.deal()
    status = deal.properties.dealstatus
    status.value = next(each for each in status.options if each.key == "rejection")
    assert deal.properties.dealstatus.value.key == "rejection"


def test_an_unknown_option_key_suggests_the_nearest_key(app: LimeApplication) -> None:
    with pytest.raises(AttributeError, match='did you mean "agreement"'):
        app.limetypes.deal().properties.dealstatus.set_by_key("agreemnt")
    with pytest.raises(AttributeError, match='did you mean "tender"'):
        app.limetypes.deal(dealstatus="tendr")


def test_assigning_an_option_key_as_the_value_is_an_error(
    app: LimeApplication,
) -> None:
    with pytest.raises(UnsupportedError, match="set_by_key"):
        app.limetypes.deal().properties.dealstatus.value = "tender"


def test_an_option_property_without_a_value_has_the_key_empty(
    app: LimeApplication, save: Save
) -> None:
    company = save(app.limetypes.company(name="x"))
    assert company.properties.buyingstatus.value.key == "empty"


def test_a_set_can_contain_several_options(app: LimeApplication, save: Save) -> None:
    company = save(app.limetypes.company(name="x", interests=["golf", "chess"]))
    accessor = company.properties.interests
    assert isinstance(accessor, SetPropertyAccessor)
    assert [option.key for option in accessor.value] == ["golf", "chess"]
    accessor.set_by_keys(["sailing"])
    assert [option.key for option in save(company).properties.interests.value] == [
        "sailing"
    ]


# --- times -----------------------------------------------------------------------


def test_a_date_keeps_its_time_of_day_and_is_read_back_with_a_time_zone(
    app: LimeApplication, save: Save
) -> None:
    moment = datetime(2024, 5, 1, 22, 0, 0, 5, tzinfo=UTC)
    deal = save(app.limetypes.deal(name="x", closeddate=moment))
    read = app.limetypes.deal.get(deal.id).properties.closeddate.value
    assert read == moment
    assert read.astimezone(UTC) == moment
    assert read.tzinfo is not None


def test_a_time_in_another_zone_is_the_same_instant_when_read_back(
    app: LimeApplication, save: Save
) -> None:
    moment = datetime(2024, 5, 1, 0, 30, tzinfo=STOCKHOLM)
    deal = app.limetypes.deal(name="x", closeddate=moment)
    assert deal.properties.closeddate.value.tzinfo is STOCKHOLM
    assert save(deal).properties.closeddate.value == moment
    stored = app.limetypes.deal.get(1).properties.closeddate.value
    assert stored.isoformat() == "2024-04-30T22:30:00+00:00"


def test_a_naive_time_is_treated_as_local_time_and_read_back_with_a_time_zone(
    app: LimeApplication, save: Save
) -> None:
    moment = datetime(2024, 5, 1, 12, 0)
    deal = save(app.limetypes.deal(name="x", expecteddate=moment))
    read = app.limetypes.deal.get(deal.id).properties.expecteddate.value
    assert read == moment.astimezone()


def test_times_are_accepted_as_iso_8601_texts_and_as_dates(
    app: LimeApplication,
) -> None:
    deal = app.limetypes.deal(closeddate="2024-05-01T22:00:00Z")
    assert deal.properties.closeddate.value == datetime(2024, 5, 1, 22, tzinfo=UTC)
    deal.properties.closeddate.value = date(2024, 5, 2)
    assert deal.properties.closeddate.value == datetime(2024, 5, 2).astimezone()


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-01 22:00:00.500000+00:00",
        "2024-05-01T22:00:00.5Z",
        "2024-05-02T00:00:00.500+0200",
        "2024-05-02T00:00:00,5000000+02",
    ],
)
def test_all_python_versions_read_the_same_iso_8601_texts(
    app: LimeApplication, text: str
) -> None:
    deal = app.limetypes.deal(closeddate=text)
    moment = datetime(2024, 5, 1, 22, 0, 0, 500_000, tzinfo=UTC)
    assert deal.properties.closeddate.value == moment


def test_the_default_getdate_is_the_current_time(app: LimeApplication) -> None:
    before = datetime.now(UTC)
    created = app.limetypes.document().properties.created.value
    assert before <= created <= datetime.now(UTC)


# --- wrong types -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limetype", "name", "value"),
    [
        ("company", "name", 5),
        ("company", "employees", "five"),
        ("company", "employees", 1.5),
        ("company", "interests", "golf"),
        ("company", "coworker", "Ann"),
        ("person", "inactive", "no"),
        ("deal", "value", "1.0"),
        ("deal", "dealstatus", 5),
        ("deal", "closeddate", "yesterday"),
        ("deal", "closeddate", 5),
    ],
)
def test_a_value_of_the_wrong_type_is_an_error_that_does_not_show_the_value(
    app: LimeApplication, limetype: str, name: str, value: object
) -> None:
    accessor = app.limetypes.get_limetype(limetype)().get_property(name)
    with pytest.raises(InvalidValueError) as raised:
        accessor.value = value
    assert f'"{name}"' in str(raised.value)
    assert "yesterday" not in str(raised.value)


def test_numbers_of_any_kind_are_accepted(app: LimeApplication, save: Save) -> None:
    deal = save(app.limetypes.deal(name="x", value=Decimal("2.50"), probability=True))
    read = app.limetypes.deal.get(deal.id).properties
    assert read.value.value == 2.5
    assert read.probability.value == 1.0


def test_setting_none_gives_the_empty_value(app: LimeApplication) -> None:
    deal = app.limetypes.deal(name="x", value=3, dealstatus="tender")
    for name in ("name", "value", "dealstatus", "closeddate", "company"):
        deal.get_property(name).value = None
    assert deal.values() == {
        "name": "",
        "dealstatus": "empty",
        "value": 0.0,
        "probability": 0.0,
        "closeddate": None,
        "expecteddate": None,
        "company": None,
        "coworker": None,
    }
