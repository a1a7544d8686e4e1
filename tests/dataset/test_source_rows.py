"""Rows that are duplicates, lack a value or have a malformed value."""

import csv
import json
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limerun.dataset.design.dataset_schema import check_plan
from limerun.dataset.design.layout import SourceColumn
from limerun.dataset.values.dirty_rows import PLACEHOLDER, TOO_LONG, malformed
from limerun.dataset.values.source_rows import SourceRows
from limerun.errors import DatasetError
from limerun.records import SourcePlan
from tests.dataset.plans import (
    ask,
    make_database,
    make_source,
    plan_of,
    recipe_of,
    source_of,
)

Columns = dict[str, str | Mapping[str, object]]
OWN: Columns = {
    "number": {"kind": "sequence", "format": "F-{:05d}"},
    "name": {"kind": "fullname"},
    "email": {"kind": "email"},
    "amount": {"kind": "decimal", "min": 1, "max": 90_000},
    "count": {"kind": "integer"},
    "due": {"kind": "date"},
    "at": {"kind": "time"},
    "paid": {"kind": "yesno"},
    "status": {"kind": "choice", "options": ["open", "closed"]},
}
FORMATS = ("jsonl", "json", "csv", "parquet")


def read(path: Path, format: str) -> list[dict[str, Any]]:
    """Return the rows as a task would read them."""
    if format == "parquet":
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
        return rows
    text = path.read_text("utf-8")
    if format == "json":
        held: list[dict[str, Any]] = json.loads(text)
        return held
    if format == "jsonl":
        return [json.loads(line) for line in text.split("\n") if line]
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, restkey="too many"))


def generated_rows(
    source: SourcePlan, folder: Path, plan: Any = None
) -> list[dict[str, Any]]:
    return read(make_source(plan, source, folder / "it"), source.format)


def value_differences(
    clean: list[dict[str, Any]], dirty: list[dict[str, Any]]
) -> list[tuple[int, str, Any, Any]]:
    """Return the row, the column and both values of each difference."""
    return [
        (at, name, before[name], after[name])
        for at, (before, after) in enumerate(zip(clean, dirty, strict=True))
        for name in before
        if before[name] != after[name]
    ]


def numbers(start: int, end: int) -> Any:
    return np.arange(start, end, dtype=np.uint64)


def as_json(rows: list[dict[str, Any]]) -> list[str]:
    return [json.dumps(row, default=str) for row in rows]


SHARES = st.tuples(*[st.floats(0, 0.33)] * 3)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=st.integers(1, 1_500), shares=SHARES, format=st.sampled_from(FORMATS))
def test_the_shares_of_duplicates_and_dirty_rows_are_exact(
    rows: int, shares: tuple[float, float, float], format: str, tmp_path: Path
) -> None:
    repeated, missing, malformed_ = shares
    asked = source_of(
        OWN,
        rows,
        format=format,
        duplicates=repeated,
        missing=missing,
        malformed=malformed_,
    )
    found = generated_rows(asked, tmp_path)
    clean = generated_rows(source_of(OWN, rows, format=format), tmp_path)
    least = [round(share * rows) for share in shares]
    assert len(found) == rows
    assert not any("too many" in row or None in row.values() for row in found) or (
        format != "csv"
    )
    order = [row["number"] for row in clean]
    repeats = wrong = 0
    for at, row in enumerate(found):
        if row == clean[at]:
            continue
        if row in clean[:at]:
            repeats += 1
            assert row == found[order.index(row["number"])], "an earlier row"
        else:
            wrong += 1
            assert len(value_differences([clean[at]], [row])) == 1
    left = max(rows - 1, 0)
    for expected, seen in ((least[0], repeats), (least[1] + least[2], wrong)):
        expected = min(expected, left)
        left -= expected
        assert seen == expected


def test_duplicates_come_after_the_rows_that_they_repeat(tmp_path: Path) -> None:
    found = as_json(generated_rows(source_of(OWN, 2_000, duplicates=0.3), tmp_path))
    first: dict[str, int] = {}
    distances = []
    for at, row in enumerate(found):
        if row in first:
            distances.append(at - first[row])
        else:
            first[row] = at
    assert len(distances) == 600
    assert min(distances) < 50
    assert max(distances) > 1_000


