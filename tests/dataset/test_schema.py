"""An impossible dataset is refused before any file is written."""

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from limerun.dataset.design.dataset_schema import check_plan
from limerun.errors import DatasetError
from limerun.records import SourcePlan
from tests.dataset.plans import CRM, ROWS, plan_of, source_of

THING: dict[str, Any] = {
    "text": {"type": "string", "required": True},
    "short": {"type": "string", "length": 5},
    "whole": {"type": "integer"},
    "value": {"type": "decimal"},
    "state": {"type": "option", "options": ["new", "old"]},
    "day": {"type": "date"},
    "later": {"type": "date"},
    "self": {"type": "belongsto", "related": "thing"},
    "many": {"type": "hasmany", "related": "thing", "backref": "self"},
}


def error_of(
    limetypes: Mapping[str, Any] = THING,
    rows: Mapping[str, int] | None = None,
    properties: Mapping[str, Mapping[str, object]] | None = None,
    **sources: SourcePlan,
) -> str:
    if limetypes is THING:
        limetypes = {"thing": THING}
    with pytest.raises(DatasetError) as caught:
        check_plan(plan_of(limetypes, rows or {"thing": 10}, properties), sources)
    return str(caught.value)


@pytest.mark.parametrize(
    ("property", "said", "message"),
    [
        ("text", {"kind": "emial"}, 'unknown kind "emial"; did you mean "email"?'),
        ("text", {"kind": 3}, 'unknown kind "3"'),
        ("text", {"kind": "city", "min": 1}, 'unknown option of city "min"'),
        ("text", {"uniqe": True}, 'did you mean "unique"?'),
        ("text", {"null_rate": 0.1}, "required"),
        ("text", {"kind": "null"}, "required"),
        ("text", {"kind": "fullname", "unique": True}, "cannot be unique"),
        (
            "text",
            {"kind": "decimal"},
            "kind decimal cannot generate values of type string",
        ),
        ("text", {"kind": "choice"}, "choice needs options"),
        ("text", {"kind": "choice", "options": ["a", "a"]}, "twice"),
        ("text", {"kind": "choice", "options": []}, "at least one value"),
        ("text", {"kind": "choice", "options": ["a"], "weights": 1}, "list of weights"),
        ("text", {"kind": "choice", "options": ["a"], "weights": [-1]}, "from 0 to"),
        ("text", {"kind": "sequence", "format": 7}, "must contain one number"),
        ("self", {"children": {"min": 0.5, "max": 2}}, "whole numbers"),
        ("self", {"children": {"min": 0, "max": 2**31}}, "from 0 to"),
        ("day", {"from": 20200101}, "must be a date such as"),
        ("text", {"kind": "choice", "options": ["a"], "weights": [1, 2]}, "2 weights"),
        ("text", {"kind": "choice", "options": ["a"], "weights": [0]}, "above 0"),
        (
            "text",
            {"kind": "sequence", "format": "{:99999999999d}"},
            "must not be wider",
        ),
        ("text", {"kind": "sequence", "format": "K-"}, "must contain one number"),
        ("text", {"kind": "sequence", "format": "{}{}"}, "must contain one number"),
        ("text", {"kind": "sequence", "format": "{x}"}, "must contain one number"),
        ("text", {"kind": "sequence", "format": "{0.real}"}, "must contain one number"),
        ("text", {"kind": "sequence", "format": "{!r}"}, "must contain one number"),
        ("text", {"kind": "sequence", "format": "{:{}}"}, "must contain one number"),
        ("text", {"kind": "sequence", "format": "{:"}, "must contain one number"),
        ("text", {"kind": "sequence", "format": "{:999999d}"}, "wider"),
        ("whole", {"kind": "sequence", "format": "{}"}, "makes text"),
        ("whole", {"min": 5, "max": 4}, "min is larger than max"),
        ("whole", {"min": 1.5}, "1.5: must be a whole number"),
        ("whole", {"max": 5, "unique": True}, "6 different values"),
        ("whole", {"null_rate": 1.5}, "null_rate: 1.5: must be at most 1"),
        ("whole", {"null_rate": True}, "must be a number"),
        ("value", {"min": -1, "distribution": "lognormal"}, "at least 0"),
        ("value", {"max": 10**14, "decimals": 6}, "fewer decimals"),
        ("value", {"min": 0.2, "max": 0.4, "decimals": 0}, "no number with 0 decimals"),
        (
            "value",
            {"distribution": "zipf"},
            "must be uniform or normal or lognormal or exponential",
        ),
        ("state", {"options": ["nwe"]}, 'unknown option key "nwe"; did you mean "new"'),
        ("state", {"kind": "constant", "value": "nwe"}, 'did you mean "new"'),
        ("state", {"kind": "city"}, "choice, constant, null"),
        ("day", {"from": "2020-13-01"}, "must be a date such as"),
        ("day", {"from": "2020-02-01", "to": "2020-01-01"}, "from is larger than to"),
        ("day", {"after": "latre"}, 'did you mean "later"?'),
        ("day", {"after": "day"}, "would come after itself"),
        (
            "day",
            {"after": "later", "to": "2020-01-01"},
            "to has no effect together with after",
        ),
        ("day", {"within_days": 3}, "within_days has no effect without after"),
        ("day", {"kind": "constant", "value": "soon"}, "must be a date"),
        (
            "whole",
            {"kind": "constant", "value": "x"},
            "does not fit the property's type integer",
        ),
        (
            "whole",
            {"kind": "constant", "value": True},
            "does not fit the property's type integer",
        ),
        ("self", {"skew": 1}, "no effect on a link to the same limetype"),
        ("many", {}, "a property of type hasmany has no values"),
        ("short", {"kind": "sequence", "start": 99_999}, "up to 6 characters"),
    ],
)
def test_a_mistake_in_a_property_is_reported_with_its_name(
    property: str, said: dict[str, object], message: str
) -> None:
    told = error_of(properties={f"thing.{property}": said})
    assert message in told
    assert f"thing.{property}" in told


