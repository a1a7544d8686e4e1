"""An estimate is shown as a predicted range and never as a pass."""

import io
import itertools
from dataclasses import replace

import pytest
from rich.console import Console

from limerun.measure.growth.database_size import DatabaseGrowth
from limerun.records import (
    DatabaseRun,
    DatabaseSlope,
    Growth,
    Prediction,
    Record,
    Settling,
    TimingNoise,
    Verdict,
)
from limerun.report.content.estimate import prediction_text, roughly, span_of
from limerun.report.content.growth_facts import growth_facts, times
from limerun.report.content.headlines import headline
from limerun.report.formats import junit_report as junit
from limerun.report.formats import markdown_report as markdown
from limerun.report.terminal.record_view import render
from tests.builders import a_database_influence, a_prediction
from tests.report.make_records import RECORDS


@pytest.fixture
def over() -> Record:
    return RECORDS["estimate"]()


def growth_in(record: Record) -> Growth:
    assert record.growth is not None
    return record.growth


@pytest.fixture
def within(over: Record) -> Record:
    growth = growth_in(over)
    predictions = [
        replace(each, within=True, limit=each.high * 2)
        for each in growth.predictions
        if each.limit is not None
    ]
    changed = replace(growth, predictions=tuple(predictions))
    return replace(over, verdict=None, exit_code=0, findings=(), growth=changed)


def screen(record: Record, width: int = 80) -> str:
    file = io.StringIO()
    render(record, Console(file=file, width=width, force_terminal=False))
    return file.getvalue()


def inconclusive(record: Record, **changed: object) -> str:
    growth = replace(growth_in(record), **changed)  # type: ignore[arg-type] # its fields
    unsure = replace(record, verdict=Verdict.INCONCLUSIVE, exit_code=6, growth=growth)
    return headline(unsure).sentence


def test_a_prediction_within_the_budgets_is_never_called_passed(within: Record) -> None:
    line = headline(within)
    assert line.word == "PREDICTED WITHIN"
    assert line.tone == "neutral"
    assert line.sentence.endswith("only capacity-test confirms it")
    for text in (screen(within), markdown.render(within)):
        assert "PASSED" not in text.upper()
        assert "✓" not in text
        assert "✅" not in text
    assert "<failure" not in junit.render(within)
    assert junit.render(within).count("<skipped") == 3


def test_a_measured_size_still_needs_a_capacity_test(
    within: Record,
) -> None:
    growth = growth_in(within)
    measured = tuple(replace(each, measured=True) for each in growth.predictions)
    reached = replace(within, growth=replace(growth, predictions=measured))
    assert headline(reached).word == "WITHIN"
    assert "only capacity-test confirms it" in headline(reached).sentence
    assert "measured at 120,000 rows" in screen(reached)


def memory_of(record: Record) -> Prediction:
    [memory] = [p for p in growth_in(record).predictions if p.unit == "bytes"]
    return replace(memory, within=True)


def test_noise_is_reported_with_advice(over: Record) -> None:
    noise = TimingNoise(
        calibration_moved=0.4, duration_spread=1.0, reasons=("it shook",)
    )
    [duration] = [p for p in growth_in(over).predictions if p.unit == "seconds"]
    unsure = replace(duration, low=5.0, high=20.0, limit=10.0, within=None)
    text = inconclusive(over, noise=noise, predictions=(unsure, memory_of(over)))
    assert "(it shook: close other programs on this machine)" in text
    assert "(it shook" not in inconclusive(over, predictions=(unsure, memory_of(over)))


def test_a_range_that_contains_the_budget_comes_with_advice(over: Record) -> None:
    [duration] = [p for p in growth_in(over).predictions if p.unit == "seconds"]
    [memory] = [p for p in growth_in(over).predictions if p.unit == "bytes"]
    unsure = replace(duration, low=5.0, high=20.0, limit=10.0, within=None)
    predictions = (unsure, replace(memory, within=True))
    text = inconclusive(over, predictions=predictions)
    assert (
        "duration 5.0 s to 20.0 s, and the budget of 10.0 s is inside this range; only "
        "capacity-test with 120,000 rows can settle it" in text
    )
    near = Settling(rows=None, seconds=None)
    assert inconclusive(over, predictions=predictions, settling=near) == text