def test_nearly_every_row_may_be_a_duplicate(tmp_path: Path) -> None:
    found = as_json(generated_rows(source_of(OWN, 500, duplicates=0.99), tmp_path))
    assert len(set(found)) == 5


def test_the_overlap_refers_to_rows_that_are_not_duplicates(tmp_path: Path) -> None:
    properties: dict[str, dict[str, object]] = {
        "deal.number": {"kind": "sequence", "format": "D{:05d}"}
    }
    plan = plan_of(properties=properties)
    columns: Columns = {"number": "deal.number", "id": "deal.id"}
    source = source_of(columns, 1_000, 0.5, duplicates=0.2, missing=0.1)
    found = [
        row for row in generated_rows(source, tmp_path, plan) if row["id"] is not None
    ]
    database = make_database(plan, tmp_path / "crm.sqlite")
    held = {id for (id,) in ask(database, "SELECT id FROM deal")}
    ids = Counter(row["id"] for row in found)
    assert sum(count - 1 for count in ids.values()) == 200
    assert 330 < sum(id in held for id in ids) <= 400  # some of them miss their id
    assert all(id <= 2_000 + 400 for id in ids)


@pytest.mark.parametrize("format", FORMATS)
def test_the_bytes_do_not_depend_on_the_block_size(format: str, tmp_path: Path) -> None:
    source = source_of(
        OWN, 700, format=format, duplicates=0.2, missing=0.2, malformed=0.2
    )
    whole = make_source(None, source, tmp_path / "a").read_bytes()
    for block_rows in (19, 97, 512):
        path = make_source(None, source, tmp_path / "b", block_rows=block_rows)
        assert path.read_bytes() == whole


def test_any_rows_can_be_generated_separately() -> None:
    source = source_of(OWN, 500, duplicates=0.3, missing=0.2, malformed=0.2)
    recipe = recipe_of(None, {"it": source})
    rows = SourceRows(recipe, recipe.schema.sources["it"])
    whole = {
        name: array.to_pylist() for name, array in rows.columns(numbers(0, 500)).items()
    }
    for name, array in rows.columns(numbers(400, 410)).items():
        assert array.to_pylist() == whole[name][400:410]


def test_missing_values_are_null_or_sometimes_empty_text(tmp_path: Path) -> None:
    clean = generated_rows(source_of(OWN, 2_000), tmp_path)
    dirty = generated_rows(source_of(OWN, 2_000, missing=0.5), tmp_path)
    differences = value_differences(clean, dirty)
    assert len(differences) == 1_000
    assert {name for _, name, _, _ in differences} == set(OWN)
    for _, name, _, value in differences:
        assert value is None or (value == "" and name not in ("amount", "due", "paid"))
    empty = [value for _, name, _, value in differences if name == "email"]
    assert set(empty) == {None, ""}


def test_a_value_that_is_always_null_does_not_count_as_missing(
    tmp_path: Path,
) -> None:
    columns: Columns = {"a": {"kind": "null"}, "b": {"kind": "sequence"}}
    found = generated_rows(source_of(columns, 400, missing=0.5), tmp_path)
    assert sum(row["b"] in (None, "") for row in found) == 200


def test_malformed_json_values_may_have_other_types(tmp_path: Path) -> None:
    clean = generated_rows(source_of(OWN, 3_000), tmp_path)
    dirty = generated_rows(source_of(OWN, 3_000, malformed=0.5), tmp_path)
    differences = value_differences(clean, dirty)
    assert len(differences) == 1_500
    assert {name for _, name, _, _ in differences} == set(OWN)
    assert {type(value) for _, _, _, value in differences} == {str, int}
    for _, name, before, value in differences:
        if isinstance(value, int):
            assert name in ("number", "name", "status")
        elif name == "amount":
            assert not is_number(value) or float(value) == before


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_dirty_csv_keeps_its_columns_and_malformed_numbers_are_not_numbers(
    tmp_path: Path,
) -> None:
    clean = generated_rows(source_of(OWN, 2_000, format="csv"), tmp_path)
    dirty = generated_rows(source_of(OWN, 2_000, format="csv", malformed=0.5), tmp_path)
    differences = value_differences(clean, dirty)
    assert len(differences) == 1_000
    for _, name, _, value in differences:
        if name in ("amount", "count"):
            assert not is_number(value)
        if name == "email" and value != PLACEHOLDER:
            assert value.count("@") != 1 or " " in value or ";" in value