@pytest.mark.parametrize(
    ("property", "message"),
    [
        ({"type": "strnig"}, 'a.b: unknown type "strnig"; did you mean "string"?'),
        ({"type": "belongsto", "related": "aa"}, 'limetype "aa"; did you mean "a"?'),
        ({"type": "option"}, "a.b: type option needs options"),
        ({"type": "option", "options": [["x"]]}, "a.b: type option needs options"),
        (
            {"type": "text", "required": "maybe"},
            "b.required: 'maybe': must be true or false",
        ),
        ({"label": "key"}, "a.b: has no type; write it like {type: string}"),
        (
            {"name": {"type": "string"}},
            "a.b: is not a property; write properties directly under the limetype's name",
        ),
    ],
)
def test_a_mistake_in_a_limetype_is_reported_with_its_name(
    property: object, message: str
) -> None:
    assert message in error_of({"a": {"b": property}}, {"a": 1})


def test_more_rows_than_the_largest_row_number_are_refused() -> None:
    assert "2,147,483,648: must be from 0" in error_of(rows={"thing": 2**31})


def test_a_required_link_to_a_limetype_without_rows_is_refused() -> None:
    told = error_of(CRM, {"person": 5})
    assert told.startswith(
        "person.company: the property is required, but company has no rows"
    )


def test_the_limits_of_children_must_allow_the_number_of_rows() -> None:
    properties = {"deal.person": {"children": {"min": 1, "max": 2}}}
    told = error_of(CRM, ROWS, properties)
    assert "500 to 1,000 rows, but deal has 2,000" in told


def test_skew_is_refused_together_with_children() -> None:
    said = {"children": {"min": 0, "max": 9}, "skew": 1}
    told = error_of(CRM, ROWS, {"deal.person": said})
    assert "skew has no effect together with children" in told


@pytest.mark.parametrize(
    ("columns", "overlap", "message"),
    [
        ({"a": "dela.name"}, 0, 'unknown limetype "dela"; did you mean "deal"?'),
        ({"a": "deal.nmae"}, 0, 'unknown property of deal "nmae"; did you mean "name"'),
        ({"a": "deal"}, 0, "write it like limetype.property"),
        ({"a": "deal.name.x"}, 0, "deal.name is not a belongsto"),
        ({"a": "deal.company.nmae"}, 0, 'unknown property of company "nmae"'),
        ({"a": "deal.name", "b": "person.name"}, 0, "start all at one limetype"),
        ({"a": "company.name"}, 0.5, "are 500, but company has 300 rows"),
        ({"a": {"kind": "city"}}, 0.5, "overlap: has no effect"),
        ({"a": {"kind": "belongsto"}}, 0, "needs a limetype"),
        ({"a": {"kind": "sequence", "formt": "{}"}}, 0, 'did you mean "format"?'),
    ],
)
def test_a_mistake_in_a_source_is_reported_with_its_name(
    columns: dict[str, Any], overlap: float, message: str
) -> None:
    told = error_of(CRM, ROWS, contracts=source_of(columns, overlap=overlap))
    assert message in told
    assert told.startswith("sources.contracts")


def test_a_path_through_a_link_that_is_always_null_is_refused() -> None:
    source = source_of({"a": "deal.person.name"})
    told = error_of(CRM, {"company": 5, "deal": 5}, contracts=source)
    assert "deal.person is always null" in told


def test_unique_values_must_suffice_for_rows_that_exist_only_in_sources() -> None:
    limetypes = {"thing": {"number": {"type": "integer"}}}
    properties = {"thing.number": {"unique": True, "min": 0, "max": 99}}
    plan = plan_of(limetypes, {"thing": 50}, properties)
    check_plan(plan, {"a": source_of({"n": "thing.number"}, rows=50)})
    with pytest.raises(DatasetError, match="101 rows need different values"):
        check_plan(plan, {"a": source_of({"n": "thing.number"}, rows=51)})


@pytest.mark.slow
def test_the_modules_that_generate_values_do_not_import_pydantic() -> None:
    code = (
        "import sys, limerun.dataset.values.makers, limerun.dataset.output.generate\n"
        "assert 'pydantic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow
def test_checking_a_plan_imports_no_heavy_packages() -> None:
    code = (
        "import sys, limerun.dataset.output.make\n"
        "assert 'pydantic' not in sys.modules\n"
        "import limerun.dataset.design.dataset_schema\n"
        "heavy = {'numpy', 'pyarrow', 'faker', 'adbc_driver_sqlite'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
