"""Each weakness that scenarios show is one finding, at the line that causes it."""

from dataclasses import replace
from typing import Any

import pytest

from limerun.judge.resilience import resilience_findings, resilience_verdict
from limerun.records import (
    Finding,
    Location,
    Scenario,
    ScenarioNotRun,
    Statement,
    Verdict,
)
from tests.builders import TASK, a_finding, a_run
from tests.report.made_resilience import (
    COMMIT,
    HANDLER,
    LOST,
    SAME,
    TWICE,
    a_bad_row,
    a_difference,
    a_failure,
    a_request,
    a_resilience,
    a_scenario,
    an_attempt,
    the_rerun,
)

CREATES = Location(file="t.py", line=26, function="save")
INSERT = Statement(
    text='INSERT INTO "contract" (number) VALUES (?)',
    calls=1,
    seconds=0.1,
    rows=1,
    location=CREATES,
)
UPDATE = replace(INSERT, text="UPDATE contract SET number=?", location=None)
RUN = replace(a_run(), statements=(UPDATE, INSERT), commit_location=COMMIT)
CHANGED = a_difference(properties={"value": 3})
TASK_LINE = Location(file=TASK.file or "", line=TASK.line or 0)


def found(*scenarios: Scenario, suspected: tuple[Finding, ...] = ()) -> Any:
    findings = resilience_findings(TASK, a_resilience(*scenarios), RUN, suspected)
    return [(each.rule, each.title, each.location) for each in findings]


def only(*scenarios: Scenario) -> Finding:
    [finding] = resilience_findings(TASK, a_resilience(*scenarios), RUN, ())
    return finding


def test_a_task_that_repairs_everything_has_no_finding() -> None:
    retried = a_request(
        run=an_attempt(LOST), notice=a_bad_row().notice, rerun=SAME, fault="cut"
    )
    stored = a_bad_row(stored=True, notice=None)
    twice = a_bad_row(fault="duplicate", run=an_attempt(CHANGED))
    scenarios = (a_scenario(), a_failure(), a_request(), a_bad_row())
    assert not found(the_rerun(), *scenarios, retried, stored, twice)


@pytest.mark.parametrize(
    ("difference", "advice", "line"),
    [
        (TWICE, "Look up what exists", CREATES),
        (CHANGED, "Calculate the new value", COMMIT),
        (a_difference("company", added=1), "Look up what exists", COMMIT),
    ],
)
def test_a_second_run_that_leaves_another_state_is_an_error(
    difference: Any, advice: str, line: Location
) -> None:
    finding = only(the_rerun(difference))
    assert (finding.rule, finding.level) == ("resilience.rerun", "error")
    assert finding.advice.startswith(advice)
    assert finding.location == line


def test_a_second_run_that_raises_is_an_error_at_its_line() -> None:
    raised = the_rerun(ending="raised", error="KeyError: 7", error_location=HANDLER)
    finding = only(raised)
    assert (finding.location, finding.detail) == (HANDLER, "KeyError: 7.")
    crashed = only(the_rerun(ending="crashed"))
    assert (crashed.location, crashed.detail) == (TASK_LINE, "crashed.")


def test_lost_rows_after_a_kill_are_an_error_at_the_commit() -> None:
    lost = a_scenario(rerun=an_attempt(LOST))
    at_row = a_scenario(at="row", number=9, of=None, place=None, rerun=an_attempt(LOST))
    finding = only(the_rerun(), at_row, lost, lost, lost, a_scenario())
    assert (finding.rule, finding.level) == ("resilience.kill", "error")
    assert finding.location == COMMIT
    assert finding.detail == (
        "Killed at row 9, then run again: contract: 950 lost. "
        + "Killed after commit 6 of 20, then run again: contract: 950 lost. " * 2
        + "1 more."
    )


def test_duplicates_after_a_kill_have_the_cause_of_duplicates_after_a_rerun() -> None:
    twice = a_scenario(rerun=an_attempt(TWICE))
    lost = a_failure(rerun=an_attempt(LOST))
    rules = [rule for rule, *_ in found(the_rerun(TWICE), twice)]
    assert rules == ["resilience.rerun"]
    assert [rule for rule, *_ in found(the_rerun(), twice)] == ["resilience.kill"]
    both = [rule for rule, *_ in found(the_rerun(TWICE), twice, lost)]
    assert both == ["resilience.rerun", "resilience.errors"]


