"""How large an estimate's database is, and which parts of it are run with."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from limerun.config.resolve import load_plan
from limerun.dataset.design.dataset_schema import design_of
from limerun.dataset.output.dataset_sizes import Sizes
from limerun.errors import DatasetError
from limerun.records import DatabaseRun, Plan
from limerun.runs.growth.database_parts import (
    comparable_sizes,
    database_of,
    most_comparable,
    part_runs,
    with_saved_parts,
)
from tests.builders import a_database_influence, a_growth_run
from tests.conftest import ROOT
from tests.dataset.plans import plan_of, source_of

LIMETYPES = {
    "company": {"name": {"type": "string"}},
    "contract": {
        "number": {"type": "string"},
        "company": {"type": "belongsto", "related": "company"},
    },
    "coworker": {"name": {"type": "string"}},
}
ROWS = {"company": 400, "contract": 1_000, "coworker": 4}
SOURCES = {"contracts": source_of({"number": "contract.number"}, 600, 0.5)}
DESIGN = design_of(plan_of(LIMETYPES, ROWS), SOURCES)


def planned(**production: int) -> Plan:
    config = ROOT / "configs" / "import-contracts.yaml"
    plan = load_plan(config, command="estimate", options={}, sets=(), environ={})
    return replace(plan, production_rows=production)


@pytest.mark.parametrize(
    ("production", "option", "made", "varied", "asked"),
    [
        ({}, {}, ROWS, {"company": 400, "contract": 1_000}, None),
        (
            {"contract": 5_000},
            {},
            {**ROWS, "contract": 5_000},
            {"company": 400, "contract": 5_000},
            None,
        ),
        (
            {"contract": 5_000},
            {"contract": 2_000},
            {**ROWS, "contract": 2_000},
            {"contract": 2_000},
            {"contract": 5_000},
        ),
        (
            {"contract": 5_000},
            {"contract": 6_000},
            {**ROWS, "contract": 6_000},
            {"company": 400, "contract": 6_000},
            None,
        ),
        (
            {},
            {"company": 2_000},
            {**ROWS, "company": 2_000},
            {"company": 2_000, "contract": 1_000},
            None,
        ),
    ],
)
def test_the_database_has_the_rows_of_the_option_or_of_production_or_of_the_dataset(
    production: dict[str, int],
    option: dict[str, int],
    made: dict[str, int],
    varied: dict[str, int],
    asked: dict[str, int] | None,
) -> None:
    design, influence = database_of(planned(**production), DESIGN, None, option)
    assert design.plan is not None
    assert influence is not None
    assert design.plan.rows == made
    assert influence.rows == varied
    assert influence.to_rows == (asked or varied)
    assert influence.limetype == max(varied, key=lambda name: varied[name])
    assert influence.is_production is (influence.limetype in production)
    assert (design is DESIGN) is (made == ROWS)


def test_a_smaller_database_reduces_an_overlap_that_it_has_too_few_rows_for() -> None:
    design, _ = database_of(planned(), DESIGN, None, {"contract": 120})
    assert design.sources["contracts"].overlap == 120 / 600


@pytest.mark.parametrize("grow", ["dataset", "dataset.rows.contract"])
def test_a_growing_database_is_not_varied_separately(grow: str) -> None:
    design, influence = database_of(planned(contract=5_000), DESIGN, grow, {})
    assert (design, influence) == (DESIGN, None)


def test_a_database_of_short_lists_is_not_varied() -> None:
    small = design_of(plan_of(LIMETYPES, {"coworker": 4}), {})
    design = replace(
        DESIGN,
        plan=small.plan,
        sources={"own": source_of({"a": {"kind": "sequence"}}, 5)},
    )
    assert database_of(planned(), design, None, {})[1] is None


@pytest.mark.parametrize(
    ("grow", "option", "says"),
    [
        (None, {"contracts": 5}, 'unknown limetype "contracts".*"contract"'),
        ("dataset", {"contract": 5}, "the database grows itself: use --to"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused(
    grow: str | None, option: Mapping[str, int], says: str
) -> None:
    with pytest.raises(DatasetError, match=f"--database-rows: {says}"):
        database_of(planned(), DESIGN, grow, option)


def test_the_option_is_refused_without_a_database() -> None:
    design = design_of(None, {"own": source_of({"a": {"kind": "sequence"}}, 5)})
    with pytest.raises(DatasetError, match="--database-rows: the database does not"):
        database_of(planned(), design, None, {"contract": 5})


def test_a_smaller_database_has_enough_rows_only_for_smaller_sources() -> None:
    design, influence = database_of(
        planned(contract=10_000), DESIGN, None, {"contract": 1_000}
    )
    assert most_comparable(6_000, Sizes(design, None), influence) == 600
    assert most_comparable(6_000, Sizes(design, None), None) == 6_000
    own = design_of(None, {"own": source_of({"a": {"kind": "sequence"}}, 5)})
    assert most_comparable(6_000, Sizes(own, None), influence) == 6_000


def test_a_database_too_small_for_the_smallest_size_is_refused() -> None:
    sizes = Sizes(DESIGN, None)
    assert comparable_sizes(200, sizes, 100) == (50, 100)
    with pytest.raises(DatasetError, match=r"--database-rows.* 49 rows .* is 50;"):
        comparable_sizes(200, sizes, 49)


# --- the runs ---------------------------------------------------------------------------

COSTS = {100: 1.0, 200: 1.0, 400: 2.0, 800: 4.0, 1_600: 8.0}
PASS = [(100, 0.25), (100, 0.5), (100, 1.0)]


def runs_within(
    seconds: float, most: int = 400, passes: int | None = None
) -> list[tuple[int, float]]:
    """Return the runs in this time, each of which takes what its size costs."""
    runs: list[tuple[int, float]] = []

    def left() -> float:
        return seconds - sum(COSTS[rows] for rows, _ in runs)

    for run in part_runs(COSTS, most, left, passes):
        runs.append(run)
    return runs


@pytest.mark.parametrize(
    ("seconds", "most", "passes", "large", "count"),
    [
        (100.0, 400, None, 400, 2),
        (100.0, 10_000, None, 1_600, 2),
        (12.0, 400, None, 200, 2),
        (8.0, 400, None, 200, 1),
        (1.0, 400, None, 200, 1),
        (100.0, 400, 1, 400, 1),
        (100.0, 50, None, 200, 2),
    ],
)
def test_every_pass_has_all_parts_at_the_smallest_and_the_largest_size_that_fits(
    seconds: float, most: int, passes: int | None, large: int, count: int
) -> None:
    one_pass = [*PASS, *((large, share) for _, share in PASS)]
    assert runs_within(seconds, most, passes) == one_pass * count


def test_without_time_there_are_no_runs() -> None:
    assert runs_within(-1.0) == []


def test_a_single_size_is_run_once_per_share_and_pass() -> None:
    assert list(part_runs({64: 1.0}, 16, lambda: 100.0, 1)) == [
        (64, share) for share in (0.25, 0.5, 1.0)
    ]


def done_runs(*wanted: tuple[int, float]) -> list[DatabaseRun]:
    return [DatabaseRun(share=share, run=a_growth_run(n, 1.0)) for n, share in wanted]


def test_runs_that_are_saved_are_not_repeated() -> None:
    one_pass = [*PASS, *((400, share) for _, share in PASS)]
    for passes, expected in ((1, []), (2, one_pass), (None, one_pass)):
        done = done_runs(*one_pass)
        assert list(part_runs(COSTS, 400, lambda: 100.0, passes, done)) == expected


def test_saved_runs_leave_time_for_a_larger_size() -> None:
    done = done_runs(*PASS, *((200, share) for _, share in PASS))
    larger = [(400, share) for _, share in PASS]
    assert list(part_runs(COSTS, 400, lambda: 6.0, 1, done)) == larger
    assert list(part_runs(COSTS, 400, lambda: 5.0, 1, done)) == []


def test_saved_parts_are_continued_only_with_the_same_database() -> None:
    now = a_database_influence(1_000, 5_000)
    saved, now = now, replace(now, runs=())
    assert with_saved_parts(now, saved) == saved
    other = a_database_influence(2_000, 5_000)
    assert with_saved_parts(now, other) == now


def test_a_task_that_did_not_use_the_database_needs_no_parts() -> None:
    assert with_saved_parts(a_database_influence(1_000, 5_000), None) is None
    assert with_saved_parts(None, None) is None
