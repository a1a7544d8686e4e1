"""What reports say about code that was read without running it."""

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from limerun.records import Lint, LintedTask, Location, Record, Verdict
from limerun.report.content.facts import facts_of
from limerun.report.content.headlines import verdict_sentence
from limerun.report.formats import junit_report, markdown_report, sarif_report
from limerun.report.webpage import page
from tests.builders import a_finding
from tests.report.make_records import RECORDS


def linted(*errors: str, tasks: int = 1, warnings: int = 0) -> Record:
    task = LintedTask(
        name="work",
        file="/shop/tasks.py",
        line=7,
        functions=2,
        errors=len(errors),
        warnings=warnings,
        notes=0,
    )
    findings = [a_finding("log.sensitive", title=title) for title in errors]
    findings += [a_finding("log.flow", "warning")] * warnings
    place = Location(file="/shop/tasks.py", line=9)
    return replace(
        RECORDS["passed"](),
        command="lint",
        runs=(),
        checks=(),
        dataset=None,
        verdict=Verdict.FAILED if errors else Verdict.PASSED,
        exit_code=int(bool(errors)),
        findings=tuple(replace(each, location=place) for each in findings),
        lint=Lint(
            tasks=(task,) * tasks, files=("/shop/tasks.py",), missing=("ruff: none",)
        ),
    )


@pytest.mark.parametrize(
    ("record", "says"),
    [
        (linted(), "PASSED  import_contracts has no finding at level error (1 task in"),
        (linted(warnings=2, tasks=2), "PASSED, 2 warnings  import_contracts has no"),
        (
            linted("A key is logged"),
            "FAILED  import_contracts has a finding at level error: A key is logged (1",
        ),
        (linted("A", "B"), "FAILED  import_contracts has 2 findings at level error (1"),
    ],
)
def test_the_headline_says_whether_a_finding_is_an_error(
    record: Record, says: str
) -> None:
    assert verdict_sentence(record).startswith(says)


def test_several_places_are_plural() -> None:
    for record, has in ((linted(), "have no"), (linted("A", "B"), "have 2")):
        task = replace(record.task, name="a.yaml, b.yaml")
        sentence = verdict_sentence(replace(record, task=task))
        assert f"a.yaml, b.yaml {has} finding" in sentence


def test_code_that_could_not_be_read_is_not_called_a_run() -> None:
    record = replace(linted(), problem="a.py, line 1: not valid Python")
    assert "could not be read: a.py, line 1" in verdict_sentence(record)


def test_the_facts_are_the_tasks_and_what_was_not_checked() -> None:
    assert facts_of(linted("A", "B", warnings=1), "/shop") == (
        ("task", "work (tasks.py:7): 2 errors, 1 warning"),
        ("missing", "not checked: ruff: none"),
    )
    assert facts_of(linted(), "/shop")[0] == ("task", "work (tasks.py:7): no findings")


def test_every_format_reports_the_findings() -> None:
    record = linted("A key is logged")
    suite = ElementTree.fromstring(junit_report.render(record))[0]
    assert [each.get("name") for each in suite.iter("testcase")] == [
        "is read",
        "log.sensitive: A key is logged",
    ]
    [run] = json.loads(sarif_report.render(record))["runs"]
    assert run["invocations"][0]["executionSuccessful"]
    assert "A key is logged" in markdown_report.render(record)
    assert "A key is logged" in page.render(record)


def test_an_estimate_that_only_a_finding_fails_is_not_called_over_budget() -> None:
    record = RECORDS["estimate"]()
    assert record.growth is not None
    within = [replace(each, within=True) for each in record.growth.predictions]
    growth = replace(record.growth, predictions=tuple(within))
    failed = replace(
        record,
        growth=growth,
        verdict=Verdict.FAILED,
        findings=(a_finding("log.flow", title="Nothing is logged"),),
    )
    assert "FAILED  import_contracts has a finding at level error" in verdict_sentence(
        failed
    )
