"""A comparison on the screen, as Markdown, as JSON and as a page."""

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from rich.cells import cell_len
from rich.console import Console

from limerun.judge.record_comparison import compare
from limerun.records import (
    Comparison,
    EffectComparison,
    LimetypeDifference,
    Record,
)
from limerun.records.store import from_json, to_json
from limerun.report.content import comparison_text
from limerun.report.content.comparison_text import comparison_headline
from limerun.report.content.headlines import headline
from limerun.report.formats import junit_report as junit
from limerun.report.formats import markdown_comparison
from limerun.report.formats import markdown_report as markdown
from limerun.report.terminal.comparison_view import render_comparison
from limerun.report.webpage import page
from tests.report.any_records import NASTY, strategy_of, texts
from tests.report.expected import assert_as_expected
from tests.report.make_records import RECORDS

comparisons = strategy_of(Comparison, texts)


def better() -> Comparison:
    return compare(RECORDS["failed"](), RECORDS["passed"](), anyway=True)


def worse() -> Comparison:
    return compare(RECORDS["passed"](), RECORDS["failed"](), anyway=True)


def unlike() -> Comparison:
    return compare(RECORDS["failed"](), RECORDS["passed"]())


def screen(comparison: Comparison, width: int = 80) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=width, no_color=True, color_system=None)
    render_comparison(comparison, console)
    return stream.getvalue()


@pytest.mark.parametrize("make", [worse, unlike])
def test_a_comparison_is_rendered_as_expected(make: object) -> None:
    assert callable(make)
    comparison = make()
    name = f"comparison-{make.__name__}"  # type: ignore[attr-defined]  # a function
    assert_as_expected(f"{name}.txt", screen(comparison))
    assert_as_expected(f"{name}.md", markdown_comparison.render(comparison))


def test_a_comparison_is_saved_as_expected() -> None:
    assert_as_expected("comparison-worse.json", to_json(worse()))


def test_a_better_comparison_lists_the_lower_values() -> None:
    line = comparison_headline(better())
    assert line.word == "NO REGRESSION"
    assert "; lower: " in line.sentence
    assert "task memory" in line.sentence


def test_a_changed_ending_is_reported_with_its_reason() -> None:
    killed, passed = RECORDS["killed"](), RECORDS["passed"]()
    mended = compare(killed, passed, anyway=True)
    assert "the task now runs to completion; lower: " in headline_of(mended)
    assert "lower: runs" not in headline_of(mended)
    still = compare(killed, killed)
    assert headline_of(still).endswith(
        "import_contracts: neither ran to completion, so the figures are partial"
    )


def test_a_task_that_no_longer_completes_is_reported_with_its_reason() -> None:
    line = comparison_headline(
        compare(RECORDS["passed"](), RECORDS["killed"](), anyway=True)
    )
    assert line.word == "REGRESSION"
    assert line.sentence.startswith("import_contracts: ")
    assert "%" not in line.sentence.partition(" and ")[0]


def headline_of(comparison: Comparison) -> str:
    return comparison_headline(comparison).sentence


def test_the_reasons_do_not_repeat_the_table() -> None:
    [run] = RECORDS["passed"]().runs
    record = replace(RECORDS["passed"](), runs=(replace(run, queries=None),))
    for text in (
        screen(compare(record, record)),
        markdown_comparison.render(compare(record, record)),
    ):
        assert text.count("not measured") == 4  # both sides of queries and commits


def test_a_reason_contains_the_full_name_of_the_value() -> None:
    assert "\n  task memory  more than 5 % above the baseline" in screen(worse())


@settings(max_examples=20, suppress_health_check=list(HealthCheck), deadline=None)
@given(comparisons)
def test_any_comparison_can_be_rendered(comparison: Comparison) -> None:
    for line in screen(comparison).splitlines():
        assert cell_len(line) <= 80
    assert len(markdown_comparison.render(comparison).encode()) < 60 * 1024
    page.render_comparison(comparison).encode()
    assert json.loads(to_json(comparison))["schema"] == comparison.schema


def test_markup_on_the_page_is_shown_as_text() -> None:
    for nasty in NASTY:
        text = page.render_comparison(replace(better(), task=nasty, unlike=(nasty,)))
        assert "<b>&amp;</b>" not in text


# --- effects -----------------------------------------------------------------------

ANOTHER = EffectComparison(
    trend="different",
    why="another effect",
    judged=True,
    differences=(
        LimetypeDifference(
            limetype="deal",
            missing=1,
            added=2,
            properties={"value": 1_234, "stage": 1},
            exact=False,
        ),
        LimetypeDifference(
            limetype="history",
            missing=0,
            added=0,
            properties={"note": 1_234},
            exact=True,
        ),
    ),
)


def with_effect(effect: EffectComparison, verdict: str = "failed") -> Comparison:
    record = RECORDS["passed"]()
    comparison = compare(record, record)
    return replace(comparison, effect=effect, verdict=verdict)  # type: ignore[arg-type] # a Literal


def test_another_effect_is_shown_in_every_format() -> None:
    lines = (
        "deal: value differs in about 1,200 rows, stage differs in about 1 row, "
        "1 row fewer, 2 rows more",
        "history: note differs in 1,234 rows",
    )
    comparison = with_effect(ANOTHER)
    notes = dict.fromkeys(line for _, line in comparison_text.notes(comparison))
    assert set(lines) < set(notes)
    assert all(line in markdown_comparison.render(comparison) for line in lines)
    assert all(line in page.render_comparison(comparison) for line in lines)
    assert lines[1] in screen(comparison)


