"""One dataset at many sizes: what grows, what stays, and which rows are shared."""

import json
import sqlite3
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from limerun.dataset.design.dataset_schema import design_of
from limerun.dataset.output.dataset_sizes import SizedDatasets, Sizes
from limerun.errors import DatasetError
from limerun.progress import Progress
from limerun.records import DatasetPlan, SourcePlan
from tests.dataset.plans import plan_of, source_of

LIMETYPES = {
    "company": {"name": {"type": "string"}},
    "contract": {
        "number": {"type": "string"},
        "company": {"type": "belongsto", "related": "company"},
    },
    "coworker": {"name": {"type": "string"}},
}
PLAN = plan_of(
    LIMETYPES,
    {"company": 400, "contract": 1_000, "coworker": 4},
    {"contract.number": {"kind": "sequence", "format": "K-{:05d}"}},
)
SOURCES: Mapping[str, SourcePlan] = {
    "contracts": source_of(
        {"number": "contract.number", "name": "contract.company.name"}, 600, 0.5
    ),
    "codes": source_of({"code": {"kind": "sequence"}}, 200),
}
DESIGN = design_of(PLAN, SOURCES)


def rows_of(
    sized: tuple[DatasetPlan | None, Mapping[str, SourcePlan]],
) -> dict[str, int]:
    plan, sources = sized
    return {
        **(dict(plan.rows) if plan is not None else {}),
        **{name: source.rows for name, source in sources.items()},
    }


@pytest.mark.parametrize(
    ("grow", "size", "expected"),
    [
        (None, 80, {"contracts": 60, "codes": 20, "contract": 1_000, "company": 400}),
        ("sources", 8_000, {"contracts": 6_000, "codes": 2_000, "contract": 1_000}),
        ("sources.contracts", 60, {"contracts": 60, "codes": 200, "contract": 1_000}),
        (
            "dataset",
            14_040,
            {"contract": 10_000, "company": 4_000, "contracts": 6_000, "coworker": 4},
        ),
        ("dataset", 140, {"contract": 100, "company": 40, "codes": 20, "coworker": 4}),
        ("dataset.rows.contract", 50, {"contract": 50, "company": 400, "codes": 200}),
        ("dataset.rows.coworker", 400, {"coworker": 400, "contract": 1_000}),
    ],
)
def test_only_the_named_part_grows_and_the_rest_keeps_its_size(
    grow: str | None, size: int, expected: Mapping[str, int]
) -> None:
    rows = rows_of(Sizes(DESIGN, grow).at(size, size))
    assert {name: rows[name] for name in expected} == expected


def test_the_dataset_grows_if_there_are_no_sources() -> None:
    assert Sizes(design_of(PLAN, {}), None).grow == "dataset"
    assert Sizes(design_of(None, {"codes": SOURCES["codes"]}), None).grow == "sources"


def test_every_part_keeps_at_least_one_row() -> None:
    rows = rows_of(Sizes(DESIGN, "sources").at(1, 1_000))
    assert rows["contracts"] == rows["codes"] == 1


def test_every_size_has_the_overlap_that_the_largest_size_allows() -> None:
    sizes = Sizes(DESIGN, "sources.contracts")
    for rows in (10, 600, 20_000):
        _, sources = sizes.at(rows, 20_000)
        assert sources["contracts"].overlap == 1_000 / 20_000
        _, sources = sizes.at(rows, 1_000)
        assert sources["contracts"].overlap == 0.5


def test_the_overlap_is_limited_by_the_rows_of_the_table() -> None:
    _, sources = Sizes(DESIGN, "dataset.rows.contract").at(60, 1_000)
    assert sources["contracts"].overlap == 60 / 600


@pytest.mark.parametrize(
    ("plan", "sources", "grow", "says"),
    [
        (PLAN, SOURCES, "sources.contract", 'did you mean "contracts"'),
        (PLAN, SOURCES, "dataset.rows.deal", "unknown limetype with rows"),
        (PLAN, SOURCES, "dataset.contract", "must be sources, sources.NAME"),
        (PLAN, SOURCES, "contracts", "must be sources, sources.NAME"),
        (PLAN, {}, "sources", "has no rows; an estimate"),
        (None, {}, None, "has no rows; an estimate"),
        (replace(PLAN, rows={}), {}, None, "has no rows; an estimate"),
    ],
)
def test_an_unknown_part_to_grow_is_refused_with_a_list_of_the_known_parts(
    plan: DatasetPlan | None, sources: Mapping[str, SourcePlan], grow: str, says: str
) -> None:
    with pytest.raises(DatasetError, match=says):
        Sizes(design_of(plan, sources), grow)


