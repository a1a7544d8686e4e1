"""The headline, the facts and the table of disturbed runs."""

from dataclasses import replace
from typing import Any

import pytest

from limerun.records import ScenarioNotRun, Verdict
from limerun.report.content.facts import facts_of
from limerun.report.content.headlines import headline
from limerun.report.content.resilience_text import scenario_line, scenario_table
from limerun.report.formats import junit_report
from tests.report.made_resilience import (
    LOST,
    TWICE,
    a_bad_row,
    a_request,
    a_resilience,
    a_scenario,
    an_attempt,
    resilience,
)

CUT = ScenarioNotRun(name="row twice", why="the time is over", is_cut=True)


def sentence(verdict: Verdict, *scenarios: Any, **changed: Any) -> str:
    record = replace(
        resilience(),
        verdict=verdict,
        exit_code={Verdict.PASSED: 0, Verdict.INCONCLUSIVE: 6}[verdict],
        findings=(),
        resilience=a_resilience(*scenarios, **changed),
    )
    return headline(record).sentence.removeprefix("import_contracts ")


def test_the_headline_counts_the_scenarios() -> None:
    assert sentence(Verdict.PASSED, a_scenario()) == "survives 1 scenario"
    warned = replace(
        resilience(),
        verdict=Verdict.PASSED,
        exit_code=0,
        findings=resilience().findings[1:],
    )
    line = headline(warned)
    assert line.word == "PASSED, 3 warnings"
    assert line.sentence.endswith("has no finding at level error in 9 scenarios")


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        (
            {"unrepeatable": (LOST,)},
            "cannot be judged: two clean runs have different effects",
        ),
        (
            {"created": 0},
            "cannot be judged: a clean run changes nothing in the database",
        ),
        (
            {"not_run": (CUT, CUT)},
            "survives 1 scenario, but there was no time for 2 more",
        ),
    ],
)
def test_the_headline_says_why_nothing_can_be_judged(changed: Any, text: str) -> None:
    assert sentence(Verdict.INCONCLUSIVE, a_scenario(), **changed) == text


def test_an_interrupted_command_is_not_judged() -> None:
    record = replace(resilience(), verdict=None, exit_code=130, findings=())
    assert headline(record).word == "INTERRUPTED"


def test_what_varies_between_clean_runs_is_a_fact() -> None:
    found = a_resilience(unrepeatable=(TWICE,))
    record = replace(resilience(), resilience=found)
    facts = dict(facts_of(record, ""))
    assert facts["varies"] == "contract: 1,000 duplicates, between two clean runs"


@pytest.mark.parametrize(
    ("scenario", "text"),
    [
        (
            a_scenario(),
            "killed; left: contract: 950 lost; log: nothing; run again: same",
        ),
        (
            a_scenario(rerun=an_attempt(LOST, ending="timeout")),
            "killed; left: contract: 950 lost; log: nothing; run again: timeout; "
            "contract: 950 lost",
        ),
        (
            a_scenario(rerun=an_attempt(ending="raised", error="a.b.KeyError: 1")),
            "killed; left: contract: 950 lost; log: nothing; run again: raised KeyError",
        ),
        (a_bad_row(), "returned; left: all but the row; log: ERROR, details, row"),
        (
            a_bad_row(stored=True, notice=replace(a_bad_row().notice, names_row=False)),  # type: ignore[type-var]
            "returned; left: row stored; log: ERROR, details",
        ),
        (
            a_bad_row(
                fault="duplicate",
                notice=replace(a_bad_row().notice, has_details=False),  # type: ignore[type-var]
            ),
            "returned; left: same; log: ERROR, row",
        ),
        (
            a_bad_row(run=an_attempt(ending="exited"), notice=None),
            "exited; left: same; log: nothing",
        ),
        (a_request(rows_done=None), "returned; left: same; log: nothing"),
    ],
)
def test_a_scenario_is_one_line(scenario: Any, text: str) -> None:
    assert scenario_line(scenario) == text


def test_the_table_has_every_scenario() -> None:
    table = scenario_table(a_resilience(*[a_scenario()] * 40))
    assert (len(table.rows), table.whole) == (40, True)


def test_a_scenario_that_was_cut_is_skipped_in_junit() -> None:
    found = a_resilience(a_scenario(), not_run=(CUT,))
    record = replace(
        resilience(),
        verdict=Verdict.INCONCLUSIVE,
        exit_code=6,
        findings=(),
        resilience=found,
    )
    text = junit_report.render(record)
    assert 'message="the time is over"' in text
    assert 'name="verdict" time' not in text
    assert "killed after commit 6 of 20: killed; left: contract: 950 lost" in text