def test_a_range_that_the_database_widens_needs_a_larger_database(over: Record) -> None:
    [duration] = [p for p in growth_in(over).predictions if p.unit == "seconds"]
    unsure = replace(duration, low=5.0, high=20.0, limit=10.0, within=None)
    small = growth_in(in_database(over, to_rows={"contract": 1_000_000})).database
    assert inconclusive(
        over, predictions=(unsure, memory_of(over)), database=small
    ).endswith(
        "only capacity-test with 120,000 rows, or an estimate with a larger database "
        "(--database-rows), can settle it"
    )


@pytest.mark.parametrize(("seconds", "minutes"), [(5.0, 1), (60.0, 1), (61.0, 2)])
def test_the_runs_that_would_settle_the_verdict_are_named(
    over: Record, seconds: float, minutes: int
) -> None:
    [duration] = [p for p in growth_in(over).predictions if p.unit == "seconds"]
    unsure = replace(duration, low=5.0, high=20.0, limit=10.0, within=None)
    further = Settling(rows=60_000, seconds=seconds)
    predictions = (unsure, memory_of(over))
    assert inconclusive(over, predictions=predictions, settling=further).endswith(
        f"runs with up to 60,000 rows would probably settle it: --within "
        f"{minutes}min --continue RECORD, or run capacity-test"
    )


def test_without_predictions_the_advice_is_to_allow_more_time(over: Record) -> None:
    assert "allow more time (--within)" in inconclusive(over, predictions=())


def test_a_run_that_did_not_return_is_reported_with_its_size(over: Record) -> None:
    growth = replace(growth_in(over), ended_at_rows=15_000)
    run = replace(RECORDS["raised"]().runs[0])
    bad = replace(over, runs=(run,), verdict=Verdict.ERROR, exit_code=3, growth=growth)
    assert headline(bad).word == "RAISED"
    assert headline(bad).sentence.endswith("at 15,000 rows")
    assert "Sizes" in screen(bad)


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_no_line_is_longer_than_the_screen(over: Record, width: int) -> None:
    assert max(map(len, screen(over, width).splitlines())) <= width


def test_bars_are_logarithmic(over: Record) -> None:
    rows = [
        line for line in screen(over).splitlines() if " ms " in line or " s " in line
    ]
    lengths = [line.count("━") for line in rows if "━" in line]
    assert lengths == sorted(lengths)
    steps = [b - a for a, b in itertools.pairwise(lengths)][:-1]
    assert max(steps) - min(steps) <= 3


def test_an_estimate_without_runs_is_shown(over: Record) -> None:
    empty = replace(growth_in(over), runs=(), size_points=(), parts=(), predictions=())
    empty = replace(empty, max_rows=(), doubling=None, regime=None)
    text = screen(replace(over, growth=empty))
    assert "0 runs" in text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (0.4, "0"), (7, "7"), (94.4, "94"), (21_809, "22,000"), (996, "1,000")],
)
def test_a_predicted_count_has_two_significant_digits(count: float, text: str) -> None:
    assert roughly(count) == text


@pytest.mark.parametrize(("factor", "text"), [(3.94, "3.9 times"), (128, "128 times")])
def test_factors_are_written_as_text(factor: float, text: str) -> None:
    assert times(factor) == text


def test_a_range_with_equal_ends_is_shown_as_a_single_value() -> None:
    same = a_prediction(5_010_000, 5_030_000, None, "memory.task")
    assert span_of(same) == "5.0 MB"


def test_a_lower_overlap_than_configured_is_reported(over: Record) -> None:
    assert "overlap" not in " ".join(text for _, text in growth_facts(growth_in(over)))
    growth = replace(growth_in(over), overlaps={"contracts": 1 / 12})
    text = " ".join(text for _, text in growth_facts(growth))
    assert "contracts: overlap 0.083 at every size, less than configured" in text


