"""The proof: values that a copy only writes otherwise, or calls otherwise, are found."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from limerun.exports.rules import Rule, Rules, TableRules
from tests.exports.copies import Tables, column_of, counted, made_export, prove_tables

FEW, MANY = 80, 2_000
"""Rows with which birth dates are scattered, and with which they are saturated."""


def written(values: list[object], form: str) -> list[object]:
    return [date.fromisoformat(str(value)).strftime(form) for value in values]


DATES = (
    *("%Y-%m-%d 00:00:00", "%Y%m%d", "%y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y"),
    *("%d %B %Y", "%Y/%m/%d"),
)


@pytest.mark.parametrize("rows", [FEW, MANY])
@pytest.mark.parametrize("form", DATES)
def test_dates_in_another_form_are_the_same(
    tmp_path: Path, form: str, rows: int
) -> None:
    source, copy = made_export(rows), made_export(rows, copy=True)
    copy["person"]["born"] = written(copy["person"]["born"], form)
    clean = prove_tables(tmp_path / "clean", source, copy)
    assert clean.passed, clean.reasons
    copy["person"]["born"] = written(source["person"]["born"], form)
    proof = prove_tables(tmp_path / "leak", source, copy)
    assert not column_of(proof, "person.born").passed


def test_dates_of_a_source_may_be_in_another_form_too(tmp_path: Path) -> None:
    source, copy = made_export(FEW), made_export(FEW, copy=True)
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


@pytest.mark.parametrize("how", REWRITTEN)
def test_numbers_of_another_type_are_the_same(tmp_path: Path, how: str) -> None:
    column, write = REWRITTEN[how]
    source, copy = made_export(), made_export(copy=True)
    own = [write(int(str(value))) for value in copy["person"][column]]
    copy["person"][column] = own
    clean = prove_tables(tmp_path / "clean", source, copy)
    assert clean.passed, clean.reasons
    values = [write(int(str(value))) for value in source["person"][column]]
    copy["person"][column] = values
    proof = prove_tables(tmp_path / "leak", source, copy)
    assert not column_of(
        proof, "person.id" if column == "id" else "person.customer"
    ).passed


@pytest.mark.parametrize("rows", [FEW, MANY])
@pytest.mark.parametrize("column", ["born", "id"])
def test_a_column_that_is_called_otherwise_is_found(
    tmp_path: Path, column: str, rows: int
) -> None:
    source, copy = made_export(rows), made_export(rows, copy=True)
    copy["person"]["other"] = list(copy["person"][column])
    clean = prove_tables(tmp_path / "clean", source, copy)
    assert clean.passed, clean.reasons
    copy["person"]["other"] = list(source["person"][column])
    proof = prove_tables(tmp_path / "leak", source, copy)
    [found] = [each for each in proof.survivors if each.source == f"person.{column}"]
    assert (found.copy, found.rows, found.first_row) == ("person.other", rows, 1)
    assert found.counted


def test_a_column_that_moved_counts_by_most_of_its_rows(tmp_path: Path) -> None:
    # Two dates of a row lie near each other: noise makes some of one from the other.
    source, copy = made_export(MANY), made_export(MANY, copy=True)
    few = MANY // 3
    born = [*source["person"]["born"][:few], *copy["person"]["born"][few:]]
    copy["person"]["other"] = born
    assert prove_tables(tmp_path, source, copy).passed


@pytest.mark.parametrize("kind", ["keep", "generalize"])
def test_what_is_kept_may_tell_of_another_column(tmp_path: Path, kind: str) -> None:
    source: Tables = {"t": {"id": list(range(5_001, 5_301))}}
    copy: Tables = {"t": {"id": list(reversed(range(5_001, 5_301)))}}
    source["t"]["number"] = list(source["t"]["id"])
    copy["t"]["number"] = list(source["t"]["id"])
    rules = Rules(
        tables={
            "t": TableRules(
                columns={"id": Rule(kind="permute"), "number": Rule(kind=kind)}
            )
        }
    )
    proof = prove_tables(tmp_path, source, copy, keep=(), rules=rules)
    assert not any(each.copy == "t.number" for each in proof.survivors)


def test_a_time_made_coarser_to_its_day_is_not_the_time(tmp_path: Path) -> None:
    moments: list[object] = [
        datetime(2024, 1 + row % 12, 1 + row % 28, row % 24, row % 60, 1)
        for row in range(FEW)
    ]
    days: list[object] = [
        moment.date() for moment in moments if isinstance(moment, datetime)
    ]
    rules = Rules(tables={"t": TableRules(columns={"c": Rule(kind="generalize")})})
    proof = prove_tables(
        tmp_path, {"t": {"c": moments}}, {"t": {"c": days}}, keep=(), rules=rules
    )
    assert proof.passed, proof.reasons
