"""Datasets like an export: counts, lengths, links and order come from its shape."""

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from limerun.config.resolve import load_plan
from limerun.dataset.values.block import Block
from limerun.errors import ConfigError
from limerun.records import DatasetPlan
from limerun.records.shape import Shape, ShapeColumn
from tests.dataset.plans import ask, make_database, recipe_of, values_of
from tests.exports.shapes import crm, shape_of

ALLOWED = ("person.status", "person.year")


@pytest.fixture(scope="module")
def shape_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Shape]:
    """The shape file of an export, and its contents."""
    folder = tmp_path_factory.mktemp("shape")
    places, _ = crm(folder)
    shape, text = shape_of(*places, allowed=ALLOWED)
    path = folder / "shape.yaml"
    path.write_text(text, "utf-8")
    return path, shape


@pytest.fixture
def make_plan(shape_file: tuple[Path, Shape], tmp_path: Path) -> Any:
    """Return the dataset plan of a config that uses the shape."""
    shutil.copy(shape_file[0], tmp_path / "shape.yaml")
    (tmp_path / "tasks.py").write_text("def run(app):\n    pass\n")

    def plan(more: str = "", **options: object) -> DatasetPlan:
        config = tmp_path / "c.yaml"
        config.write_text(
            f"task: tasks.py:run\ndataset:\n  like: shape.yaml\n{more}", "utf-8"
        )
        made = load_plan(config, command="run", options=options, sets=[], environ={})
        assert made.dataset is not None
        return made.dataset

    return plan


