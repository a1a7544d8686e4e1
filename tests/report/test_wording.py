"""The sentences are plain, and no value contradicts its verdict."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limerun.judge.budget_checks import checks_of
from limerun.judge.record_comparison import compare
from limerun.records import Finding, Record, StoppedEarly, TaskTimeLimits, Verdict
from limerun.report.content.check_text import difference, failure_text
from limerun.report.content.facts import facts_of
from limerun.report.content.finding_text import finding_paragraph, guide_section
from limerun.report.content.headlines import headline, verdict_sentence
from limerun.report.content.sentences import figure
from tests.builders import a_budget, a_check, a_finding, with_times
from tests.report.make_records import RECORDS


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (0.036, "0.036"),
        (0.0005, "0.0005"),
        (1 / 24_000, "0.0000417"),
        (1.6e-5, "0.0000160"),
        (1e-300, "1e-300"),
    ],
)
def test_a_small_value_is_easy_to_read(value: float, text: str) -> None:
    assert figure(value, "queries/row") == text


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("passed", "PASSED  import_contracts stays within every budget"),
        (
            "failed",
            "FAILED  import_contracts uses 268.4 MB of memory: 68.4 MB over its "
            "budget of 200.0 MB; also over budget: handler's total and queries per row",
        ),
        ("raised", "RAISED  import_contracts raised KeyError: 'number' after 12.1 s"),
        (
            "crashed",
            "CRASHED  import_contracts crashed with SIGSEGV after 12.1 s",
        ),
        (
            "killed",
            "KILLED  import_contracts was killed after 66.3 s: with the idle "
            "handler's 200.0 MB, it exceeded the cloud's limit of 400.0 MB",
        ),
        (
            "timeout",
            "OUT OF TIME  import_contracts did not finish in time and was stopped after "
            "60.0 s (timeout: 60.0 s)",
        ),
        (
            "interrupted",
            "INTERRUPTED  import_contracts was interrupted after 12.1 s; its figures "
            "end there",
        ),
        (
            "inconclusive",
            "INCONCLUSIVE  summarize_orders cannot be judged on queries per row: not "
            "measured",
        ),
        (
            "stopped",
            "STOPPED EARLY  import_contracts was stopped after 5.9 min: after 14,200 of "
            "120,000 rows, it was certain to take at least 25.1 min, over its budget of "
            "10.0 min",
        ),
        ("run", "RAN  import_contracts returned after 120 ms; no budget was checked"),
        (
            "profile",
            "PROFILED, 1 warning  import_contracts returned after 94.6 s; no budget was checked",
        ),
    ],
)
def test_a_verdict_is_described_in_plain_words(name: str, sentence: str) -> None:
    assert verdict_sentence(RECORDS[name]()) == sentence


def ended(**changes: Any) -> Record:
    record = RECORDS["killed"]()
    return replace(record, runs=(replace(record.runs[0], **changes),))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ending": "exited", "exit_status": 3}, "exited with status 3"),
        ({"ending": "crashed", "signal": None}, "crashed after"),
        ({"killed_because": "host_memory"}, "before this machine ran out of memory"),
        ({"killed_because": "out_of_memory"}, "the system was out of memory"),
        ({"killed_because": "timeout"}, "did not finish in time and was killed"),
        ({"ending": "raised", "error": None}, "raised an error"),
        ({"duration_seconds": None}, "after an unknown time"),
    ],
)
def test_every_ending_has_a_text(changes: dict[str, Any], says: str) -> None:
    assert says in verdict_sentence(ended(**changes))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("memory.handler", "makes its handler use 300.0 MB of memory"),
        ("memory.odd", "takes 300.0 MB (memory.odd)"),
    ],
)
def test_every_exceeded_budget_has_a_text(name: str, says: str) -> None:
    record = RECORDS["failed"]()
    check = replace(a_check(300e6, 200e6), name=name)
    assert says in verdict_sentence(replace(record, checks=(check,)))


def test_a_verdict_without_a_matching_check_has_a_sentence() -> None:
    failed = replace(RECORDS["failed"](), checks=(), findings=())
    assert "exceeds a budget" in verdict_sentence(failed)
    finding = replace(
        RECORDS["failed"]().findings[0], rule="log.sensitive", level="error"
    )
    by_finding = verdict_sentence(replace(failed, findings=(finding,)))
    assert "has a finding at level error: log.sensitive" in by_finding
    strange = replace(RECORDS["passed"](), verdict=Verdict.KILLED)
    assert verdict_sentence(strange).startswith("KILLED")


@pytest.mark.parametrize(
    ("actual", "limit", "unit", "text"),
    [
        (268.4e6, 200e6, "bytes", "68.4 MB over"),
        (200e6, 200e6, "bytes", "at its limit"),
        (200e6 + 1, 200e6, "bytes", "1 byte over"),
        (200e6 - 40_000, 200e6, "bytes", "40,000 bytes left"),
        (59.9999, 60.0, "seconds", "under 1 ms left"),
        (61.0, 60.0, "seconds", "1.0 s over"),
        (1.0, 0.1, "queries/row", "0.9 over"),
        (None, 0.1, "queries/row", "not measured"),
    ],
)
def test_a_difference_is_described_in_words(
    actual: float | None, limit: float, unit: str, text: str
) -> None:
    assert difference(a_check(actual, limit, unit)) == text


@given(
    st.integers(0, 10**12),
    st.integers(0, 10**12),
    st.sampled_from(["bytes", "seconds"]),
)
def test_the_difference_never_contradicts_the_verdict(
    actual: int, limit: int, unit: str
) -> None:
    text = difference(a_check(actual, limit, unit))
    assert text.endswith("over") == (actual > limit)
    assert not text.startswith(("0 ", "0.0 "))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (1.00427, "1.00"),
        (0.0200167, "0.0200"),
        (1234.5, "1,234.5"),
        (2, "2"),
    ],
)
def test_queries_per_row_have_three_significant_digits(value: float, text: str) -> None:
    assert figure(value, "queries/row") == text


def test_the_reason_why_a_check_did_not_pass_is_given() -> None:
    over = "task memory is 300.0 MB, the budget is 200.0 MB: 100.0 MB over"
    assert failure_text(a_check(300e6, 200e6)) == over
    assert failure_text(a_check(None, 200e6)) == "task memory: ?"
    unjudged = replace(a_check(100e6, 200e6), passed=None)
    assert failure_text(unjudged).endswith("the budget is 200.0 MB; ?")


def test_a_finding_is_written_as_one_paragraph() -> None:
    finding = RECORDS["failed"]().findings[1]
    assert finding_paragraph(finding, "").startswith(
        "Too many Lime objects are kept in memory "
        "(fixtures/tasks/import_contracts_naive.py:26). 120,000 Lime objects"
    )
    assert finding_paragraph(replace(finding, location=None), "").startswith(
        "Too many Lime objects are kept in memory. 120,000"
    )


def test_the_guide_is_cited_with_its_section() -> None:
    finding: Finding = RECORDS["failed"]().findings[0]
    assert guide_section(finding) == "guide, section 2"
    assert guide_section(replace(finding, guide="Appendix")) == "guide: Appendix"
    assert guide_section(replace(finding, guide="")) == ""


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"not_run": "returned a coroutine, whose body has not run"},
            "INCONCLUSIVE  import_contracts returned a coroutine, whose body has not "
            "run, so its work was not measured",
        ),
        (
            {"ending": "killed", "killed_because": "watcher_lost"},
            "INCONCLUSIVE  import_contracts was not measured to the end: limerun's "
            "watcher was stopped or killed after 3.0 s",
        ),
        (
            {"ending": "killed", "killed_because": "stuck"},
            "INCONCLUSIVE  import_contracts returned after 3.0 s, but its process then "
            "stopped responding",
        ),
    ],
)
def test_a_value_that_could_not_be_measured_has_a_reason(
    changes: dict[str, Any], sentence: str
) -> None:
    record = RECORDS["passed"]()
    run = replace(record.runs[0], duration_seconds=3.0, **changes)
    inconclusive = replace(record, runs=(run,), verdict=Verdict.INCONCLUSIVE)
    assert verdict_sentence(inconclusive) == sentence
    assert headline(inconclusive).tone == "unsure"


WARNING = a_finding("memory.batches", "warning")


@pytest.mark.parametrize(
    ("findings", "levels", "word"),
    [
        ((), (), "PASSED"),
        ((WARNING,), (), "PASSED, 1 warning"),
        ((WARNING, WARNING), (), "PASSED, 2 warnings"),
        ((replace(WARNING, level="note"),), (), "PASSED"),
        ((WARNING,), ("warning",), "PASSED, 2 warnings"),
        ((replace(WARNING, rule="memory.task"),), ("warning",), "PASSED, 1 warning"),
    ],
)
def test_a_headline_has_the_number_of_warnings(
    findings: tuple[Finding, ...], levels: tuple[Any, ...], word: str
) -> None:
    checks = tuple(replace(a_check(201, 200), level=each) for each in levels)
    record = replace(RECORDS["passed"](), findings=findings, checks=checks)
    line = headline(record)
    assert line.word == word
    assert verdict_sentence(record).startswith(f"{word}  ")
    assert (line.tone == "good") == (word == "PASSED")


def test_a_value_just_over_its_budget_is_not_rounded_down_to_the_budget() -> None:
    check = a_check(200_000_400, 200_000_000)
    text = failure_text(check)
    assert "is 200.0004 MB, the budget is 200.0000 MB: 400 bytes over" in text


@pytest.mark.parametrize("count", [2, 3, 4])
def test_with_repeat_the_duration_that_is_judged_is_shown(count: int) -> None:
    record = RECORDS["passed"]()
    [run, *_] = record.runs
    runs = tuple(
        with_times(
            replace(
                run,
                duration_seconds=1.0 + at,
                memory=replace(run.memory, task_bytes=9 - at),
            )
        )
        for at in range(count)
    )
    budget = a_budget(memory=10, idle=10, duration=9)
    [check] = [
        each for each in checks_of(budget, runs) if each.name == "duration.budget"
    ]
    facts = dict(facts_of(replace(record, runs=runs), ""))
    assert facts["time"].startswith(figure(check.actual, "seconds"))


def test_a_hard_time_limit_is_reported_as_the_cause() -> None:
    limits = TaskTimeLimits(hard_seconds=60.0, reached="hard")
    record = ended(ending="timeout", killed_because="time_limit", time_limits=limits)
    assert "reached its hard time limit of 60.0 s" in verdict_sentence(record)
    check = replace(
        a_check(61.0, 60.0, "seconds", name="limits.task"), why="reached the limit"
    )
    failed = replace(RECORDS["failed"](), checks=(check,), findings=())
    assert "reached the limit of 60.0 s" in verdict_sentence(failed)


def test_an_interrupted_command_is_reported_even_if_its_last_run_returned() -> None:
    record = replace(RECORDS["passed"](), exit_code=130)
    assert "limerun was interrupted before it finished" in verdict_sentence(record)
    empty = replace(record, runs=())
    assert verdict_sentence(empty).startswith("INTERRUPTED")


@pytest.mark.parametrize(
    ("verdict", "word", "says"),
    [
        ("passed", "PASSED", "and has no regression"),
        ("inconclusive", "INCONCLUSIVE", "cannot be compared with the baseline"),
    ],
)
def test_the_headline_of_a_pass_includes_the_comparison_with_the_baseline(
    verdict: Any, word: str, says: str
) -> None:
    base = RECORDS["passed"]()
    comparison = replace(compare(base, base), verdict=verdict)
    line = headline(replace(base, comparison=comparison))
    assert line.word == word
    assert says in line.sentence


def test_memory_over_budget_that_stopped_a_run_is_shown_with_the_budget() -> None:
    stop = StoppedEarly(
        check="memory.task", at_least=250e6, limit=200e6, rows_done=10, rows_total=None
    )
    text = verdict_sentence(ended(killed_because="stopped_early", stopped_early=stop))
    assert "it used 250.0 MB of memory, over its budget of 200.0 MB" in text
