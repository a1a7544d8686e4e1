"""JUnit reports are valid for any text, and green only if the verdict is."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, fromstring

import pytest

from limerun.records import Output, Record
from limerun.report.formats.junit_report import render
from tests.report.expected import assert_as_expected
from tests.report.made_others import not_done
from tests.report.make_records import RECORDS

if TYPE_CHECKING:
    from xmlschema import XMLSchema

NAMES = sorted(RECORDS)
ATTRIBUTES = {
    "testsuites": {"name"},
    "testsuite": {
        "name", "tests", "failures", "errors", "skipped", "time", "timestamp",
        "hostname", "id", "package",
    },
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"classname", "name", "time"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message", "type"},
    "system-out": set(),
    "system-err": set(),
}  # fmt: skip
CHILDREN = {
    "testsuites": r"(testsuite )*",
    "testsuite": r"properties (testcase )*system-out system-err ",
    "properties": r"(property )*",
    "testcase": r"(skipped |error |failure )?",
}


def assert_valid(element: Element) -> None:
    """Assert that a document follows the Ant and Jenkins schemas."""
    assert set(element.attrib) == ATTRIBUTES[element.tag]
    order = "".join(f"{child.tag} " for child in element)
    assert re.fullmatch(CHILDREN.get(element.tag, ""), order)
    if "time" in element.attrib:
        assert re.fullmatch(r"\d+\.\d{3}", element.attrib["time"])
    if element.tag == "testsuite":
        assert_counts(element)
        assert re.fullmatch(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", element.attrib["timestamp"]
        )
    for child in element:
        assert_valid(child)


def assert_counts(suite: Element) -> None:
    cases = suite.findall("testcase")
    assert suite.attrib["tests"] == str(len(cases))
    for attribute, tag in (
        ("failures", "failure"), ("errors", "error"), ("skipped", "skipped"),
    ):  # fmt: skip
        assert suite.attrib[attribute] == str(len(suite.findall(f"testcase/{tag}")))
    names = [case.attrib["name"] for case in cases]
    assert len(set(names)) == len(names)


@cache
def jenkins_schema() -> "XMLSchema":
    """Read the schema, which takes 0.6 s that no other process of tests needs."""
    from xmlschema import XMLSchema

    return XMLSchema(Path(__file__).parent / "schemas" / "junit-10.xsd")


def suite_of(record: Record) -> Element:
    root = fromstring(render(record))
    assert_valid(root)
    jenkins_schema().validate(root)
    [suite] = root
    return suite


def case_of(suite: Element, name: str) -> Element:
    [case] = [each for each in suite.iter("testcase") if each.attrib["name"] == name]
    return case


@pytest.mark.parametrize(
    "name", ["estimate", "failed", "inconclusive", "passed", "raised", "resilience"]
)
def test_each_record_is_rendered_as_expected(name: str) -> None:
    assert_as_expected(f"{name}.xml", render(RECORDS[name]()))


@pytest.mark.parametrize("name", NAMES)
def test_a_suite_fails_only_with_a_failing_exit_code(name: str) -> None:
    record = RECORDS[name]()
    suite = suite_of(record)
    bad = int(suite.attrib["failures"]) + int(suite.attrib["errors"])
    assert bool(bad) == (record.exit_code in (1, 3, 4, 5, 130))


def test_a_failure_contains_the_value_the_budget_and_the_difference() -> None:
    case = case_of(suite_of(RECORDS["failed"]()), "memory.task")
    assert case[0].tag == "failure"
    assert case[0].attrib["message"] == (
        "task memory is 268.4 MB, the budget is 200.0 MB: 68.4 MB over"
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("raised", "raised"),
        ("crashed", "crashed"),
        ("killed", "cloud_limit"),
        ("timeout", "timeout"),
        ("interrupted", "interrupted"),
    ],
)
def test_a_run_that_did_not_complete_is_an_error(name: str, kind: str) -> None:
    case = case_of(suite_of(RECORDS[name]()), "runs to its end")
    assert case[0].tag == "error"
    assert case[0].attrib["type"] == kind


def test_the_traceback_is_in_the_error_element() -> None:
    case = case_of(suite_of(RECORDS["raised"]()), "runs to its end")
    assert (case[0].text or "").endswith("KeyError: 'number'")


def test_a_check_that_was_not_measured_is_skipped() -> None:
    case = case_of(suite_of(RECORDS["inconclusive"]()), "speed.queries")
    assert case[0].tag == "skipped"


def test_without_checks_the_verdict_is_skipped() -> None:
    record = replace(RECORDS["inconclusive"](), checks=())
    assert case_of(suite_of(record), "verdict")[0].tag == "skipped"


def test_a_task_whose_body_did_not_run_is_skipped() -> None:
    suite = suite_of(not_done())
    assert case_of(suite, "runs to its end")[0].tag == "skipped"
    assert (suite.attrib["errors"], suite.attrib["skipped"]) == ("0", "1")


def test_values_are_properties_with_the_names_of_the_record() -> None:
    suite = suite_of(RECORDS["failed"]())
    values = {
        each.attrib["name"]: each.attrib["value"] for each in suite.iter("property")
    }
    assert values["memory.task_bytes"] == "268400000"
    assert values["queries.total"] == "120512"
    assert values["exit_code"] == "1"


def test_the_predicted_range_of_a_stopped_run_is_a_property() -> None:
    found = {
        each.get("name"): each.get("value")
        for each in fromstring(render(RECORDS["timeout"]())).iter("property")
    }
    assert found["predicted_duration.low_seconds"] == "101.0"
    assert found["predicted_duration.high_seconds"] == "309.0"


def test_a_value_that_was_not_measured_has_no_property() -> None:
    suite = suite_of(RECORDS["inconclusive"]())
    names = {each.attrib["name"] for each in suite.iter("property")}
    assert "rows_processed" not in names
    assert "queries.total" not in names


def test_the_end_of_the_output_is_included() -> None:
    record = RECORDS["passed"]()
    long = "".join(f"line {number}\n" for number in range(100_000))
    run = replace(record.runs[0], output=Output(stdout=long, stderr="\x00\ufffe<&"))
    suite = suite_of(replace(record, runs=(run,)))
    out = suite.findtext("system-out") or ""
    assert out.endswith("line 99999\n")
    assert len(out) < 40_000
    assert suite.findtext("system-err") == "<&"


def test_a_time_in_another_zone_is_converted_to_utc() -> None:
    record = replace(RECORDS["passed"](), started_at="2026-03-02T09:30:00+02:00")
    assert suite_of(record).attrib["timestamp"] == "2026-03-02T07:30:00"