@pytest.fixture(scope="module")
def generated_data(
    shape_file: tuple[Path, Shape], tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """The database generated from the shape, and its own shape."""
    folder = tmp_path_factory.mktemp("again")
    shutil.copy(shape_file[0], folder / "shape.yaml")
    (folder / "tasks.py").write_text("def run(app):\n    pass\n")
    config = folder / "c.yaml"
    config.write_text("task: tasks.py:run\ndataset:\n  like: shape.yaml\n")
    plan = load_plan(config, command="run", options={}, sets=[], environ={})
    assert plan.dataset is not None
    path = make_database(plan.dataset, folder / "again.sqlite")
    shape, _ = shape_of(path, allowed=ALLOWED)
    return path, shape


def test_tables_of_the_shape_become_limetypes_with_rows(
    make_plan: Any, shape_file: Any
) -> None:
    plan = make_plan()
    assert plan.rows == {"company": 200, "person": 3_000}
    assert plan.limetypes["person"]["company_id"] == {
        "type": "belongsto",
        "related": "company",
    }
    assert plan.limetypes["person"]["status"] == {
        "type": "option",
        "options": ["active", "prospect", "lost"],
    }
    types = {name: of["type"] for name, of in plan.limetypes["person"].items()}
    assert types["amount"] == "decimal"
    assert types["vip"] == "yesno"
    assert types["born"] == "date"
    assert types["ended"] == "time"
    assert types["tags"] == "text"
    assert "id" not in types


def test_row_counts_can_be_set_and_scaled(make_plan: Any) -> None:
    assert make_plan("  rows: {person: 50}\n").rows == {"company": 200, "person": 50}
    assert make_plan(scale=0.1).rows == {"company": 20, "person": 300}


def test_counts_of_nulls_and_values_match_the_shape(
    generated_data: Any, shape_file: Any
) -> None:
    _, made = generated_data
    for name, column in shape_file[1].tables["person"].columns.items():
        if name == "id":
            continue
        like = made.tables["person"].columns[name]
        # Exact, except for times drawn after another time, which are random.
        if column.after is None:
            assert like.nulls == column.nulls, name
            assert like.distinct == column.distinct, name
            if column.parent is None and not column.orphans:
                assert like.unique == column.unique, name
        else:
            assert like.nulls == pytest.approx(column.nulls, abs=150)
        assert sum(group.rows for group in like.groups) == pytest.approx(
            sum(group.rows for group in column.groups), abs=150
        )


def test_text_lengths_and_numbers_are_distributed_as_in_the_shape(
    generated_data: Any, shape_file: Any
) -> None:
    _, made = generated_data
    for name in ("email", "phone", "note", "tags", "amount", "started", "id"):
        table = "company" if name == "id" else "person"
        column = shape_file[1].tables[table].columns["name" if name == "id" else name]
        like = made.tables[table].columns["name" if name == "id" else name]
        assert like.form == column.form or name == "tags"
        for part in (0.1, 0.5, 0.9):
            measured, remade = _quantile(column, part), _quantile(like, part)
            span = column.histogram.bounds[-1] - column.histogram.bounds[0]
            assert abs(measured - remade) <= max(span * 0.06, 2), (name, part)


def _quantile(column: ShapeColumn, part: float) -> float:
    histogram = column.histogram
    assert histogram is not None
    ends = np.cumsum(histogram.counts)
    return float(np.interp(part * ends[-1], [0, *ends], histogram.bounds))


def test_the_numbers_of_children_match_the_shape(
    generated_data: Any, shape_file: Any
) -> None:
    path, _ = generated_data
    orphans = ask(
        path,
        "SELECT count(*) FROM person WHERE company_id IS NOT NULL "
        "AND company_id NOT IN (SELECT id FROM company)",
    )
    assert orphans == [(0,)]
    groups = shape_file[1].tables["person"].columns["company_id"].groups
    counts = [
        count
        for [count] in ask(
            path,
            "SELECT count(person.id) FROM company LEFT JOIN person "
            "ON company_id = company.id GROUP BY company.id ORDER BY 1 DESC",
        )
    ]
    assert counts.count(0) == groups[-1].values
    assert counts[0] == groups[0].rows
    at = 0
    for group in groups:
        assert sum(counts[at : at + group.values]) == group.rows
        at += group.values


def test_an_end_date_never_comes_before_its_start_date(generated_data: Any) -> None:
    path, made = generated_data
    [(pairs, early)] = ask(
        path,
        "SELECT count(*), sum(ended < started) FROM person WHERE ended IS NOT NULL",
    )
    assert pairs > 2_000
    assert early == 0
    assert made.tables["person"].columns["ended"].after == "started"


@pytest.mark.parametrize("name", ["status", "year"])
def test_named_options_are_as_frequent_as_in_the_shape(
    generated_data: Any, shape_file: Any, name: str
) -> None:
    path, _ = generated_data
    found = dict(ask(path, f"SELECT {name}, count(*) FROM person GROUP BY {name}"))
    column = shape_file[1].tables["person"].columns[name]
    rows = [group.rows for group in column.groups]
    assert {str(option): count for option, count in found.items()} == dict(
        zip(column.options, rows, strict=True)
    )
    assert {type(option) for option in found} == {int if name == "year" else str}


def test_a_value_depends_only_on_its_row(make_plan: Any) -> None:
    plan = make_plan()
    rows = list(range(0, 3_000, 7))
    for column in plan.limetypes["person"]:
        whole = values_of(plan, "person", column)
        backwards = values_of(plan, "person", column, rows[::-1])
        assert backwards == [whole[row] for row in rows[::-1]], column


def test_another_size_keeps_the_shares_of_the_shape(make_plan: Any) -> None:
    plan = make_plan(scale=10)
    phones = values_of(plan, "person", "phone")
    whole = make_plan()
    before = values_of(whole, "person", "phone")
    assert phones.count(None) == pytest.approx(before.count(None) * 10, abs=10)
    assert len(set(phones)) == pytest.approx(len(set(before)) * 10, rel=0.01)
    emails = values_of(plan, "person", "email")
    assert len(set(emails)) == 30_000
    assert set(values_of(plan, "person", "vip")) == {True, False}
    small = make_plan(scale=0.01)
    assert len(set(values_of(small, "person", "email"))) == 30
    assert set(values_of(small, "person", "company_id")) <= {1, 2}


def test_properties_in_the_config_override_the_shape(make_plan: Any) -> None:
    plan = make_plan(
        "  properties: {person.email: {kind: constant, value: x@a.test}}\n"
    )
    assert set(values_of(plan, "person", "email")) == {"x@a.test"}


def test_the_dsl_overrides_the_shape_for_the_properties_that_it_declares(
    make_plan: Any,
) -> None:
    plan = make_plan(
        """
  limetypes:
    company: {name: {type: string}}
    person:
      email: {type: string, length: 14}
      phone: {type: phone, required: true}
      company_id: {type: belongsto, related: company}
      status: {type: option, options: [active, prospect, lost, gone]}
      amount: {type: integer}
      unheard: {type: string}
"""
    )
    assert plan.rows == {"company": 200, "person": 3_000}
    schema = recipe_of(plan).schema
    kinds = {name: of.kind for name, of in schema.tables["person"].columns.items()}
    assert kinds == {
        "email": "like",
        "phone": "like",
        "company_id": "like",
        "status": "like",
        "amount": "integer",
        "unheard": "subject",
    }
    emails = values_of(plan, "person", "email")
    assert max(map(len, emails)) == 14
    assert len(set(emails)) == 3_000
    assert None not in values_of(plan, "person", "phone")
    counts = Counter(values_of(plan, "person", "status"))
    assert set(counts) == {"active", "prospect", "lost"}


def test_source_columns_follow_links_generated_from_the_shape(make_plan: Any) -> None:
    plan = make_plan()
    recipe = recipe_of(plan)
    block = Block(
        recipe, recipe.schema.tables["person"], np.arange(50, dtype=np.uint64)
    )
    from limerun.dataset.values.foreign_keys import follow

    names = follow(block, ("company_id", "name")).to_pylist()
    companies = values_of(plan, "company", "name")
    ids = values_of(plan, "person", "company_id", range(50))
    assert names == [companies[number - 1] for number in ids]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            "  rows: {persons: 5}\n",
            'is not a limetype of the dataset; did you mean "person"',
        ),
        ("  properties: {person.mail: {kind: email}}\n", "is not a property"),
    ],
)
def test_names_missing_from_the_shape_are_refused(
    make_plan: Any, more: str, told: str
) -> None:
    with pytest.raises(ConfigError, match=told):
        make_plan(more)
