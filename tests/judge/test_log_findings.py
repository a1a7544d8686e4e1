"""What a task logs: its flow, its volume, credentials and personal values."""

from dataclasses import replace

import pytest

from limerun.judge.log_findings import (
    log_findings,
    proven_findings,
    sensitive_findings,
)
from limerun.judge.verdict import with_error_findings
from limerun.records import (
    Finding,
    Leak,
    Location,
    Run,
    RunLog,
    SwallowedExceptions,
    Verdict,
)
from tests.builders import TASK, a_log, a_run
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
    what="parameters.erp_password",
    column=None,
    place="stderr",
    logger=None,
    location=None,
    occurrences=1,
    values=1,
)


def test_a_personal_value_is_a_warning_that_names_its_place_and_not_its_value() -> None:
    [finding] = sensitive_findings([replace(a_run(), leaks=(EMAIL,))])
    assert (finding.rule, finding.level) == ("log.sensitive", "warning")
    assert finding.title == "Personal values are in the log: person.email"
    assert finding.detail == (
        "person[17].email and 1,499 more values: found 2,000 times, by the logger "
        "imports."
    )
    assert finding.location == LINE
    one = replace(EMAIL, occurrences=1, values=1)
    [finding] = sensitive_findings([replace(a_run(), leaks=(one,))])
    assert finding.detail == "person[17].email: found once, by the logger imports."
    [finding] = sensitive_findings(
        [replace(a_run(), leaks=(replace(EMAIL, values=2),))]
    )
    assert "and 1 more value: found" in finding.detail


def test_a_credential_is_an_error() -> None:
    [finding] = sensitive_findings([replace(a_run(), leaks=(SECRET,))])
    assert finding.level == "error"
    assert finding.title == "A secret of the config or environment is in stderr"
    assert finding.detail == "The value of parameters.erp_password was found once."
    other = replace(SECRET, what="environment variable ERP_TOKEN")
    assert len([*sensitive_findings([replace(a_run(), leaks=(SECRET, other))])]) == 2


def test_the_same_call_is_one_finding_for_all_runs() -> None:
    leaking = replace(a_run(), leaks=(EMAIL, SECRET))
    assert len([*sensitive_findings([leaking, leaking, a_run()])]) == 2


@pytest.mark.parametrize(
    ("name", "leak", "verdict"),
    [
        ("passed", SECRET, Verdict.FAILED),
        ("passed", EMAIL, Verdict.PASSED),
        ("killed", SECRET, Verdict.KILLED),
    ],
)
def test_a_logged_secret_fails_a_task_that_otherwise_passes(
    name: str, leak: Leak, verdict: Verdict
) -> None:
    findings = tuple(sensitive_findings([replace(a_run(), leaks=(leak,))]))
    record = replace(RECORDS[name](), findings=findings)
    assert with_error_findings(record).verdict is verdict


def logged(log: RunLog | None, run: Run | None = None) -> list[Finding]:
    return [*log_findings(TASK, [replace(run or a_run(), log=log)])]


@pytest.mark.parametrize(
    ("log", "title"),
    [
        (replace(a_log(), info_lines=0, before_rows=0, after_rows=0), "nothing"),
        (replace(a_log(), before_rows=0), "does not log its start"),
        (replace(a_log(), after_rows=0), "does not log its end"),
    ],
)
def test_a_task_must_log_its_start_and_its_end(log: RunLog, title: str) -> None:
    [finding] = logged(log)
    assert (finding.rule, finding.level) == ("log.flow", "warning")
    assert title in finding.title
    assert finding.location == Location(file=TASK.file or "", line=TASK.line or 0)


def test_the_flow_is_judged_only_if_the_work_was_done_and_seen() -> None:
    silent = replace(a_log(), info_lines=0, before_rows=0, after_rows=0)
    assert logged(a_log()) == []
    assert logged(None) == []
    assert logged(replace(silent, before_rows=None, after_rows=None)) == []
    assert logged(silent, replace(a_run(), ending="raised")) == []
    assert [*log_findings(TASK, [])] == []


def test_a_line_per_row_is_a_note_with_its_share_of_the_time() -> None:
    log = replace(a_log(1_000), seconds=4.2)
    [finding] = logged(log)
    assert (finding.rule, finding.level) == ("log.volume", "note")
    assert finding.detail == (
        "1,000 lines at level INFO and above for 1,000 rows. Logging took 14 % of the "
        "time."
    )
    assert finding.location == log.repeated[0].location
    [finding] = logged(
        replace(log, repeated=()), replace(a_run(), duration_seconds=None)
    )
    assert finding.detail.endswith("1,000 rows.")
    assert finding.location is None


def test_few_lines_or_few_rows_give_no_finding_about_volume() -> None:
    assert logged(a_log(500)) == []
    few = replace(a_run(), rows_processed=None, rows_high=10)
    assert logged(a_log(10), few) == []
    debug = replace(a_log(1_000), info_lines=2)
    assert logged(debug) == []


SWALLOWED = SwallowedExceptions(
    location=LINE, count=1_204, by_type={"ValueError": 1_203, "KeyError": 1}
)


def test_swallowed_exceptions_are_reported_once_with_their_number() -> None:
    counted = replace(a_run(), swallowed=(SWALLOWED,))
    [finding] = proven_findings([a_run(), counted, counted])
    assert (finding.rule, finding.level) == ("log.exceptions", "warning")
    assert finding.location == LINE
    assert finding.detail == (
        "The handler neither logs, counts, re-raises nor returns anything. It "
        "swallowed 1,204 exceptions: ValueError 1,203 times, KeyError once."
    )
    one = replace(SWALLOWED, count=1, by_type={"KeyError": 1})
    [finding] = proven_findings([replace(a_run(), swallowed=(one,))])
    assert finding.detail.endswith("swallowed 1 exception: KeyError.")


def test_a_run_that_swallowed_nothing_or_did_not_count_has_no_finding() -> None:
    nothing = replace(a_run(), swallowed=())
    assert not [*proven_findings([a_run(), nothing])]
