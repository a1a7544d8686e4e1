"""What reports say about changes that limerun improve made and proved."""

from dataclasses import replace

import pytest

from limerun.records import (
    AppliedChange,
    ImprovedFigures,
    Improvement,
    Location,
    Record,
    RejectedChange,
    Verdict,
)
from limerun.report.content.facts import facts_of
from limerun.report.content.headlines import headline, verdict_sentence
from limerun.report.content.improvement_text import (
    improvement_facts,
    improvement_tables,
)
from limerun.report.formats import junit_report, markdown_report
from limerun.report.webpage import page
from tests.report.make_records import RECORDS
from tests.report.test_terminal import shown

PLACE = Location(file="/shop/tasks.py", line=9)
BEFORE = ImprovedFigures(
    done=True, memory_bytes=80_000_000, seconds=9.0, queries=6_000, commits=1
)
AFTER = replace(BEFORE, memory_bytes=4_000_000, seconds=1.5, queries=120, commits=120)
CHANGE = AppliedChange(
    what="commit in batches of 50", location=PLACE, gains=("memory",), figures=AFTER
)
REJECTED = RejectedChange(
    what="search a set instead of a list",
    location=replace(PLACE, line=0),
    why="another result: 3 instead of 4",
)
IMPROVED = Improvement(
    before=BEFORE,
    applied=(CHANGE,),
    rejected=(REJECTED,),
    tests=("130 rows", "330 rows, 20% repeated"),
    patch="--- a/tasks.py\n+++ b/tasks.py\n",
    patch_folder="/shop",
)


def record(improvement: Improvement, verdict: Verdict = Verdict.PASSED) -> Record:
    name = "failed" if verdict is Verdict.FAILED else "passed"
    made = replace(RECORDS[name](), verdict=verdict)
    return replace(made, command="improve", improvement=improvement)


@pytest.mark.parametrize(
    ("shown", "says"),
    [
        (
            record(IMPROVED),
            "IMPROVED  import_contracts is better with 1 change: memory 80.0 MB to 4.0 "
            "MB, duration 9.0 s to 1.5 s, queries 6,000 to 120; with the patch, it "
            "stays within every budget",
        ),
        (
            record(replace(IMPROVED, applied=(CHANGE, CHANGE)), Verdict.FAILED),
            "IMPROVED  import_contracts is better with 2 changes: memory 80.0 MB to 4.0 "
            "MB, duration 9.0 s to 1.5 s, queries 6,000 to 120; with the patch, it "
            "still ",
        ),
        (
            record(
                replace(IMPROVED, before=replace(BEFORE, done=False)),
                Verdict.INCONCLUSIVE,
            ),
            "IMPROVED  import_contracts finishes with 1 change",
        ),
        (
            record(replace(IMPROVED, applied=(), patch="")),
            "NOT IMPROVED  import_contracts has no patch: no change is proven and "
            "improves a figure",
        ),
        (
            record(replace(IMPROVED, applied=(), rejected=(), patch="")),
            "NOT IMPROVED  import_contracts has no patch: no fix fits the code",
        ),
        (
            record(replace(IMPROVED, applied=(), patch="", why="it writes a file")),
            "NOT IMPROVED  import_contracts has no patch: it writes a file",
        ),
    ],
)
def test_the_headline_says_what_the_patch_improves(shown: Record, says: str) -> None:
    assert verdict_sentence(shown).startswith(says)


def test_an_interrupted_search_is_no_result() -> None:
    made = replace(record(IMPROVED), exit_code=130)
    assert verdict_sentence(made).startswith("INTERRUPTED")


def test_only_a_patch_that_meets_every_budget_is_good() -> None:
    assert headline(record(IMPROVED)).tone == "good"
    assert headline(record(IMPROVED, Verdict.FAILED)).tone == "unsure"


def test_the_tables_have_the_figures_after_each_change() -> None:
    applied, rejected = improvement_tables(record(IMPROVED), "/shop")
    assert applied.rows == (
        ("before", "80.0 MB", "9.0 s", "6,000", "1"),
        ("commit in batches of 50 (tasks.py:9)", "4.0 MB", "1.5 s", "120", "120"),
    )
    assert rejected.rows == (
        ("search a set instead of a list (tasks.py)", "another result: 3 instead of 4"),
    )


def test_figures_that_are_unknown_are_not_shown_as_numbers() -> None:
    before = replace(BEFORE, done=False)
    unmeasured = replace(CHANGE, figures=replace(AFTER, queries=None))
    made = replace(IMPROVED, before=before, applied=(unmeasured,), rejected=())
    [table] = improvement_tables(record(made), "/shop")
    assert table.rows[0][1:] == ("not finished", "", "", "")
    assert table.rows[1][3] == "not measured"


def test_without_changes_only_the_rejected_ones_are_a_table() -> None:
    made = record(replace(IMPROVED, applied=(), patch="", patch_folder=None, tests=()))
    [table] = improvement_tables(made, "/shop")
    assert table.id == "rejected"
    assert not {"proven", "apply"} & {label for label, _ in facts_of(made, "/shop")}
    plain = RECORDS["passed"]()
    assert improvement_tables(plain, "/shop") == ()
    assert improvement_facts(plain) == []


def test_every_format_has_the_changes() -> None:
    made = record(IMPROVED)
    facts = dict(facts_of(made, "/shop"))
    assert facts["proven"].endswith("on 130 rows; 330 rows, 20% repeated")
    assert facts["apply"] == "git apply in /shop"
    for text in (
        shown(made),
        markdown_report.render(made, "/shop"),
        page.render(made, "/shop"),
    ):
        assert "commit in batches of 50" in " ".join(text.split())
        assert "6,000" in text
    assert "+++ b/tasks.py" in markdown_report.render(made, "/shop")
    assert 'name="improvement" value="import_contracts is better with 1' in (
        junit_report.render(made, "/shop")
    )
