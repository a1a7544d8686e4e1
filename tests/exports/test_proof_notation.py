"""The proof: values in another notation or a renamed column are found."""

import random
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from limerun.exports.rules import ColumnRule, Rules, TableRules
from tests.exports.copies import (
    Columns,
    Tables,
    counted,
    made_columns,
    prove_tables,
)

FEW, MANY = 80, 2_000
"""Numbers of rows: birth dates are scattered, or saturated."""


def written(values: list[object], form: str) -> list[object]:
    return [date.fromisoformat(str(value)).strftime(form) for value in values]


DATES = (
    *("%Y-%m-%d 00:00:00", "%Y%m%d", "%y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y"),
    *("%d %B %Y", "%Y/%m/%d"),
)


def dates(rows: int, seed: int) -> list[object]:
    """Return birth dates, on even days if the seed is even."""
    dice = random.Random(seed)
    return [
        f"19{dice.randrange(40, 99)}-{dice.randrange(1, 13):02d}-"
        f"{dice.randrange(1, 13) * 2 + seed % 2:02d}"
        for _ in range(rows)
    ]


@pytest.mark.parametrize("rows", [FEW, MANY])
def test_dates_in_another_format_are_found(tmp_path: Path, rows: int) -> None:
    before: Columns = {}
    after: Columns = {}
    for at, form in enumerate(DATES):
        for left in (True, False):
            name = f"{'left' if left else 'changed'} {at}"
            before[name] = dates(rows, 4 * at + 2 * left)
            others = before[name] if left else dates(rows, 4 * at + 1)
            after[name] = written(others, form)
    proof = prove_tables(tmp_path, {"t": before}, {"t": after}, keep=())
    [table] = proof.tables
    failed = {column.name for column in table.columns if not column.passed}
    assert failed == {f"left {at}" for at in range(len(DATES))}


def test_dates_in_the_source_may_have_another_format(tmp_path: Path) -> None:
    source, copy = made_columns("id", "born")
    copy["person"]["born"] = list(source["person"]["born"])
    source["person"]["born"] = written(source["person"]["born"], "%d.%m.%Y")
    proof = prove_tables(tmp_path, source, copy)
    assert counted(proof) == [("person.born", "person.born")]


REWRITTEN: dict[str, tuple[str, Callable[[int], object]]] = {
    "ids in use everywhere, as decimals": ("id", float),
    "ids in use everywhere, in a form": ("id", "P-{:06d}".format),
    "ids in use everywhere, as text": ("id", "{} ".format),
    "scattered ids, as decimals": ("customer", float),
    "scattered ids, as text": ("customer", "{:,}".format),
}


def test_numbers_of_another_type_are_found(tmp_path: Path) -> None:
    before: Columns = {}
    after: Columns = {}
    for at, (how, (kind, write)) in enumerate(REWRITTEN.items()):
        for left in (True, False):
            numbers = [
                random.Random(seed).sample(
                    range(1, FEW + 1) if kind == "id" else range(10**11, 10**12), FEW
                )
                for seed in (4 * at + 2 * left, 4 * at + 2 * left + 1)
            ]
            name = f"{how}, {'left' if left else 'changed'}"
            before[name] = [*numbers[0]]
            after[name] = [write(number) for number in numbers[not left]]
    proof = prove_tables(tmp_path, {"t": before}, {"t": after}, keep=())
    [table] = proof.tables
    failed = {column.name for column in table.columns if not column.passed}
    assert failed == {f"{how}, left" for how in REWRITTEN}


@pytest.mark.parametrize("rows", [FEW, MANY])
def test_a_renamed_column_is_found(tmp_path: Path, rows: int) -> None:
    source, copy = made_columns("id", "first", "born", rows=rows)
    columns = ("born", "id")
    for name in columns:
        copy["person"][f"changed {name}"] = list(copy["person"][name])
        copy["person"][f"left {name}"] = list(source["person"][name])
    proof = prove_tables(tmp_path, source, copy)
    assert set(counted(proof)) == {
        (f"person.{name}", f"person.left {name}") for name in columns
    }
    assert {(each.rows, each.first_row) for each in proof.survivors} == {(rows, 1)}


def test_a_renamed_column_must_match_in_most_rows(tmp_path: Path) -> None:
    # Two dates of a row are close together: noise makes some of them equal.
    source, copy = made_columns("id", "born", rows=MANY)
    few = MANY // 3
    born = [*source["person"]["born"][:few], *copy["person"]["born"][few:]]
    copy["person"]["other"] = born
    assert prove_tables(tmp_path, source, copy).passed


@pytest.mark.parametrize("kind", ["keep", "generalize"])
def test_a_kept_column_may_equal_another_column(tmp_path: Path, kind: str) -> None:
    source: Tables = {"t": {"id": list(range(5_001, 5_301))}}
    copy: Tables = {"t": {"id": list(reversed(range(5_001, 5_301)))}}
    source["t"]["number"] = list(source["t"]["id"])
    copy["t"]["number"] = list(source["t"]["id"])
    rules = Rules(
        tables={
            "t": TableRules(
                columns={
                    "id": ColumnRule(kind="permute"),
                    "number": ColumnRule(kind=kind),
                }
            )
        }
    )
    proof = prove_tables(tmp_path, source, copy, keep=(), rules=rules)
    assert not any(each.copy == "t.number" for each in proof.survivors)


def test_a_time_shortened_to_its_day_is_not_a_survivor(tmp_path: Path) -> None:
    moments: list[object] = [
        datetime(2024, 1 + row % 12, 1 + row % 28, row % 24, row % 60, 1)
        for row in range(FEW)
    ]
    days: list[object] = [
        moment.date() for moment in moments if isinstance(moment, datetime)
    ]
    rules = Rules(
        tables={"t": TableRules(columns={"c": ColumnRule(kind="generalize")})}
    )
    proof = prove_tables(
        tmp_path, {"t": {"c": moments}}, {"t": {"c": days}}, keep=(), rules=rules
    )
    assert proof.passed, proof.reasons
