"""Reports on records with missing or rarely used values."""

from dataclasses import replace
from typing import Any

import pytest

from limerun.judge.record_comparison import compare
from limerun.records import (
    ConfigChange,
    Growth,
    GrowthPart,
    InstrumentResult,
    Record,
    Regime,
    TimingNoise,
    Verdict,
)
from limerun.report.content import comparison_text
from limerun.report.content.facts import facts_of, further_facts_of
from limerun.report.content.growth_facts import growth_facts
from limerun.report.content.headlines import headline
from limerun.report.content.history import histories_of
from limerun.report.content.sentences import config_value, instrument_cost
from tests.report.make_records import RECORDS


def with_run(**changes: Any) -> Record:
    record = RECORDS["passed"]()
    return replace(record, runs=(replace(record.runs[0], **changes),))


def labels(record: Record) -> set[str]:
    return {label for label, _ in further_facts_of(record, "/")}


def growth_lines(**changes: Any) -> dict[str, str]:
    growth = RECORDS["estimate"]().growth
    assert isinstance(growth, Growth)
    return dict(growth_facts(replace(growth, **changes)))


def test_a_run_without_cpu_time_and_samples_has_no_lines_for_them() -> None:
    unmeasured = with_run(cpu_user_seconds=None, worst_gap_seconds=None)
    assert labels(with_run()) - labels(unmeasured) == {"cpu", "samples"}


@pytest.mark.parametrize(
    ("cached", "text"), [(True, "from the cache"), (False, "generated in 2.5 s")]
)
def test_a_dataset_is_shown_as_cached_or_generated(*, cached: bool, text: str) -> None:
    record = RECORDS["passed"]()
    assert record.dataset is not None
    dataset = replace(record.dataset, cached=cached, seconds=2.5)
    facts = dict(further_facts_of(replace(record, dataset=dataset), "/"))
    assert facts["data"].endswith(f", {text}")


def test_statements_that_failed_are_counted() -> None:
    queries = RECORDS["passed"]().runs[0].queries
    assert queries is not None
    failed = with_run(queries=replace(queries, failed=3))
    assert ", 3 failed" in dict(facts_of(failed, "/"))["queries"]


@pytest.mark.parametrize("verdict", [Verdict.ERROR, None])
def test_the_record_of_a_task_that_could_not_be_run_shows_the_reason(
    verdict: Verdict | None,
) -> None:
    record = replace(
        RECORDS["passed"](), runs=(), verdict=verdict, problem="no module named shop"
    )
    assert headline(record).sentence.endswith("no module named shop")
    assert headline(record).tone == "bad"


def test_a_record_with_an_unreadable_start_time_comes_first_in_a_history() -> None:
    record = RECORDS["passed"]()
    unread = replace(record, started_at="yesterday")
    [history] = histories_of([record, unread])
    assert [entry.at[:10] for entry in history.entries] == ["yesterday", "2026-03-02"]


@pytest.mark.parametrize(
    ("value", "text"), [(None, "not set"), (True, "yes"), (False, "no"), ("a", "a")]
)
def test_config_values_are_shown_in_words(value: Any, text: str) -> None:
    record = RECORDS["passed"]()
    config = replace(record.config, values={"fail_on": value})
    assert config_value(replace(record, config=config), "fail_on") == text


def test_an_instrument_that_measured_nothing_shows_only_its_note() -> None:
    silent = InstrumentResult(
        name="memory",
        tool="memray",
        unit="bytes",
        total=0,
        lines=(),
        duration_seconds=None,
        slowdown=None,
    )
    assert instrument_cost(silent) == "memray"
    assert instrument_cost(replace(silent, note="raised")) == "memray; raised"


def test_a_change_of_a_few_bytes_is_not_rounded_to_no_change() -> None:
    record = RECORDS["passed"]()
    [memory] = [
        change for change in compare(record, record).changes if change.name == "memory"
    ]
    few = replace(memory, base=1e9, new=1e9 + 1, ratio=1 + 1e-9)
    same = replace(few, new=1e9, ratio=1.0)
    from_none = replace(memory, base=0.0, new=1e6, ratio=None)
    texts = [
        comparison_text.text_of(change).change for change in (few, same, from_none)
    ]
    assert texts == ["under 0.1 %", "no change", "1.0 MB more"]


def test_each_key_that_differs_is_listed_with_both_values() -> None:
    comparison = compare(RECORDS["passed"](), RECORDS["passed"]())
    changed = (
        ConfigChange(key="seed", base=None, new=7),
        ConfigChange(key="repeat", base=1, new=3),
    )
    comparison = replace(comparison, config=changed, effect=None)
    assert list(comparison_text.notes(comparison)) == [
        ("config", "seed: not set -> 7"),
        ("", "repeat: 1 -> 3"),
    ]


def test_the_size_from_which_a_task_slows_down_is_shown() -> None:
    lines = growth_lines(regime=Regime(from_rows=50_000, factor=3.0))
    assert "50,000 rows" in lines["change"]


def test_memory_that_does_not_grow_is_reported_as_constant() -> None:
    growth = RECORDS["estimate"]().growth
    assert growth is not None
    [memory] = [part for part in growth.parts if part.name == "memory"]
    assert isinstance(memory, GrowthPart)
    constant = replace(memory, terms={"1": 5e6})
    assert growth_lines(parts=(constant,))["memory"].startswith("5.0 MB ")


def test_a_size_series_that_reaches_the_requested_size_needs_no_extrapolation() -> None:
    growth = RECORDS["estimate"]().growth
    assert growth is not None
    top = growth.size_points[-1].rows
    reached, missed = growth_lines(to_rows=top), growth_lines(to_rows=top * 10)
    [label] = [key for key, text in missed.items() if text != reached.get(key)]
    assert "10" in missed[label]


@pytest.mark.parametrize(
    ("moved", "spread"), [(None, None), (0.03, None), (None, 0.12)]
)
def test_each_known_sign_of_noise_is_reported(
    moved: float | None, spread: float | None
) -> None:
    noise = TimingNoise(calibration_moved=moved, duration_spread=spread, reasons=())
    [text] = [
        text for label, text in growth_lines(noise=noise).items() if label == "noise"
    ]
    assert ("3 %" in text) == (moved is not None)
    assert ("12 %" in text) == (spread is not None)
    assert (text == "unknown") == (moved is None and spread is None)