def test_dirty_parquet_keeps_its_types_and_has_malformed_values_only_in_text(
    tmp_path: Path,
) -> None:
    clean = generated_rows(source_of(OWN, 1_000, format="parquet"), tmp_path)
    source = source_of(OWN, 1_000, format="parquet", missing=0.2, malformed=0.3)
    dirty = generated_rows(source, tmp_path)
    spoilt = [
        each for each in value_differences(clean, dirty) if each[3] not in (None, "")
    ]
    assert len(spoilt) == 300
    assert {name for _, name, _, _ in spoilt} == {"number", "name", "email", "status"}
    assert {type(row["amount"]) for row in dirty} == {float, type(None)}
    assert {type(row["due"]) for row in dirty} == {date, type(None)}


def test_impossible_shares_of_dirty_rows_are_refused() -> None:
    whole = source_of({"a": {"kind": "integer"}}, 10, format="parquet", malformed=0.5)
    with pytest.raises(DatasetError, match=r"sources.a.dirty.malformed: has no effect"):
        check_plan(None, {"a": whole})
    much = source_of(OWN, 10, duplicates=0.5, missing=0.5, malformed=0.1)
    with pytest.raises(DatasetError, match="sum must be at most 1"):
        check_plan(None, {"a": much})


def column_of(type: str, kind: str = "choice") -> SourceColumn:
    return SourceColumn(name="a", path=("a",), own=True, type=type, kind=kind)


VALUES = st.one_of(
    st.tuples(st.just(column_of("string")), st.text()),
    st.tuples(st.just(column_of("string", "email")), st.emails()),
    st.tuples(st.just(column_of("decimal")), st.floats(-1e14, 1e14)),
    st.tuples(st.just(column_of("integer")), st.integers(-(2**62), 2**62)),
    st.tuples(st.just(column_of("yesno")), st.booleans()),
    st.tuples(st.just(column_of("date")), st.dates(date(1950, 1, 1))),
    st.tuples(st.just(column_of("time")), st.datetimes(datetime(1950, 1, 1))),
    st.tuples(st.just(column_of("string")), st.none()),
)


@given(given_=VALUES, drawn=st.integers(0, 2**64 - 1), mixed=st.booleans())
def test_a_malformed_value_differs_from_the_original_and_can_be_stored(
    given_: tuple[SourceColumn, Any], drawn: int, mixed: bool
) -> None:
    column, value = given_
    found = malformed(value, column, drawn, mixed=mixed)
    assert found != value or value == PLACEHOLDER
    if isinstance(found, int):
        assert mixed
        assert 0 <= found < 2**63
    else:
        assert len(found) <= 2 * TOO_LONG


TEXTS = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
    min_size=1,
    max_size=5,
    unique=True,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(options=TEXTS, format=st.sampled_from(["csv", "json", "jsonl"]))
def test_dirty_rows_with_any_text_survive_writing_and_reading(
    options: list[str], format: str, tmp_path: Path
) -> None:
    columns: Columns = {
        options[0] or "a": {"kind": "choice", "options": options},
        f"{options[0]} 2": {"kind": "decimal"},
    }
    source = source_of(columns, 40, format=format, missing=0.3, malformed=0.5)
    found = generated_rows(source, tmp_path)
    clean = generated_rows(source_of(columns, 40, format=format), tmp_path)
    assert len(found) == 40
    assert all(row.keys() == columns.keys() for row in found)
    assert sum(a != b for a, b in zip(clean, found, strict=True)) <= 32
    recipe = recipe_of(None, {"it": source})
    rows = SourceRows(recipe, recipe.schema.sources["it"]).columns(numbers(0, 40))
    for name in columns:
        expected = [
            value if value is not None else "" for value in rows[name].to_pylist()
        ]
        if format == "csv":
            expected = [value if isinstance(value, str) else None for value in expected]
        for row, value in zip(found, expected, strict=True):
            if isinstance(value, str):
                assert (row[name] if row[name] is not None else "") == value


def test_the_array_of_row_numbers_passed_in_is_not_modified() -> None:
    source = source_of(OWN, 50, duplicates=0.5)
    recipe = recipe_of(None, {"it": source})
    rows = SourceRows(recipe, recipe.schema.sources["it"])
    asked = numbers(0, 50)
    rows.columns(asked)
    assert asked.tolist() == list(range(50))
