"""The sentences: plain words, and no figure that contradicts its verdict."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limerun.records import Check, Finding, Record, Verdict
from limerun.report.headlines import verdict_sentence
from limerun.report.wording import (
    difference,
    failure_text,
    figure,
    finding_text,
    guide_section,
)
from tests.report.make_records import RECORDS


def check_of(actual: float | None, limit: float, unit: Any = "bytes") -> Check:
    passed = None if actual is None else actual <= limit
    return Check(
        name="memory.task",
        limit=limit,
        actual=actual,
        unit=unit,
        passed=passed,
        why="?",
    )


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
def test_a_small_figure_is_written_as_people_read_it(value: float, text: str) -> None:
    assert figure(value, "queries/row") == text


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("passed", "PASSED  import_contracts stays within every budget"),
        (
            "failed",
            "FAILED  import_contracts takes 268.4 MB of memory: 68.4 MB over its "
            "budget of 200.0 MB; over budget too: handler's total and queries per row",
        ),
        ("raised", "RAISED  import_contracts raised KeyError: 'number' after 12.1 s"),
        (
            "crashed",
            "CRASHED  import_contracts brought its process down with SIGSEGV after "
            "12.1 s",
        ),
        (
            "killed",
            "KILLED  import_contracts was killed after 66.3 s: with the idle "
            "handler's 200.0 MB it went over the cloud's limit of 400.0 MB",
        ),
        (
            "timeout",
            "OUT OF TIME  import_contracts did not end in time and was stopped after "
            "60.0 s (timeout: 60.0 s)",
        ),
        (
            "interrupted",
            "INTERRUPTED  import_contracts was interrupted after 12.1 s; its figures "
            "go up to there",
        ),
        (
            "inconclusive",
            "INCONCLUSIVE  summarize_orders cannot be judged on queries per row: not "
            "measured",
        ),
        ("run", "RAN  import_contracts returned after 120 ms; no budget was judged"),
        (
            "profile",
            "PROFILED  import_contracts returned after 94.6 s; no budget was judged",
        ),
    ],
)
def test_the_verdict_in_plain_words(name: str, sentence: str) -> None:
    assert verdict_sentence(RECORDS[name]()) == sentence


def ended(**changes: Any) -> Record:
    record = RECORDS["killed"]()
    return replace(record, runs=(replace(record.runs[0], **changes),))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ending": "exited", "exit_status": 3}, "ended the process by itself with"),
        ({"ending": "crashed", "signal": None}, "brought its process down after"),
        ({"killed_because": "host_memory"}, "before this machine ran out of memory"),
        ({"killed_because": "out_of_memory"}, "the system was out of memory"),
        ({"killed_because": "timeout"}, "did not end in time and was killed"),
        ({"ending": "raised", "error": None}, "raised an error"),
        ({"duration_seconds": None}, "after an unknown time"),
    ],
)
def test_every_ending_has_its_words(changes: dict[str, Any], says: str) -> None:
    assert says in verdict_sentence(ended(**changes))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("memory.handler", "brings its handler to 300.0 MB of memory"),
        ("memory.odd", "takes 300.0 MB (memory.odd)"),
    ],
)
def test_every_exceeded_budget_has_its_words(name: str, says: str) -> None:
    record = RECORDS["failed"]()
    check = replace(check_of(300e6, 200e6), name=name)
    assert says in verdict_sentence(replace(record, checks=(check,)))


def test_a_verdict_without_its_check_is_still_told() -> None:
    failed = replace(RECORDS["failed"](), checks=())
    assert "exceeds a budget" in verdict_sentence(failed)
    strange = replace(RECORDS["passed"](), verdict=Verdict.KILLED)
    assert verdict_sentence(strange).startswith("KILLED")


@pytest.mark.parametrize(
    ("actual", "limit", "unit", "told"),
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
def test_the_difference_in_words(
    actual: float | None, limit: float, unit: str, told: str
) -> None:
    assert difference(check_of(actual, limit, unit)) == told


@given(
    st.integers(0, 10**12),
    st.integers(0, 10**12),
    st.sampled_from(["bytes", "seconds"]),
)
def test_the_difference_never_contradicts_the_verdict(
    actual: int, limit: int, unit: str
) -> None:
    told = difference(check_of(actual, limit, unit))
    assert told.endswith("over") == (actual > limit)
    assert not told.startswith(("0 ", "0.0 "))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.1, "0.1"),
        (1.00427, "1.00"),
        (0.0200167, "0.0200"),
        (1234.5, "1,234.5"),
        (2, "2"),
    ],
)
def test_queries_a_row_keep_three_digits(value: float, told: str) -> None:
    assert figure(value, "queries/row") == told


def test_why_a_check_did_not_pass() -> None:
    over = "task memory is 300.0 MB, the budget is 200.0 MB: 100.0 MB over"
    assert failure_text(check_of(300e6, 200e6)) == over
    assert failure_text(check_of(None, 200e6)) == "task memory: ?"
    unjudged = replace(check_of(100e6, 200e6), passed=None)
    assert failure_text(unjudged).endswith("the budget is 200.0 MB; ?")


def test_a_finding_as_one_paragraph() -> None:
    finding = RECORDS["failed"]().findings[1]
    assert finding_text(finding, "").startswith(
        "Lime objects are kept instead of let go "
        "(fixtures/tasks/import_contracts_naive.py:26). 120,000 Lime objects"
    )
    assert finding_text(replace(finding, location=None), "").startswith(
        "Lime objects are kept instead of let go. 120,000"
    )


def test_the_guide_is_named_by_its_section() -> None:
    finding: Finding = RECORDS["failed"]().findings[0]
    assert guide_section(finding) == "guide, section 2"
    assert guide_section(replace(finding, guide="Appendix")) == "guide: Appendix"
    assert guide_section(replace(finding, guide="")) == ""
