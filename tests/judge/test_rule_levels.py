"""The config's levels and the comments in the code decide what a finding means."""

from dataclasses import replace

import pytest

from limerun.judge.rule_levels import (
    levelled,
    levelled_checks,
    unused_ignores,
    without_ignored,
)
from limerun.judge.verdict import with_error_findings
from limerun.records import Finding, Level, Location, Record, RuleLevel, Verdict
from tests.builders import a_check, a_finding
from tests.report.make_records import RECORDS

CODE = """\
rows = read()  # limerun: ignore[memory.growth]
# limerun: ignore[speed.queries, log.flow] only ten
# and another comment

query()
query()  # limerun: ignore[no.rule]
# limerun: ignore[log.flow]"""


def at(rule: str, line: int, level: Level = "warning") -> Finding:
    return replace(a_finding(rule, level), location=Location(file="a.py", line=line))


def lines_of(_: str) -> list[str]:
    return CODE.splitlines()


@pytest.mark.parametrize(
    ("rule", "level", "wanted", "becomes"),
    [
        ("log.flow", "warning", "error", "error"),
        ("log.flow", "warning", "note", "note"),
        ("log.flow", "note", "error", "note"),
        ("log.flow", "note", "note", "note"),
        ("log.sensitive", "warning", "error", "error"),
        ("log.sensitive", "warning", "note", "note"),
        ("memory.objects", "error", "warning", "warning"),
        ("not.known", "note", "error", "error"),
    ],
)
def test_a_level_applies_to_all_findings_except_uncertain_notes(
    rule: str, level: Level, wanted: RuleLevel, becomes: Level
) -> None:
    [found] = levelled([at(rule, 1, level)], {rule: wanted})
    assert found.level == becomes


def test_rules_that_are_off_are_left_out_and_errors_come_first() -> None:
    findings = [at("log.flow", 1), at("docs.types", 2, "note"), at("memory.leak", 3)]
    levels: dict[str, RuleLevel] = {"log.flow": "off", "memory.leak": "error"}
    rules = [each.rule for each in levelled(findings, levels)]
    assert rules == ["memory.leak", "docs.types"]


def test_the_level_of_a_rule_is_that_of_its_check() -> None:
    check = a_check(3.0, 2.0)
    assert levelled_checks([check], {}) == (check,)
    assert levelled_checks([check], {check.name: "off"}) == ()
    [warning] = levelled_checks([check], {check.name: "note"})
    assert warning.level == "warning"
    [error] = levelled_checks([warning], {check.name: "error"})
    assert error.level == "error"


def test_a_comment_silences_its_line_or_the_next_line_of_code() -> None:
    kept = [at("log.flow", 1), at("memory.growth", 5), a_finding("log.flow")]
    silenced = [at("memory.growth", 1), at("speed.queries", 5), at("log.flow", 5)]
    assert without_ignored([*kept, *silenced], lines_of) == tuple(kept)


def test_a_comment_that_silences_nothing_is_a_note() -> None:
    found = [at("speed.queries", 5)]
    checked = frozenset({"speed.queries", "log.flow"})
    notes = list(unused_ignores(found, ["a.py"], lines_of, checked, lambda *_: True))
    shown = [(each.rule, each.location and each.location.line) for each in notes]
    assert shown == [("log.flow", 2), ("no.rule", 6), ("log.flow", 7)]
    assert {each.level for each in notes} == {"note"}
    assert "There is no rule 'no.rule'." in notes[1].detail


def test_a_comment_in_code_that_was_not_read_is_not_judged() -> None:
    def is_first_line(_: str, line: int) -> bool:
        return line == 1

    rules = frozenset({"memory.growth", "log.flow"})
    [note] = unused_ignores([], ["a.py"], lines_of, rules, is_first_line)
    assert note.location == Location(file="a.py", line=1)


@pytest.mark.parametrize("comment", ["# limerun: ignore", "# limerun: ignore []"])
def test_a_comment_without_a_rule_silences_nothing_and_is_a_note(comment: str) -> None:
    def lines(_: str) -> list[str]:
        return [f"query()  {comment}"]

    found = at("speed.queries", 1)
    assert without_ignored([found], lines) == (found,)
    [note] = unused_ignores([found], ["a.py"], lines, frozenset(), lambda *_: True)
    assert note.detail == "It names no rule."


def test_a_space_before_the_bracket_does_not_matter() -> None:
    def lines(_: str) -> list[str]:
        return ["query()  # limerun: ignore [speed.queries]"]

    assert without_ignored([at("speed.queries", 1)], lines) == ()


@pytest.mark.parametrize(
    ("name", "verdict", "code"),
    [
        ("passed", Verdict.FAILED, 1),
        ("run", Verdict.FAILED, 1),
        ("inconclusive", Verdict.FAILED, 1),
        ("killed", Verdict.KILLED, 4),
        ("interrupted", None, 130),
    ],
)
def test_a_finding_at_level_error_fails_a_run_that_returned(
    name: str, verdict: Verdict | None, code: int
) -> None:
    record: Record = RECORDS[name]()
    judged = with_error_findings(
        replace(record, findings=(at("log.flow", 1, "error"),))
    )
    assert judged.exit_code == code
    assert judged.verdict is (verdict or record.verdict)


def test_a_warning_changes_neither_verdict_nor_exit_code() -> None:
    record = replace(RECORDS["passed"](), findings=(at("log.flow", 1),))
    assert with_error_findings(record) == record