# --- made -------------------------------------------------------------------------------


def sampler(
    folder: Path, grow: str | None, most: int = 800, limetypes: Collection[str] = ()
) -> SizedDatasets:
    for name in ("cache", "sizes"):
        (folder / name).mkdir()
    return SizedDatasets(
        Sizes(DESIGN, grow),
        most,
        cache=folder / "cache",
        folder=folder / "sizes",
        limetypes=limetypes,
    )


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_all_sizes_share_one_database_and_each_source_is_a_subset_of_the_larger_ones(
    tmp_path: Path,
) -> None:
    made = sampler(tmp_path, None)
    small, large = (made.dataset(rows, Progress()) for rows in (80, 800))
    assert small.database == large.database
    few, many = (
        {row["number"]: row for row in lines(each.sources["contracts"].path)}
        for each in (small, large)
    )
    assert (len(few), len(many)) == (60, 600)
    assert few.items() <= many.items()
    assert made.base_seconds > 0


def test_each_size_is_generated_once_and_only_the_database_is_cached(
    tmp_path: Path,
) -> None:
    made = sampler(tmp_path, None)
    first = made.dataset(80, Progress())
    assert made.dataset(80, Progress()) is first
    made.dataset(160, Progress())
    assert len(list((tmp_path / "cache").glob("*/manifest.json"))) == 1
    assert len(list((tmp_path / "sizes").iterdir())) == 2


def test_a_growing_dataset_has_a_database_for_each_size(tmp_path: Path) -> None:
    made = sampler(tmp_path, "dataset", 1_404)
    small, large = (made.dataset(rows, Progress()) for rows in (140, 1_404))
    assert small.database is not None
    assert small.database != large.database
    assert (small.rows["contract"], large.rows["contract"]) == (100, 1_000)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_full_disk_is_reported_with_advice(tmp_path: Path) -> None:
    made = sampler(tmp_path, None)
    (tmp_path / "sizes").rmdir()
    (tmp_path / "sizes").write_text("in the way")
    with pytest.raises(DatasetError, match=r"written there.*LIMERUN_CACHE"):
        made.dataset(80, Progress())


@pytest.mark.parametrize(
    ("grow", "least"),
    [
        (None, 1),
        ("sources.contracts", 1),
        ("dataset", 1),
        ("dataset.rows.company", 1),
        ("dataset.rows.contract", 300),
    ],
)
def test_sizes_large_enough_for_the_configured_overlap_are_comparable(
    grow: str | None, least: int
) -> None:
    sizes = Sizes(DESIGN, grow)
    assert sizes.least_rows() == least
    if least > 1:
        assert sizes.at(least, 9_000)[1]["contracts"].overlap == 0.5
        assert sizes.at(least - 1, 9_000)[1]["contracts"].overlap < 0.5


def test_an_overlap_too_large_for_the_database_is_reported() -> None:
    sizes = Sizes(DESIGN, "sources.contracts")
    assert sizes.less_overlaps(2_000) == {}
    assert sizes.less_overlaps(4_000) == {"contracts": 0.25}
    assert Sizes(DESIGN, "dataset").less_overlaps(100_000) == {}


# --- parts of the database --------------------------------------------------------------


def test_a_part_of_the_database_has_fewer_rows_of_the_named_limetypes() -> None:
    sizes = Sizes(DESIGN, "sources")
    plan, sources = sizes.part_of(sizes.at(400, 800), 0.25, ["contract"])
    assert plan is not None
    assert plan.rows == {"company": 400, "contract": 250, "coworker": 4}
    assert (sources["contracts"].rows, sources["contracts"].overlap) == (300, 0.5)


def test_a_part_with_too_few_rows_for_the_overlap_reduces_it() -> None:
    sizes = Sizes(DESIGN, "sources")
    _, sources = sizes.part_of(sizes.at(800, 800), 0.1, ["contract"])
    assert sources["contracts"].overlap == 100 / 600


def test_all_sizes_share_the_same_part_of_the_database(tmp_path: Path) -> None:
    made = sampler(tmp_path, "sources", limetypes=["contract"])
    whole = made.dataset(80, Progress())
    small, large = (made.dataset(rows, Progress(), 0.25) for rows in (80, 400))
    assert small.database is not None
    assert small.database == large.database != whole.database
    with closing(sqlite3.connect(small.database)) as database:
        [[count]] = database.execute("SELECT count(*) FROM contract")
        numbers = {each for [each] in database.execute("SELECT number FROM contract")}
    assert count == 250
    assert (
        len(numbers & {row["number"] for row in lines(large.sources["contracts"].path)})
        == 150
    )
