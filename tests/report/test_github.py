"""GitHub annotations: the worst first, and any text stays inside."""

import re
from dataclasses import replace
from typing import Any

import pytest

from limerun.records import Finding, Location, Record
from limerun.report.formats.github_report import (
    annotations,
    annotations_of_all,
    outputs,
)
from tests.builders import a_finding, a_run, with_times
from tests.report.expected import assert_as_expected
from tests.report.made_others import not_done
from tests.report.make_records import RECORDS

COMMAND = re.compile(r"::(error|warning|notice) ((?:\w+=[^:,\r\n]*,?)+)::[^\r\n]*")


def finding(level: Any, title: str = "too much") -> Finding:
    place = Location(file="tasks/a,b:c.py", line=7)
    return replace(a_finding(level=level, title=title), location=place)


@pytest.mark.parametrize("name", ["failed", "passed", "raised"])
def test_a_record_is_rendered_as_expected(name: str) -> None:
    lines = "".join(f"{line}\n" for line in annotations(RECORDS[name]()))
    values = "".join(f"{key}={of}\n" for key, of in outputs(RECORDS[name]()).items())
    assert_as_expected(f"{name}.github", f"{lines}\n{values}")


def test_a_task_whose_body_did_not_run_has_an_annotation() -> None:
    [lines] = annotations(replace(not_done(), findings=()))
    assert lines.startswith("::error ")
    assert "was replaced by a task that has not run" in lines


def test_the_ten_worst_findings_are_shown_worst_first() -> None:
    found = (*(finding("note") for _ in range(9)), *(finding("error"),) * 3)
    lines = annotations(replace(RECORDS["passed"](), findings=found))
    assert len(lines) == 10
    assert all(line.startswith("::error ") for line in lines[:3])
    assert all(line.startswith("::notice ") for line in lines[3:])


def test_several_records_share_ten_annotations_with_the_worst_first() -> None:
    def found(*levels: str) -> Record:
        findings = tuple(
            finding(level, f"{level} {n}") for n, level in enumerate(levels)
        )
        return replace(RECORDS["passed"](), findings=findings)

    records = [found(*["error"] * 9), found("warning", "error"), found("note")]
    lines = annotations_of_all(records)
    assert len(lines) == 10
    assert [line.split()[0] for line in lines] == ["::error"] * 10
    assert annotations_of_all(records[1:])[-1].startswith("::notice ")
    assert annotations_of_all(records[:1]) == annotations(records[0])


def test_an_annotation_has_its_file_and_line() -> None:
    record = replace(RECORDS["passed"](), findings=(finding("warning"),))
    [line] = annotations(record)
    assert "file=tasks/a%2Cb%3Ac.py," in line
    assert ",line=7" in line
    assert "200 %25 of it" in line


def test_an_exceeded_budget_without_a_finding_is_annotated() -> None:
    record = replace(RECORDS["failed"](), findings=())
    over = [check for check in record.checks if check.passed is False]
    assert len(annotations(record)) == len(over) > 0


def test_a_run_that_did_not_return_comes_first() -> None:
    first, *_ = annotations(RECORDS["raised"]())
    assert first.startswith("::error ")
    assert "raised" in first


def test_an_exception_is_annotated_at_the_users_line() -> None:
    record = RECORDS["raised"]()
    [run] = record.runs
    first, *_ = annotations(record)
    assert ",line=93::" in first
    assert run.error is not None
    elsewhere = replace(run.error, traceback="KeyError: 'number'")
    unknown = replace(record, runs=(replace(run, error=elsewhere),))
    first, *_ = annotations(unknown)
    assert f",line={record.task.line}::" in first


def test_a_value_that_was_not_measured_is_left_out_of_the_outputs() -> None:
    record = RECORDS["passed"]()
    [run] = record.runs
    memory = replace(run.memory, task_bytes=None)
    unknown = replace(record, runs=(replace(run, memory=memory),))
    assert "task-memory-bytes" in outputs(record)
    assert "task-memory-bytes" not in outputs(unknown)


def test_the_last_annotation_says_that_the_machine_was_busy() -> None:
    sentence = (
        "This machine was busy: 24.0 of 60.0 s were spent waiting for a processor"
    )
    *_, last = annotations(RECORDS["timeout"]())
    assert last.startswith("::notice ")
    assert last.endswith(f"{sentence}; they count for the timeout.")
    run = with_times(replace(a_run(), duration_seconds=60.0), 24.0)
    passed = replace(RECORDS["passed"](), runs=(run,), checks=(), findings=())
    [line] = annotations(passed)
    assert line.endswith(f"{sentence}; they do not count.")
    assert outputs(passed)["uncontended-seconds"] == "36.0"


def test_annotations_of_a_quiet_machine_do_not_mention_contention() -> None:
    over = a_finding("duration.budget", title="too slow")
    [line] = annotations(replace(RECORDS["passed"](), findings=(over,)))
    assert "busy" not in line
    without = replace(RECORDS["passed"](), runs=(), findings=(over,))
    assert len(annotations(without)) == 1
