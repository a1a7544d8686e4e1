"""SARIF reports are valid for any record, and every finding has a location."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from limerun.records import Location, Record
from limerun.report.formats.sarif_report import render
from tests.report.expected import assert_as_expected
from tests.report.made_others import not_done
from tests.report.make_records import RECORDS

SCHEMA = json.loads(
    (Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text("utf-8")
)
VALIDATOR = Draft7Validator(SCHEMA)


def run_of(record: Record, base: str = "") -> dict[str, Any]:
    document = json.loads(render(record, base))
    VALIDATOR.validate(document)
    [run] = document["runs"]
    assert isinstance(run, dict)
    return run


@pytest.mark.parametrize("name", ["failed", "passed", "raised"])
def test_a_record_is_rendered_as_expected(name: str) -> None:
    run_of(RECORDS[name]())
    text = re.sub('"markdown": ".*"', '"markdown": "the rule"', render(RECORDS[name]()))
    assert_as_expected(f"{name}.sarif", text)


def test_every_finding_has_its_rule_level_and_line() -> None:
    record = RECORDS["failed"]()
    run = run_of(record)
    for finding, result in zip(record.findings, run["results"], strict=True):
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"] == finding.rule
        assert result["level"] == finding.level
        assert finding.location is not None
        [location] = result["locations"]
        region = location["physicalLocation"]["region"]
        assert region["startLine"] == finding.location.line


def test_each_rule_has_its_documentation() -> None:
    for rule in run_of(RECORDS["failed"]())["tool"]["driver"]["rules"]:
        assert rule["help"]["text"].endswith(
            f"`limerun rule {rule['id']}` shows examples."
        )
        assert rule["help"]["markdown"].startswith(f"# {rule['id']}\n")


def at(record: Record, file: str) -> dict[str, Any]:
    finding = replace(record.findings[0], location=Location(file=file, line=3))
    [result] = run_of(replace(record, findings=(finding,)), "/home/anna/project")[
        "results"
    ]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert isinstance(artifact, dict)
    return artifact


def test_the_path_of_a_file_in_the_project_is_relative_to_the_root() -> None:
    artifact = at(RECORDS["failed"](), "/home/anna/project/my tasks/sync.py")
    assert artifact == {"uri": "my%20tasks/sync.py", "uriBaseId": "SRCROOT"}


def test_a_file_outside_the_project_has_an_absolute_uri() -> None:
    artifact = at(RECORDS["failed"](), "/opt/lime/sync.py")
    assert artifact == {"uri": "file:///opt/lime/sync.py"}


def test_a_run_whose_task_body_did_not_run_was_not_successful() -> None:
    [invocation] = run_of(not_done())["invocations"]
    assert invocation["executionSuccessful"] is False
    [invocation] = run_of(RECORDS["raised"]())["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["exitCode"] == 3
    assert invocation["toolExecutionNotifications"]
    [invocation] = run_of(RECORDS["failed"]())["invocations"]
    assert invocation["executionSuccessful"] is True
    assert "toolExecutionNotifications" not in invocation


def test_a_finding_keeps_its_fingerprint_when_its_line_moves() -> None:
    record = RECORDS["failed"]()
    first = record.findings[0]
    assert first.location is not None
    moved = replace(first, location=replace(first.location, line=99))
    other = replace(first, rule="memory.growth")

    def fingerprint(finding: Any) -> Any:
        run = run_of(replace(record, findings=(finding,)))
        return run["results"][0]["partialFingerprints"]

    assert fingerprint(first) == fingerprint(moved)
    assert fingerprint(first) != fingerprint(other)
