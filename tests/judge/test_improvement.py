"""A change is better only where a figure, or a rule, really is."""

from dataclasses import replace

import pytest

from limerun.judge.improvement import (
    gains_of,
    improved_figures,
    is_less,
    newly_exceeded,
)
from limerun.records import Check, ImprovedFigures
from limerun.records.rules import make_finding
from tests.builders import a_run

BEFORE = ImprovedFigures(
    done=True, memory_bytes=100_000_000, seconds=10.0, queries=1000, commits=1
)
BATCHES = make_finding("memory.batches", "warning", "title", "detail", None)
NOTHING = ((), ())


def test_the_figures_are_those_of_the_run() -> None:
    run = a_run()
    figures = improved_figures(run)
    assert figures.done
    assert figures.memory_bytes == run.memory.task_bytes
    assert figures.queries == (run.queries and run.queries.total)
    unmeasured = improved_figures(replace(run, queries=None))
    assert (unmeasured.queries, unmeasured.commits) == (None, None)


@pytest.mark.parametrize(
    ("after", "gains"),
    [
        (BEFORE, ()),
        (replace(BEFORE, memory_bytes=94_000_000), ("memory",)),
        (replace(BEFORE, memory_bytes=96_000_000), ()),
        (replace(BEFORE, seconds=7.0, queries=20), ("duration", "queries")),
        (replace(BEFORE, seconds=9.0), ()),
        (replace(BEFORE, done=False, queries=1), ()),
        (replace(BEFORE, memory_bytes=None), ()),
    ],
)
def test_a_figure_is_better_if_it_is_clearly_lower(
    after: ImprovedFigures, gains: tuple[str, ...]
) -> None:
    assert gains_of(BEFORE, after, NOTHING, ()) == gains


def test_a_task_that_ends_now_is_better() -> None:
    before = replace(BEFORE, done=False)
    assert gains_of(before, BEFORE, NOTHING, ()) == ("finishes",)


def test_a_rule_that_is_met_now_is_better() -> None:
    found = ((BATCHES,), ())
    assert gains_of(BEFORE, BEFORE, found, {"memory.batches"}) == ("memory.batches",)
    assert gains_of(BEFORE, BEFORE, found, {"speed.queries"}) == ()


def test_a_small_figure_must_be_lower_by_some_amount() -> None:
    assert not is_less(1_000_000, 500_000, 0.05, 1_000_000)
    assert is_less(2, 1, 0.05, 1)
    assert not is_less(None, 1, 0.05, 1)


def test_a_check_that_fails_only_now_is_worse() -> None:
    passed = Check(
        name="memory.task", limit=2, actual=1, unit="bytes", passed=True, why=""
    )
    failed = replace(passed, actual=3, passed=False)
    assert newly_exceeded([passed], [failed]) == ("memory.task",)
    assert newly_exceeded([failed], [failed]) == ()
    assert newly_exceeded([passed], [passed]) == ()
