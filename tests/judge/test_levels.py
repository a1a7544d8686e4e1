"""A budget at level warning is reported but does not fail; off skips the check."""

from dataclasses import replace

import pytest

from limerun.judge.budget_checks import apply_budget_levels, checks_of
from limerun.judge.verdict import verdict_of
from limerun.records import Budget, BudgetLevel, Check, Record, Verdict
from limerun.report.content.headlines import headline
from limerun.report.formats import github_report as github
from limerun.report.formats import junit_report as junit
from limerun.report.formats import markdown_report as markdown
from tests.builders import BUDGET, MB, a_finding, a_run
from tests.report.make_records import RECORDS

OVER = a_run(300 * MB)


def at_level(level: BudgetLevel) -> Budget:
    return replace(BUDGET, levels={"memory": level}, duration_seconds=3600)


@pytest.mark.parametrize(
    ("level", "names", "verdict"),
    [
        (
            "error",
            ["memory.task", "memory.handler", "duration.budget"],
            Verdict.FAILED,
        ),
        (
            "warning",
            ["memory.task", "memory.handler", "duration.budget"],
            Verdict.PASSED,
        ),
        ("off", ["duration.budget"], Verdict.PASSED),
    ],
)
def test_the_level_determines_the_effect_of_an_exceeded_budget(
    level: BudgetLevel, names: list[str], verdict: Verdict
) -> None:
    checks = checks_of(at_level(level), [OVER])
    assert [check.name for check in checks] == names
    assert verdict_of([OVER], checks) is verdict


def test_a_warning_budget_can_be_exceeded() -> None:
    checks = checks_of(at_level("warning"), [OVER])
    assert [check.passed for check in checks] == [False, False, True]
    assert [check.level for check in checks] == ["warning", "warning", "error"]


def test_there_is_nothing_to_judge_if_every_budget_is_off() -> None:
    budget = replace(BUDGET, levels={"memory": "off"})
    assert verdict_of([OVER], checks_of(budget, [OVER])) is Verdict.INCONCLUSIVE


def test_a_value_that_was_not_measured_does_not_fail_a_warning_budget() -> None:
    unknown = a_run(None)
    warns, fails = at_level("warning"), at_level("error")
    assert verdict_of([unknown], checks_of(warns, [unknown])) is Verdict.PASSED
    assert verdict_of([unknown], checks_of(fails, [unknown])) is Verdict.INCONCLUSIVE


def test_findings_of_a_warning_budget_are_warnings() -> None:
    checks = checks_of(at_level("warning"), [OVER])
    found = (
        a_finding("memory.task"),
        a_finding("duration.budget"),
        a_finding("effect.none"),
    )
    assert [each.level for each in apply_budget_levels(found, checks)] == [
        "warning",
        "error",
        "error",
    ]


def record_with_warnings() -> Record:
    record = RECORDS["failed"]()

    def as_warning(check: Check) -> Check:
        return replace(check, level="warning")

    checks = tuple(map(as_warning, record.checks))
    return replace(
        record,
        checks=checks,
        findings=apply_budget_levels(record.findings, checks),
        verdict=Verdict.PASSED,
        exit_code=0,
    )


def test_a_pass_with_warnings_is_shown_differently() -> None:
    line = headline(record_with_warnings())
    assert line.word.startswith("PASSED, ")
    assert line.tone == "unsure"
    assert "task memory (68.4 MB over)" in line.sentence
    assert "every budget" not in line.sentence


def test_warnings_do_not_fail_a_pipeline() -> None:
    text = junit.render(record_with_warnings())
    assert "<failure" not in text
    assert "<skipped" in text
    assert not any(
        line.startswith("::error")
        for line in github.annotations(record_with_warnings())
    )
    assert "❌" not in markdown.render(record_with_warnings())