def test_an_interrupted_estimate_reports_the_number_of_finished_runs(
    over: Record,
) -> None:
    growth = growth_in(over)
    record = replace(over, exit_code=130, growth=replace(growth, runs=growth.runs[:1]))
    assert headline(record).sentence.endswith("was interrupted after 1 run")


def test_an_estimate_without_budgets_is_reported_as_such(over: Record) -> None:
    free = tuple(
        replace(each, limit=None, within=None) for each in growth_in(over).predictions
    )
    assert inconclusive(over, predictions=free).endswith(
        "there is no budget to compare a prediction with"
    )
    assert prediction_text(free[0]).count(";") == 0


@pytest.mark.parametrize(
    ("low", "likely", "high", "text"),
    [
        (None, None, None, "stays within 10.0 min at any size that can be predicted"),
        (10_000, None, None, "stays within 10.0 min up to at least 10,000 rows"),
        (
            10_000,
            20_000,
            40_000,
            "stays within 10.0 min up to about 20,000 rows (10,000 to 40,000)",
        ),
    ],
)
def test_max_rows_within_a_budget_are_shown_with_their_range(
    over: Record, low: int | None, likely: int | None, high: int | None, text: str
) -> None:
    max_rows = replace(
        growth_in(over).max_rows[0], low_rows=low, likely_rows=likely, high_rows=high
    )
    facts = dict(growth_facts(replace(growth_in(over), max_rows=(max_rows,))))
    assert facts["max rows"].endswith(text)


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        ({"1": 3e6}, "3.0 MB at any number of rows"),
        ({"1": 3e6, "n": 71.0}, "3.0 MB plus 71 bytes per source row"),
        ({"n": 71.0}, "71 bytes per source row"),
    ],
)
def test_memory_is_shown_as_a_fixed_part_and_a_part_per_row(
    over: Record, terms: dict[str, float], text: str
) -> None:
    parts = tuple(
        replace(each, terms=terms) if each.name == "memory" else each
        for each in growth_in(over).parts
    )
    facts = dict(growth_facts(replace(growth_in(over), parts=parts)))
    assert facts["memory"] == text


# --- the database ----------------------------------------------------------------------


def in_database(record: Record, **changed: object) -> Record:
    """Return the estimate with runs of parts of a database of 100,000 contracts."""
    influence = a_database_influence(
        100_000,
        100_000,
        seconds=lambda n, d: 8e-6 * d,
        memory=lambda n, d: 340 * d,
        queries=lambda n, d: d / 1000,
    )
    known = DatabaseGrowth(influence).influence()
    growth = replace(growth_in(record), database=replace(known, **changed))  # type: ignore[arg-type] # its fields
    return replace(record, growth=growth)


def test_an_estimate_without_a_database_mentions_none(over: Record) -> None:
    record = replace(over, growth=replace(growth_in(over), database=None))
    assert "at 120,000 rows: task memory" in headline(record).sentence
    facts = facts_in(record)
    assert "1.2 MB plus 2,990 bytes per source row" in facts
    assert not any("database:" in fact or "in the database" in fact for fact in facts)


def test_rows_of_a_growing_dataset_are_not_called_source_rows(over: Record) -> None:
    growth = replace(growth_in(over), grow="dataset", database=None)
    assert dict(growth_facts(growth))["memory"] == "1.2 MB plus 2,990 bytes per row"


def facts_in(record: Record) -> list[str]:
    return [text for _, text in growth_facts(growth_in(record))]


