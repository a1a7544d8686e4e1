"""Links as in an export: by id, by any unique value, and to the same table."""

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from limerun.config.resolve import load_plan
from limerun.records import DatasetPlan
from tests.dataset.plans import ask, make_database
from tests.exports.shapes import shape_of


def csv_file(folder: Path, name: str, header: str, rows: list[str]) -> Path:
    path = folder / f"{name}.csv"
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def shape_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("links")
    company = csv_file(
        folder,
        "company",
        "nr,orgno,parentcompany",
        [f"{n * 3},{n:04}-A,{'' if n < 50 else n // 10 * 3}" for n in range(1, 301)],
    )
    person = csv_file(
        folder,
        "person",
        "id,orgno,company_nr,email",
        [
            f"{n},{'' if n % 10 == 0 else f'{n * n % 270 + 1:04}-A'},"
            f"{n % 300 * 3 + 3 if n % 9 else 7_000},p{n}@a.se"
            for n in range(1, 2_001)
        ],
    )
    mail = csv_file(
        folder, "mail", "sender", [f"p{n % 700 + 1}@a.se" for n in range(5_000)]
    )
    _, text = shape_of(company, person, mail)
    path = folder / "shape.yaml"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def plan(shape_path: Path, tmp_path: Path) -> Any:
    shutil.copy(shape_path, tmp_path / "shape.yaml")
    (tmp_path / "tasks.py").write_text("def run(app):\n    pass\n")

    def load(more: str = "") -> DatasetPlan:
        config = tmp_path / "c.yaml"
        config.write_text(f"task: tasks.py:run\ndataset:\n  like: shape.yaml\n{more}")
        made = load_plan(config, command="run", options={}, sets=[], environ={})
        assert made.dataset is not None
        return made.dataset

    return load


def test_every_link_refers_to_an_existing_row(plan: Any, tmp_path: Path) -> None:
    path = make_database(plan(), tmp_path / "made.sqlite")
    for child, parent in [
        ("company.parentcompany", "company.id"),
        ("person.orgno", "company.orgno"),
        ("person.company_nr", "company.id"),
        ("person.company_nr", "company.nr"),
        ("mail.sender", "person.email"),
    ]:
        table, name = child.split(".")
        owner, key = parent.split(".")
        [(linked, lost)] = ask(
            path,
            f"SELECT count({name}), sum({name} NOT IN (SELECT {key} FROM {owner})) "
            f"FROM {table}",
        )
        assert linked > 200, child
        assert lost == 0, child


def test_the_numbers_of_nulls_orphans_and_children_match_the_shape(
    plan: Any, tmp_path: Path
) -> None:
    path = make_database(plan(), tmp_path / "made.sqlite")
    [(no_company, orphans)] = ask(
        path, "SELECT sum(orgno IS NULL), sum(company_nr IS NULL) FROM person"
    )
    assert no_company == 200
    assert orphans == 2_000 // 9 * 8 // 8  # orphans become null
    senders = Counter(sender for [sender] in ask(path, "SELECT sender FROM mail"))
    assert len(senders) == 700
    assert set(senders.values()) == {7, 8}


def test_no_row_is_its_own_parent(plan: Any, tmp_path: Path) -> None:
    path = make_database(plan(), tmp_path / "made.sqlite")
    [(above,)] = ask(path, "SELECT count(*) FROM company WHERE parentcompany >= id")
    assert above == 0


def test_links_follow_a_parent_column_that_the_config_overrides(
    plan: Any, tmp_path: Path
) -> None:
    said = "  properties: {company.orgno: {kind: registrationno, unique: true}}\n"
    path = make_database(plan(said), tmp_path / "made.sqlite")
    [(linked, lost)] = ask(
        path,
        "SELECT count(orgno), sum(orgno NOT IN (SELECT orgno FROM company)) FROM person",
    )
    assert (linked, lost) == (1_800, 0)


def test_links_to_a_table_without_rows_are_null(plan: Any, tmp_path: Path) -> None:
    path = make_database(plan("  rows: {company: 0}\n"), tmp_path / "made.sqlite")
    assert ask(path, "SELECT count(orgno), count(company_nr) FROM person") == [(0, 0)]
