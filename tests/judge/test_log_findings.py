"""Credentials in a log are errors, personal values are warnings."""

from dataclasses import replace

import pytest

from limerun.judge.log_findings import log_findings
from limerun.judge.verdict import with_error_findings
from limerun.records import Leak, Location, Verdict
from tests.builders import a_run
from tests.report.make_records import RECORDS

LINE = Location(file="t.py", line=9, function="run")
EMAIL = Leak(
    kind="personal",
    what="person[17].email",
    column="person.email",
    place="log",
    logger="imports",
    location=LINE,
    occurrences=2_000,
    values=1_500,
)
SECRET = Leak(
    kind="credential",
    what="a secret of the config or environment",
    column=None,
    place="stderr",
    logger=None,
    location=None,
    occurrences=1,
    values=1,
)


def test_a_personal_value_is_a_warning_that_names_its_place_and_not_its_value() -> None:
    [finding] = log_findings([replace(a_run(), leaks=(EMAIL,))])
    assert (finding.rule, finding.level) == ("log.sensitive", "warning")
    assert finding.title == "Personal values are in the log: person.email"
    assert finding.detail == (
        "person[17].email and 1,499 more values: found 2,000 times, by the logger "
        "imports."
    )
    assert finding.location == LINE
    one = replace(EMAIL, occurrences=1, values=1)
    [finding] = log_findings([replace(a_run(), leaks=(one,))])
    assert finding.detail == "person[17].email: found once, by the logger imports."
    [finding] = log_findings([replace(a_run(), leaks=(replace(EMAIL, values=2),))])
    assert "and 1 more value: found" in finding.detail


def test_a_credential_is_an_error() -> None:
    [finding] = log_findings([replace(a_run(), leaks=(SECRET,))])
    assert finding.level == "error"
    assert finding.title == "A secret of the config or environment is in stderr"
    assert finding.detail == "Found once."


def test_the_same_call_is_one_finding_for_all_runs() -> None:
    leaking = replace(a_run(), leaks=(EMAIL, SECRET))
    assert len([*log_findings([leaking, leaking, a_run()])]) == 2


@pytest.mark.parametrize(
    ("name", "leak", "verdict"),
    [
        ("passed", SECRET, Verdict.FAILED),
        ("passed", EMAIL, Verdict.PASSED),
        ("killed", SECRET, Verdict.KILLED),
    ],
)
def test_a_logged_secret_fails_a_task_that_nothing_else_fails(
    name: str, leak: Leak, verdict: Verdict
) -> None:
    findings = tuple(log_findings([replace(a_run(), leaks=(leak,))]))
    record = replace(RECORDS[name](), findings=findings)
    assert with_error_findings(record).verdict is verdict
