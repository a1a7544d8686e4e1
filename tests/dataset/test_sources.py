"""Source files: some of their rows are in the database, the others are not."""

import csv
import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limerun.dataset.design.dataset_schema import check_plan
from limerun.errors import DatasetError
from tests.dataset.plans import (
    ask,
    make_database,
    make_source,
    plan_of,
    source_of,
)

Columns = dict[str, str | Mapping[str, object]]
PROPERTIES: dict[str, dict[str, object]] = {
    "deal.number": {"kind": "sequence", "format": "D{:05d}"},
    "company.registrationno": {"unique": True},
}
PATHS = {
    "number": "deal.number",
    "value": "deal.value",
    "status": "deal.dealstatus",
    "start": "deal.starttime",
    "closed": "deal.closeddate",
    "customer": "deal.company.registrationno",
    "company_id": "deal.company",
    "id": "deal.id",
}


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    plan = plan_of(properties=PROPERTIES)
    return make_database(plan, tmp_path_factory.mktemp("sources") / "crm.sqlite")


def stored(database: Path) -> dict[str, Any]:
    """Return the deals of the database in the form of source rows, by number."""
    sql = (
        "SELECT number, value, dealstatus, starttime, closeddate, registrationno, "
        "company, deal.id FROM deal JOIN company ON company.id = deal.company"
    )
    return {
        number: {
            "number": number,
            "value": value,
            "status": status,
            "start": datetime.fromisoformat(start).isoformat() + "+00:00",
            "closed": closed[:10],
            "customer": customer,
            "company_id": company,
            "id": id,
        }
        for number, value, status, start, closed, customer, company, id in ask(
            database, sql
        )
    }


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=st.integers(1, 2_500), overlap=st.floats(0, 0.8))
def test_exactly_the_overlapping_rows_are_in_the_database_with_the_same_values(
    rows: int, overlap: float, database: Path, tmp_path: Path
) -> None:
    source = source_of(PATHS, rows, overlap)
    made = rows_of(make_source(plan_of(properties=PROPERTIES), source, tmp_path / "a"))
    held = stored(database)
    known = [row for row in made if row["number"] in held]
    assert len(made) == rows
    assert len({row["number"] for row in made}) == rows
    assert len(known) == round(overlap * rows)
    assert all(row == held[row["number"]] for row in known)


def test_new_rows_refer_to_existing_companies(database: Path, tmp_path: Path) -> None:
    plan = plan_of(properties=PROPERTIES)
    made = rows_of(make_source(plan, source_of(PATHS), tmp_path / "a"))
    companies = dict(ask(database, "SELECT registrationno, id FROM company"))
    assert all(companies[row["customer"]] == row["company_id"] for row in made)


def test_known_and_new_rows_are_mixed(database: Path, tmp_path: Path) -> None:
    plan = plan_of(properties=PROPERTIES)
    made = rows_of(make_source(plan, source_of(PATHS, 1_000, 0.5), tmp_path / "a"))
    first = [row["id"] for row in made[:200]]
    assert 50 < sum(number <= 2_000 for number in first) < 150
    assert first != sorted(first)


def test_a_source_without_paths_needs_no_database(tmp_path: Path) -> None:
    columns: Columns = {
        "number": {"kind": "sequence", "format": "F-{:04d}"},
        "email": {},
        "amount": {"min": 10, "max": 20, "decimals": 1},
        "paid": {"kind": "yesno", "null_rate": 0.2},
        "customer name": {"kind": "fullname"},
        "due": {"kind": "date"},
        "where": {"kind": "constant", "value": 'a "b", \\ c\n'},
        "count": {"kind": "constant", "value": 3},
    }
    made = rows_of(make_source(None, source_of(columns, rows=100), tmp_path / "a"))
    assert [row["number"] for row in made[:2]] == ["F-0001", "F-0002"]
    assert all(row["email"].split("@")[1].startswith("example.") for row in made)
    assert all(10 <= row["amount"] <= 20 for row in made)
    assert {row["paid"] for row in made} == {True, False, None}
    assert all(date.fromisoformat(row["due"]) for row in made)
    assert {row["where"] for row in made} == {'a "b", \\ c\n'}
    assert {row["count"] for row in made} == {3}