def test_another_effect_is_in_the_headline_if_it_is_judged() -> None:
    line = comparison_headline(with_effect(ANOTHER))
    assert line.word == "REGRESSION"
    assert line.sentence.startswith("import_contracts: another effect; deal: value")
    unknown = EffectComparison(trend="unknown", why="the datasets differ", judged=True)
    line = comparison_headline(with_effect(unknown, "inconclusive"))
    assert line.sentence == "import_contracts: the datasets differ"
    same = EffectComparison(trend="same", why="same effect", judged=True)
    assert "effect" not in comparison_headline(with_effect(same, "passed")).sentence


@pytest.mark.parametrize(
    ("trend", "exit_code", "outcome"),
    [
        ("different", 1, "<failure"),
        ("different", 0, "<skipped"),
        ("unknown", 6, "<skipped"),
        ("same", 0, None),
    ],
)
def test_a_judged_effect_is_a_test_case(
    trend: Any, exit_code: int, outcome: str | None
) -> None:
    comparison = with_effect(replace(ANOTHER, trend=trend))
    record = replace(RECORDS["passed"](), comparison=comparison, exit_code=exit_code)
    text = junit.render(record)
    assert 'name="effect against baseline"' in text
    assert (outcome is None) == ("another effect; deal: value" not in text)
    assert outcome is None or outcome in text
    unlike = replace(comparison, verdict="inconclusive", unlike=("seed 1 and 2",))
    assert "seed 1 and 2" in junit.render(replace(record, comparison=unlike))


def test_a_regression_of_the_effect_is_in_the_headline_of_a_record() -> None:
    record = replace(RECORDS["passed"](), comparison=with_effect(ANOTHER), exit_code=1)
    assert headline(record).word == "REGRESSION"
    assert headline(record).sentence.endswith("than the baseline: another effect")
    shown = replace(ANOTHER, judged=False)
    record = replace(record, comparison=with_effect(shown))
    assert not headline(record).sentence.endswith("another effect")


def beside(base: Record, new: Record) -> Record:
    comparison = compare(base, new, anyway=True)
    return replace(
        new, comparison=comparison, exit_code=new.exit_code or comparison.exit_code
    )


def test_a_record_is_saved_with_its_comparison() -> None:
    record = beside(RECORDS["failed"](), RECORDS["passed"]())
    assert from_json(to_json(record)) == record


def grown() -> Record:
    """Return a record within its budgets with twice the baseline's queries."""
    base = RECORDS["passed"]()
    [run] = base.runs
    assert run.queries is not None
    queries = replace(run.queries, total=run.queries.total * 2)
    return beside(base, replace(base, runs=(replace(run, queries=queries),)))


def test_a_regression_within_the_budgets_is_reported_first() -> None:
    line = headline(grown())
    assert (line.word, line.tone) == ("REGRESSION", "bad")
    assert "queries" in line.sentence
    assert grown().exit_code == 1


def test_a_regression_is_a_failure_in_junit() -> None:
    text = junit.render(grown())
    assert (
        '<testcase classname="capacity-test.import_contracts" name="queries against'
        in text
    )
    assert text.count("<failure") == 1


def test_the_comparison_is_shown_in_markdown_and_on_the_page() -> None:
    assert "Compared with the baseline: regression" in markdown.render(grown())
    assert "Compared with the baseline" in page.render(grown())
    assert "Compared with the baseline" not in page.render(RECORDS["passed"]())


def test_the_headline_names_the_values_that_grew() -> None:
    line = comparison_headline(worse())
    assert line.word == "REGRESSION"
    assert "task memory 9.8 times, from 27.3 MB to 268.4 MB" in line.sentence


def lasting(*seconds: float) -> Record:
    record = RECORDS["passed"]()
    [run] = record.runs
    runs = (
        replace(
            run,
            duration_seconds=each,
            uncontended_seconds=each,
            uncontended_low_seconds=each,
        )
        for each in seconds
    )
    return replace(record, runs=tuple(runs))


def test_a_duration_that_is_too_short_is_neither_a_regression_nor_a_pass() -> None:
    comparison = compare(lasting(0.008), lasting(0.010))
    line = comparison_headline(comparison)
    assert line.word == "NO REGRESSION"
    assert line.sentence.endswith("; duration is too short to judge")
    why = "too short to judge: start-up varies by 100 ms"
    text = screen(comparison)
    assert "not judged" in text
    assert f"duration  {why}" in text
    assert f"- duration: {why}" in markdown_comparison.render(comparison)
    assert why in page.render_comparison(comparison)
    beside_it = junit.render(beside(lasting(0.008), lasting(0.010)))
    assert f'<skipped message="duration: 8 ms, now 10 ms: {why}"' in beside_it
    assert headline(beside(lasting(0.008), lasting(0.010))).sentence.endswith(
        "and has no regression; its duration is too short to judge"
    )
    only = compare(lasting(0.008), lasting(0.010), {"duration": 0.25})
    assert comparison_headline(only).word == "INCONCLUSIVE"
    assert why in headline_of(only)


def test_the_certainty_of_several_runs_is_shown() -> None:
    comparison = compare(lasting(10, 10.2, 10.4), lasting(13, 13.3, 22))
    why = "more than 25 % above the baseline; +25.0 % to 2.2 times, 90 % sure"
    assert why in " ".join(screen(comparison).split())
    assert why in markdown_comparison.render(comparison)
    assert "every run was slower; +9.6 % to +14.0 %, 90 % sure" in " ".join(
        screen(compare(lasting(10, 10.2, 10.4), lasting(11.4, 11.4, 11.4))).split()
    )
