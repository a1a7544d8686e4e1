"""The record of a task that was disturbed in many ways."""

from dataclasses import replace
from typing import Any

from limerun.judge.resilience import resilience_findings
from limerun.records import (
    Attempt,
    LimetypeDifference,
    Location,
    Notice,
    Record,
    Resilience,
    Scenario,
    ScenarioNotRun,
    Statement,
    Verdict,
)
from tests.report.made_base import base
from tests.report.made_runs import INSERT, NAIVE

COMMIT = Location(file=NAIVE, line=38, function="import_contracts")
HANDLER = Location(file=NAIVE, line=40, function="import_contracts")


def a_difference(limetype: str = "contract", **counts: Any) -> LimetypeDifference:
    given = {"missing": 0, "added": 0, "properties": {}, "exact": True, **counts}
    return LimetypeDifference(limetype=limetype, **given)


def an_attempt(*differences: LimetypeDifference, **changed: Any) -> Attempt:
    attempt = Attempt(
        ending="returned", error=None, error_location=None, differences=differences
    )
    return replace(attempt, **changed)


LOST = a_difference(missing=950)
TWICE = a_difference(added=1_000, duplicates=1_000)
SAME = an_attempt()


def a_scenario(**changed: Any) -> Scenario:
    """Return a scenario: killed, and a second run completed the work."""
    killed = Scenario(
        kind="kill",
        fault="kill",
        at="committed",
        number=6,
        of=20,
        run=an_attempt(LOST, ending="killed"),
        rows_done=312,
        objects_written=300,
        partial=False,
        place=COMMIT,
        rerun=SAME,
    )
    return replace(killed, **changed)


def a_failure(**changed: Any) -> Scenario:
    """Return a scenario with a failed commit, after which the task ended."""
    raised = an_attempt(
        LOST,
        ending="raised",
        error="sqlalchemy.exc.OperationalError: could not commit",
        error_location=COMMIT,
    )
    failed = {"kind": "database", "fault": "commit", "at": "commit", "number": 7}
    return a_scenario(**{**failed, "run": raised, **changed})


def a_bad_row(**changed: Any) -> Scenario:
    """Return a scenario with a bad row, which was left out and logged."""
    notice = Notice(
        level="ERROR",
        message="Contract K-0000711 is left out",
        has_details=True,
        names_row=True,
        location=HANDLER,
    )
    bad = Scenario(
        kind="bad row",
        fault="missing",
        source="contracts",
        at="row",
        number=711,
        of=2_000,
        run=SAME,
        rows_done=2_000,
        objects_written=999,
        notice=notice,
    )
    return replace(bad, **changed)


def a_request(**changed: Any) -> Scenario:
    """Return a scenario in which an API did not answer, and the task tried again."""
    request = Scenario(
        kind="source",
        fault="timeout",
        source="contracts",
        at="request",
        number=4,
        of=10,
        run=SAME,
        objects_written=1_000,
        rows_done=2_000,
    )
    return replace(request, **changed)


def the_rerun(*differences: LimetypeDifference, **changed: Any) -> Scenario:
    return Scenario(
        kind="rerun",
        fault="rerun",
        run=an_attempt(*differences, **changed),
        rows_done=2_000,
        objects_written=sum(each.added for each in differences),
    )


def a_resilience(*scenarios: Scenario, **changed: Any) -> Resilience:
    resilience = Resilience(
        seed=2026,
        within_seconds=600.0,
        seconds=48.2,
        varying={},
        unrepeatable=(),
        created=1_000,
        updated=0,
        deleted=0,
        scenarios=scenarios,
        not_run=(),
    )
    return replace(resilience, **changed)


def resilience() -> Record:
    """Return a task that creates everything twice, and hides a failed commit."""
    record = base("configs/import-contracts-naive.yaml")
    [run] = record.runs
    task = replace(record.task, name="import_contracts", file=NAIVE)
    creates = Location(file=NAIVE, line=26, function="import_contracts")
    insert = Statement(text=INSERT, calls=20, seconds=0.1, rows=1_000, location=creates)
    run = replace(run, statements=(insert,), commit_location=COMMIT)
    found = a_resilience(
        the_rerun(TWICE),
        a_scenario(),
        a_scenario(at="row", number=1_404, of=2_000, rerun=an_attempt(TWICE)),
        a_failure(
            run=an_attempt(LOST), notice=None, handler=HANDLER, rerun=an_attempt(TWICE)
        ),
        a_failure(fault="lock", at="write", number=11),
        a_bad_row(),
        a_bad_row(
            fault="wrong_type",
            run=an_attempt(
                a_difference(missing=400, properties={"value": 2}),
                a_difference("company", added=3, duplicates=1),
                ending="raised",
                error="ValueError: could not convert string to float",
                error_location=COMMIT,
            ),
        ),
        a_bad_row(fault="too_long", stored=True, notice=None),
        a_request(),
        varying={"contract": ("importedat",)},
        not_run=(
            ScenarioNotRun(name="row twice", why="the time is over", is_cut=True),
        ),
    )
    return replace(
        record,
        command="resilience",
        task=task,
        verdict=Verdict.FAILED,
        exit_code=1,
        runs=(run, run),
        checks=(),
        findings=resilience_findings(task, found, run, ()),
        resilience=found,
    )