def test_a_kind_in_place_of_a_path_is_refused_with_the_correct_form() -> None:
    with pytest.raises(DatasetError, match=r"mail: email is a kind; .*\{kind: email\}"):
        check_plan(plan_of(), {"a": source_of({"mail": "email"})})


def test_json_lines_are_compact_and_do_not_escape_letters(tmp_path: Path) -> None:
    source = source_of({"ö": {"kind": "constant", "value": "å"}, "n": {"kind": "null"}})
    made = make_source(None, source, tmp_path / "a")
    assert made.read_text("utf-8").splitlines()[0] == '{"ö":"å","n":null}'


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    options=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
        min_size=1,
        max_size=6,
        unique=True,
    ),
    null_rate=st.sampled_from([0.0, 0.3]),
)
def test_any_text_survives_writing_and_reading_in_either_format(
    options: list[str], null_rate: float, tmp_path: Path
) -> None:
    choice = {"kind": "choice", "options": options, "null_rate": null_rate}
    name = options[0] or "a"
    for format in ("jsonl", "csv"):
        columns: Columns = {name: choice, f"{name}2": {"kind": "sequence"}}
        source = source_of(columns, rows=30, format=format)
        path = make_source(None, source, tmp_path / "a")
        with path.open(encoding="utf-8", newline="") as file:
            if format == "jsonl":
                lines = file.read().split("\n")
                values = [json.loads(line)[name] for line in lines if line]
            else:
                values = [row[name] for row in csv.DictReader(file)]
        nothing = None if format == "jsonl" else ""
        assert len(values) == 30
        assert set(values) <= {*options, nothing}


def test_csv_has_a_header_and_empty_fields_for_nulls(tmp_path: Path) -> None:
    columns: Columns = {
        "a,b": {"kind": "constant", "value": 'x "y", z'},
        "none": {"kind": "null"},
        "yes": {"kind": "constant", "value": True},
    }
    made = make_source(None, source_of(columns, 2, format="csv"), tmp_path / "a")
    line = b'"x ""y"", z",,true\r\n'
    assert made.read_bytes() == b'"a,b",none,yes\r\n' + line + line


def test_a_path_through_a_null_link_gives_null(tmp_path: Path) -> None:
    plan = plan_of(properties={"deal.person": {"null_rate": 0.5}})
    source = source_of({"id": "deal.person", "name": "deal.person.name"}, overlap=1)
    made = rows_of(make_source(plan, source, tmp_path / "a"))
    assert 300 < sum(row["id"] is None for row in made) < 700
    assert all((row["id"] is None) == (row["name"] is None) for row in made)


@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_a_source_may_have_no_rows(format: str, tmp_path: Path) -> None:
    source = source_of({"a": {"kind": "city"}}, rows=0, format=format)
    made = make_source(None, source, tmp_path / "a")
    assert made.read_bytes() == (b"" if format == "jsonl" else b"a\r\n")


@pytest.mark.parametrize("delimiter", [";", "\t", "|", None])
def test_a_csv_file_has_the_configured_delimiter(
    tmp_path: Path, delimiter: str | None
) -> None:
    texts = ["a", "b;c", "d,e", "f\tg", 'h"i', "j|k", "l\r\nm"]
    columns: Columns = {
        "text": {"kind": "choice", "options": texts},
        "value": {"kind": "decimal"},
    }
    source = source_of(columns, rows=100, format="csv", delimiter=delimiter)
    path = make_source(None, source, tmp_path / "a.csv")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter=delimiter or ","))
    assert rows[0] == ["text", "value"]
    assert len(rows) == 101
    assert {row[0] for row in rows[1:]} == set(texts)
    assert all(float(row[1]) >= 0 for row in rows[1:])