def test_rows_that_were_written_but_not_committed_are_an_error() -> None:
    finding = only(a_scenario(partial=True))
    assert finding.rule == "resilience.kill"
    assert finding.detail == (
        "Killed after commit 6 of 20: 300 objects were written, but fewer were "
        "committed."
    )


def test_a_failed_call_that_is_not_repaired_is_a_warning() -> None:
    finding = only(a_failure(rerun=an_attempt(LOST)), a_scenario())
    assert (finding.rule, finding.level) == ("resilience.errors", "warning")
    assert finding.title.startswith("After a failed call, a second run")


def test_a_failed_call_after_which_the_task_does_not_end_is_a_warning() -> None:
    endless = a_request(run=an_attempt(LOST, ending="timeout"), rerun=SAME)
    assert only(endless).title == "After a failed call, the task does not end"


def test_a_failed_call_that_loses_rows_unnoticed_names_the_handler() -> None:
    hidden = a_failure(run=an_attempt(LOST), handler=HANDLER)
    assert found(hidden) == [
        ("resilience.errors", "A failed call loses rows unnoticed", HANDLER),
        ("log.exceptions", "An exception is swallowed", HANDLER),
    ]


def test_an_unknown_handler_is_looked_for_in_the_code() -> None:
    hidden = a_request(run=an_attempt(LOST))
    place = Location(file="t.py", line=7)
    suspected = replace(a_finding("log.exceptions", "warning", "x"), location=place)
    other = a_finding("log.flow", "warning", "x")
    assert [line for *_, line in found(hidden, suspected=(other, suspected))] == [
        place,
        place,
    ]
    assert found(hidden) == [
        ("resilience.errors", "A failed call loses rows unnoticed", TASK_LINE)
    ]


def test_a_bad_row_that_ends_the_task_is_a_warning_at_its_line() -> None:
    raised = a_bad_row(
        run=an_attempt(
            LOST, ending="raised", error="ValueError: no", error_location=COMMIT
        )
    )
    finding = only(raised)
    assert (finding.title, finding.location) == ("One bad row ends the task", COMMIT)
    assert finding.detail == (
        "Value missing at row 711 of 2,000: ValueError: no; contract: 950 lost."
    )
    killed = only(a_bad_row(run=an_attempt(ending="exited")))
    assert killed.location == TASK_LINE


def test_a_bad_row_that_loses_others_is_a_warning_at_the_line_that_logs() -> None:
    finding = only(a_bad_row(run=an_attempt(LOST)))
    assert finding.title == "One bad row loses other rows"
    assert finding.location == HANDLER


def test_a_bad_row_that_is_left_out_unnoticed_is_a_warning() -> None:
    finding = only(a_bad_row(notice=None))
    assert finding.title == "A bad row is left out unnoticed"
    assert finding.detail == (
        "Value missing at row 711 of 2,000: the row is missing, and the log does not "
        "say so."
    )


@pytest.mark.parametrize(
    ("difference", "line"),
    [
        (a_difference(added=1, duplicates=1), CREATES),
        (a_difference("company", added=1), TASK_LINE),
    ],
)
def test_a_row_that_is_stored_twice_is_a_warning(
    difference: Any, line: Location
) -> None:
    finding = only(a_bad_row(fault="duplicate", run=an_attempt(difference)))
    assert finding.title == "A row that comes twice is stored twice"
    assert finding.location == line


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, Verdict.PASSED),
        ({"unrepeatable": (LOST,)}, Verdict.INCONCLUSIVE),
        ({"created": 0}, Verdict.INCONCLUSIVE),
        ({"scenarios": ()}, Verdict.INCONCLUSIVE),
        (
            {"not_run": (ScenarioNotRun(name="x", why="y", is_cut=True),)},
            Verdict.INCONCLUSIVE,
        ),
        ({"not_run": (ScenarioNotRun(name="x", why="y"),)}, Verdict.PASSED),
    ],
)
def test_only_a_complete_comparison_passes(changed: Any, verdict: Verdict) -> None:
    assert resilience_verdict(a_resilience(a_scenario(), **changed)) is verdict
