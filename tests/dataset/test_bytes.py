"""The same plan gives the same bytes for any block size."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dataset.plans import (
    ROWS,
    make_database,
    make_source,
    plan_of,
    source_of,
    values_of,
)

PATHS = {
    "number": "deal.number",
    "status": "deal.dealstatus",
    "value": "deal.value",
    "when": "deal.starttime",
    "closed": "deal.closeddate",
    "comment": "deal.comment",
    "customer": "deal.person.company.name",
    "mail": "deal.person.email",
}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def database_digest(tmp_path_factory: pytest.TempPathFactory) -> str:
    return digest(make_database(plan_of(), tmp_path_factory.mktemp("whole") / "a"))


@pytest.fixture(scope="module")
def source_digests(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the digest of a source in each format, written in one block."""
    folder = tmp_path_factory.mktemp("sources")
    sources = {
        format: source_of(PATHS, overlap=0.5, format=format)
        for format in ("jsonl", "csv")
    }
    return {
        format: digest(make_source(plan_of(), source, folder / format))
        for format, source in sources.items()
    }


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(block_rows=st.integers(37, 3_000))
def test_a_database_has_the_same_bytes_for_any_block_size(
    block_rows: int, database_digest: str, tmp_path: Path
) -> None:
    (tmp_path / "b").unlink(missing_ok=True)
    assert digest(make_database(plan_of(), tmp_path / "b", block_rows=block_rows)) == (
        database_digest
    )


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(block_rows=st.integers(11, 1_500), format=st.sampled_from(["jsonl", "csv"]))
def test_a_source_has_the_same_bytes_for_any_block_size(
    block_rows: int, format: str, source_digests: dict[str, str], tmp_path: Path
) -> None:
    source = source_of(PATHS, overlap=0.5, format=format)
    cut = make_source(plan_of(), source, tmp_path / "cut", block_rows=block_rows)
    assert digest(cut) == source_digests[format]


@pytest.mark.parametrize("column", ["name", "value", "starttime", "comment", "tags"])
def test_a_row_has_the_same_values_when_generated_alone(column: str) -> None:
    every = values_of(plan_of(), "deal", column)
    assert values_of(plan_of(), "deal", column, [1_500, 3, 42]) == [
        every[1_500],
        every[3],
        every[42],
    ]


def test_adding_rows_does_not_change_the_existing_rows() -> None:
    fewer = plan_of(rows={**ROWS, "deal": 100})
    for column in ("name", "number", "value", "closeddate", "company"):
        every = values_of(plan_of(), "deal", column)
        assert values_of(fewer, "deal", column) == every[:100]


def test_another_seed_generates_other_values() -> None:
    here, there = (values_of(plan_of(seed=seed), "company", "name") for seed in (7, 8))
    same = [a for a, b in zip(here, there, strict=True) if a == b]
    assert len(same) < len(here) / 10


def test_two_columns_of_the_same_kind_have_different_values() -> None:
    limetypes = {"it": {"a": {"type": "decimal"}, "b": {"type": "decimal"}}}
    plan = plan_of(limetypes, {"it": 1_000})
    assert values_of(plan, "it", "a") != values_of(plan, "it", "b")


def test_the_first_rows_of_a_dataset_never_change() -> None:
    # After an intended change, increment ALGORITHM, or old datasets are reused.
    limetypes = {
        "it": {
            "value": {"type": "decimal"},
            "closeddate": {"type": "date"},
            "number": {"type": "integer"},
            "choice": {"type": "option", "options": ["x", "y", "z"]},
            "registrationno": {"type": "string"},
        }
    }
    plan = plan_of(limetypes, {"it": 3})
    made = {name: values_of(plan, "it", name) for name in limetypes["it"]}
    assert {name: [str(value) for value in made[name]] for name in made} == EXPECTED


EXPECTED = {
    "value": ["79412.72", "25194.21", "18739.43"],
    "closeddate": ["2021-12-10", "2016-02-10", "2017-09-28"],
    "number": ["86", "48", "55"],
    "choice": ["x", "x", "x"],
    "registrationno": ["557997-3370", "559179-3517", "558728-5460"],
}
