"""An estimate is told as what it is: a range, foreseen, and never a pass."""

import io
import itertools
from dataclasses import replace

import pytest
from rich.console import Console

from limerun.records import Growth, Record, TimingNoise, Verdict
from limerun.report.content.estimate import prediction_text, roughly, span_of
from limerun.report.content.growth_facts import growth_facts, times
from limerun.report.content.headlines import headline
from limerun.report.formats import junit_report as junit
from limerun.report.formats import markdown_report as markdown
from limerun.report.terminal.record_view import render
from tests.builders import a_prediction
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
    kept = [
        replace(each, within=True, limit=each.high * 2)
        for each in growth.predictions
        if each.limit is not None
    ]
    changed = replace(growth, predictions=tuple(kept))
    return replace(over, verdict=None, exit_code=0, findings=(), growth=changed)


def screen(record: Record, width: int = 80) -> str:
    file = io.StringIO()
    render(record, Console(file=file, width=width, force_terminal=False))
    return file.getvalue()


def inconclusive(record: Record, **changed: object) -> str:
    growth = replace(growth_in(record), **changed)  # type: ignore[arg-type] # its fields
    unsure = replace(record, verdict=Verdict.INCONCLUSIVE, exit_code=6, growth=growth)
    return headline(unsure).sentence


def test_what_is_predicted_within_is_never_called_passed(within: Record) -> None:
    told = headline(within)
    assert told.word == "PREDICTED WITHIN"
    assert told.tone == "neutral"
    assert told.sentence.endswith("not measured, so not passed")
    for text in (screen(within), markdown.render(within)):
        assert "PASSED" not in text.upper().replace("NOT PASSED", "")
        assert "✓" not in text
        assert "✅" not in text
    assert "<failure" not in junit.render(within)
    assert junit.render(within).count("<skipped") == 3


def test_what_the_ladder_reached_is_measured_and_left_to_the_capacity_test(
    within: Record,
) -> None:
    growth = growth_in(within)
    measured = tuple(replace(each, measured=True) for each in growth.predictions)
    reached = replace(within, growth=replace(growth, predictions=measured))
    assert headline(reached).word == "WITHIN"
    assert "capacity-test judges it" in headline(reached).sentence
    assert "measured at 120,000 rows" in screen(reached)


def test_noise_is_told_with_what_to_do(over: Record) -> None:
    noise = TimingNoise(
        calibration_moved=0.4, duration_spread=1.0, reasons=("it shook",)
    )
    told = inconclusive(over, noise=noise)
    assert "it shook; close what else runs on this machine, and ask again" in told


def test_a_range_that_holds_its_budget_is_told_with_what_decides(over: Record) -> None:
    [duration] = [p for p in growth_in(over).predictions if p.unit == "seconds"]
    [memory] = [p for p in growth_in(over).predictions if p.unit == "bytes"]
    unsure = replace(duration, low=5.0, high=20.0, limit=10.0, within=None)
    told = inconclusive(over, predictions=(unsure, replace(memory, within=True)))
    assert "duration 5.0 s to 20.0 s, and the budget of 10.0 s lies in that" in told
    assert "capacity-test decides it" in told


def test_a_ladder_that_predicts_nothing_asks_for_time(over: Record) -> None:
    assert "give it more time (--within)" in inconclusive(over, predictions=())


def test_a_run_that_ends_badly_says_on_which_rung(over: Record) -> None:
    growth = replace(growth_in(over), ended_at_rows=15_000)
    run = replace(RECORDS["raised"]().runs[0])
    bad = replace(over, runs=(run,), verdict=Verdict.ERROR, exit_code=3, growth=growth)
    assert headline(bad).word == "RAISED"
    assert headline(bad).sentence.endswith("on the ladder's 15,000 rows")
    assert "Ladder" in screen(bad)


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_no_line_is_longer_than_the_screen(over: Record, width: int) -> None:
    assert max(map(len, screen(over, width).splitlines())) <= width


def test_bars_rise_by_the_logarithm(over: Record) -> None:
    rows = [
        line for line in screen(over).splitlines() if " ms " in line or " s " in line
    ]
    lengths = [line.count("━") for line in rows if "━" in line]
    assert lengths == sorted(lengths)
    steps = [b - a for a, b in itertools.pairwise(lengths)][:-1]
    assert max(steps) - min(steps) <= 3


def test_an_estimate_without_any_run_is_shown_all_the_same(over: Record) -> None:
    empty = replace(growth_in(over), runs=(), size_points=(), parts=(), predictions=())
    empty = replace(empty, max_rows=(), doubling=None, regime=None)
    text = screen(replace(over, growth=empty))
    assert "0 runs" in text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (0.4, "0"), (7, "7"), (94.4, "94"), (21_809, "22,000"), (996, "1,000")],
)
def test_what_is_foreseen_has_two_digits(count: float, text: str) -> None:
    assert roughly(count) == text


@pytest.mark.parametrize(("factor", "text"), [(3.94, "3.9 times"), (128, "128 times")])
def test_factors_are_told_in_words(factor: float, text: str) -> None:
    assert times(factor) == text


def test_a_range_whose_ends_read_alike_is_one_figure() -> None:
    same = a_prediction(5_010_000, 5_030_000, None, "memory.task")
    assert span_of(same) == "5.0 MB"


def test_an_overlap_that_could_not_be_as_configured_is_told(over: Record) -> None:
    assert "overlap" not in " ".join(text for _, text in growth_facts(growth_in(over)))
    growth = replace(growth_in(over), overlaps={"contracts": 1 / 12})
    told = " ".join(text for _, text in growth_facts(growth))
    assert (
        "contracts: an overlap of 0.083 at every size, less than the config's" in told
    )


def test_an_interrupted_estimate_says_after_how_many_runs(over: Record) -> None:
    growth = growth_in(over)
    record = replace(over, exit_code=130, growth=replace(growth, runs=growth.runs[:1]))
    assert headline(record).sentence.endswith(
        "was interrupted after 1 run of its ladder"
    )


def test_an_estimate_without_a_budget_says_so(over: Record) -> None:
    free = tuple(
        replace(each, limit=None, within=None) for each in growth_in(over).predictions
    )
    assert inconclusive(over, predictions=free).endswith(
        "there is no budget to hold a prediction against"
    )
    assert prediction_text(free[0]).count(";") == 0


@pytest.mark.parametrize(
    ("low", "likely", "high", "told"),
    [
        (None, None, None, "is kept at any size that can be told"),
        (10_000, None, None, "is kept up to 10,000 rows or more"),
        (10_000, 20_000, 40_000, "is kept up to 10,000 to 40,000 rows, likely 20,000"),
    ],
)
def test_how_far_a_budget_reaches(
    over: Record, low: int | None, likely: int | None, high: int | None, told: str
) -> None:
    reach = replace(
        growth_in(over).max_rows[0], low_rows=low, likely_rows=likely, high_rows=high
    )
    facts = dict(growth_facts(replace(growth_in(over), max_rows=(reach,))))
    assert facts["reach"].endswith(told)
