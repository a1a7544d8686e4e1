"""The proof sees another end, result or log, and makes small datasets of any plan."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from limerun.config.resolve import load_plan
from limerun.records import Json, RaisedError
from limerun.runs.improve.observed_run import Observation
from limerun.runs.improve.proof import (
    Expected,
    ImprovementProof,
    Unprovable,
    repeatable_of,
)
from limerun.runs.improve.small_datasets import small_datasets
from tests.builders import a_run

ROOT = Path(__file__).parents[3]


class Recorded:
    """Stands for a runner whose next run is known."""

    def __init__(self, observation: Observation) -> None:
        self.observation = observation

    def observe(self, task: str, timeout_seconds: float | None = None) -> Observation:
        return self.observation


def observed(
    result: Json = 1, *messages: str, raised: str | None = None
) -> Observation:
    run = replace(a_run(), result=result)
    if raised is not None:
        error = RaisedError(type=raised, message="", traceback="")
        run = replace(run, ending="raised", error=error)
    log = Counter(("INFO", "task", each) for each in messages)
    return Observation(run=run, change=None, log=log)


def why_not(
    first: Observation,
    changed: Observation,
    second: Observation | None = None,
    **how: Any,
) -> str | None:
    repeatable = repeatable_of(first, second or first, "10 rows")
    runner: Any = cast("Any", Recorded(changed))
    expected = Expected(
        about="10 rows", runner=runner, first=first, repeatable=repeatable
    )
    proof = ImprovementProof([expected])
    return proof.why_not("task", **{"commits_vary": False, **how})


@pytest.mark.parametrize(
    ("first", "changed", "why"),
    [
        (observed(1, "a"), observed(1, "a"), None),
        (observed(1, "a", "b"), observed(1, "b", "a"), None),
        (observed(1), observed(2), "another result: 2 instead of 1 (10 rows)"),
        (observed(1, "a"), observed(1, "b"), "another log: 'a' (10 rows)"),
        (
            observed(raised="KeyError"),
            observed(),
            "it returned, the original raised KeyError (10 rows)",
        ),
        (observed(raised="KeyError"), observed(raised="KeyError"), None),
    ],
)
def test_another_end_result_or_log_is_named(
    first: Observation, changed: Observation, why: str | None
) -> None:
    assert why_not(first, changed) == why


def test_what_varies_between_two_runs_of_the_original_is_not_compared() -> None:
    one, two = observed(1, "took 1.2 s"), observed(2, "took 3.4 s")
    assert why_not(one, observed(3, "took 5.6 s"), two) is None
    assert why_not(one, observed(3, "failed"), two) is not None
    assert why_not(observed(1, "a"), observed(1, "c"), observed(1, "b")) is None


def test_a_line_that_is_changed_on_purpose_is_not_compared() -> None:
    changed = observed(1, "Processed 50 rows", "end")
    first = observed(1, "row 1", "row 2", "end")
    logs = ["row .*", "Processed [0-9]+ rows"]
    assert why_not(first, changed, logs=logs) is None
    assert why_not(first, changed, logs=["row .*"]) is not None


def test_a_log_may_differ_before_an_error_if_commits_do() -> None:
    first, changed = observed(1, "a", raised="E"), observed(1, raised="E")
    assert why_not(first, changed) is not None
    assert why_not(first, changed, commits_vary=True) is None


def test_an_original_that_ends_in_different_ways_cannot_be_compared() -> None:
    with pytest.raises(Unprovable, match="returned, and then raised E"):
        repeatable_of(observed(), observed(raised="E"), "10 rows")


def test_the_small_datasets_vary_in_seed_size_and_dirt() -> None:
    plan = load_plan(
        ROOT / "configs" / "import-contracts.yaml",
        command="improve",
        options={},
        sets=(),
        environ={},
    )
    made = list(small_datasets(plan))
    assert [each.about for each in made] == [
        "130 rows",
        "330 rows, 20% repeated",
        "220 rows, 10% repeated, 10% with a missing value",
        "170 rows, 10% repeated, 5% malformed",
    ]
    datasets = [each.plan.dataset for each in made if each.plan.dataset is not None]
    assert len({each.seed for each in datasets}) == 4
    assert max(datasets[0].rows.values()) == 130


def test_without_sources_only_seed_and_size_vary() -> None:
    plan = load_plan(
        ROOT / "configs" / "reassign-deals.yaml",
        command="improve",
        options={},
        sets=(),
        environ={},
    )
    assert [each.about for each in small_datasets(plan)] == ["130 rows", "330 rows"]