@pytest.mark.parametrize(
    ("is_production", "text"),
    [
        (True, "at 120,000 rows with production's 100,000 contracts in the database"),
        (False, "at 120,000 rows with 100,000 contracts in the database"),
    ],
)
def test_the_size_of_the_database_is_part_of_the_headline(
    over: Record, within: Record, is_production: bool, text: str
) -> None:
    for record in (over, within):
        changed = in_database(record, is_production=is_production)
        assert text in headline(changed).sentence
        assert text in junit.render(changed).replace("&apos;", "'")
    unknown = [
        fact for fact in facts_in(changed) if "production's size is unknown" in fact
    ]
    assert bool(unknown) is not is_production


def test_memory_is_shown_per_row_of_the_input_and_of_the_database(over: Record) -> None:
    record = in_database(over)
    parts = tuple(
        replace(each, terms={"1": 37e6, "n": 71.0}) if each.name == "memory" else each
        for each in growth_in(record).parts
    )
    facts = dict(growth_facts(replace(growth_in(record), parts=parts)))
    assert facts["memory"] == (
        "3.0 MB plus 71 bytes per source row and 340 bytes per contract in the database"
    )


def test_time_and_queries_are_shown_for_a_thousand_rows_of_the_database(
    over: Record,
) -> None:
    facts = facts_in(in_database(over))
    assert "1,000 more contracts in the database take 8 ms more" in facts
    assert "1,000 more contracts in the database need 1 more query" in facts
    assert (
        "database: 25,000, 50,000, 100,000 contracts, and companies in proportion"
        in facts
    )


def test_the_cost_of_pairs_of_rows_is_shown_at_the_requested_size(over: Record) -> None:
    slopes = (
        DatabaseSlope(name="duration", per_row=0.0, per_pair=1e-8),
        DatabaseSlope(name="queries", per_row=0.0, per_pair=1e-6),
    )
    facts = facts_in(in_database(over, slopes=slopes))
    more = "at 120,000 source rows, and twice as much at twice as many"
    assert f"1,000 more contracts in the database take 1.2 s more {more}" in facts
    assert f"1,000 more contracts in the database need 120 more queries {more}" in facts


def test_a_database_without_influence_is_reported_as_such(over: Record) -> None:
    slopes = tuple(
        DatabaseSlope(name=name, per_row=0.0, per_pair=0.0)
        for name in ("duration", "memory", "queries")
    )
    facts = facts_in(in_database(over, slopes=slopes))
    assert "1,000 more contracts in the database take no more time" in facts
    assert not any("queries" in fact or "per contract" in fact for fact in facts)


def test_an_extrapolated_database_is_reported_with_its_ratio(over: Record) -> None:
    facts = facts_in(in_database(over, to_rows={"contract": 1_000_000}))
    assert "database: 1,000,000 contracts are 10.0 times those of the runs" in facts


def test_a_database_whose_influence_is_unknown_comes_with_advice(over: Record) -> None:
    record = in_database(over, slopes=(), runs=(), to_rows={"contract": 1_000_000})
    assert any("was not measured; allow more time" in fact for fact in facts_in(record))
    database = growth_in(record).database
    sentence = inconclusive(over, database=database, predictions=())
    assert "the influence of the database's size was not measured" in sentence
    assert "Parts of the database" not in screen(record) + markdown.render(record)


def test_the_runs_with_parts_of_the_database_are_shown_in_a_table(over: Record) -> None:
    record = in_database(over)
    for text in (screen(record), markdown.render(record)):
        assert "Parts of the database" in text
        assert "contracts in the database" in text
    [runs, *_] = [each.run for each in growth_in(record).database.runs]  # type: ignore[union-attr] # it has one
    unknown = DatabaseRun(share=1.0, run=replace(runs, task_bytes=None, queries=None))
    assert "Parts of the database" in screen(in_database(over, runs=(unknown,)))


@pytest.mark.parametrize(
    ("limetype", "plural"),
    [("company", "companies"), ("day", "days"), ("address", "addresses")],
)
def test_limetypes_have_an_english_plural(
    over: Record, limetype: str, plural: str
) -> None:
    rows = {limetype: 5}
    record = in_database(over, limetype=limetype, rows=rows, to_rows=rows)
    assert f"5 {plural} in the database" in headline(record).sentence
