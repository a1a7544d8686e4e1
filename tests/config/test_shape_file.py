"""A shape file is checked strictly: each error has a line and a column."""

from dataclasses import replace
from pathlib import Path

import pytest

from limerun.config.like import limetypes_of
from limerun.config.resolve import load_plan
from limerun.config.shape_checks import column_faults
from limerun.config.shape_file import read_shape
from limerun.errors import ConfigError
from limerun.records import Plan
from limerun.records.shape import Group, Histogram

GOOD = """\
shape: limerun.shape/1
tables:
  company:
    rows: 2_000
    key: id
    columns:
      id:
        type: integer
        nulls: 0
        distinct: 2_000
        unique: yes
        values: "2_000"
        rows: "2_000"
        bounds: "-_5~20_005"
        counts: "2_000"
      "Full name":
        type: text
        form: "a b"
        nulls: 500
        distinct: 2
        values: "1~1"
        rows: "1_000~500"
        options: ["A & B", "C"]
        lengths: "1~3~6"
        counts: "1~1"
        cells: "1~0"
  person:
    rows: 10
    columns:
      company:
        type: integer
        nulls: 0
        distinct: 2
        parent: [company, id]
        values: "2~1_998"
        rows: "10~0"
      begun:
        type: date
        unit: day
        nulls: 10
        distinct: 0
      done:
        type: time
        unit: second
        nulls: 0
        distinct: 10
        after: begun
        bounds: "-_5~8_640_005"
        counts: "10"
"""


def write_shape(folder: Path, text: str) -> Path:
    path = folder / "shape.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_shape_file_is_read_correctly(tmp_path: Path) -> None:
    company = read_shape(write_shape(tmp_path, GOOD)).tables["company"]
    assert (company.rows, company.key) == (2_000, "id")
    assert company.columns["id"].histogram == Histogram(
        bounds=(0, 2_001), counts=(2_000,)
    )
    name = company.columns["Full name"]
    assert name.groups == (Group(values=1, rows=1_000), Group(values=1, rows=500))
    assert name.options == ("A & B", "C")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("shape/1", "shape/2", "1:8: shape: must be limerun.shape/1"),
        ("tables:", "table:", '2:1: table: unknown key; did you mean "tables"'),
        ("    rows: 2_000", "    rows: many", "4:11: .*rows: must be a whole number"),
        ("key: id", "key: nr", "5:10: .*key: must be a column of the table"),
        ("type: integer", "type: int", "8:15: .*type: must be text or integer"),
        ("        nulls: 0\n", "", "8:9: .*id: nulls is missing"),
        ("nulls: 0", "nulls: -1", "9:16: .*nulls: must be at least 0"),
        ("unique: yes", "unique: no", "unique: contradicts"),
        ('rows: "2_000"', 'rows: "2_000~1"', "13:15: .*must have 1 numbers"),
        ('rows: "2_000"', 'rows: "1_999"', "13:15: .*plus nulls must equal"),
        ('rows: "2_000"', 'rows: "x"', "a text of whole numbers"),
        ('values: "1~1"', 'values: "1~2"', "values: must add up to distinct"),
        ('bounds: "-_5~20_005"', 'bounds: "5~-_5"', "must be in ascending order"),
        ('bounds: "-_5~20_005"', 'bounds: "0~20"', "must be in tenths"),
        ('bounds: "-_5~20_005"', 'bounds: "5"', "must have 2 numbers, one more"),
        ('bounds: "-_5~20_005"', 'lengths: "0~20"', "does not apply to type integer"),
        ('lengths: "1~3~6"', 'lengths: "-_1~3~6"', "must not contain a negative"),
        ('counts: "1~1"', 'counts: "0~0"', "must not all be 0"),
        ('cells: "1~0"', 'cells: "1"', "cells: must have 2 items, one for each"),
        ('cells: "1~0"', 'cells: "1~2"', "must be positions in counts"),
        ('["A & B", "C"]', '["A & B"]', "options: must have 2 items, one for each"),
        ('["A & B", "C"]', '["C", "C"]', "must not contain the same text twice"),
        ('["A & B", "C"]', "[1, 2]", "must be a list of texts"),
        ("[company, id]", "[company, nr]", "the shape has no column company.nr"),
        ("[company, id]", "[company]", "must be a table and a column"),
        ('rows: "10~0"', 'rows: "9~0"', "plus nulls and orphans must equal"),
        ("after: begun", "after: start", "start is not a date or time of the table"),
        ("after: begun", "after: done", "done would come after itself"),
        ("        unit: second\n", "", "after: needs a date or time, a unit"),
        (
            '        bounds: "-_5~8_640_005"\n        counts: "10"\n',
            "",
            "after: needs a date or time",
        ),
        (
            'distinct: 2\n        values: "1~1"',
            'distinct: 1_002\n        values: "1_001~1"',
            "rows: each number must be at least",
        ),
        ('values: "2_000"', 'values: "2_001"', "values: must add up to distinct"),
        ('values: "2_000"', "values: yes", "values: must be a text of whole numbers"),
        (
            'counts: "2_000"',
            f'counts: "{2**62}"',
            "counts: must be a text of whole numbers",
        ),
        (
            'counts: "2_000"',
            'counts: "-1"',
            "counts: must not contain negative numbers",
        ),
        ("[company, id]", "[person, company]", "parent: must not link to itself"),
        (
            "type: integer\n        nulls: 0\n        distinct: 2_000",
            "type: date\n        nulls: 0\n        distinct: 2_000",
            "id.type: needs a unit",
        ),
        (
            "type: integer\n        nulls: 0\n        distinct: 2_000\n",
            "type: date\n        unit: day\n        nulls: 0\n        distinct: 2_000\n"
            '        options: ["A"]\n',
            "options: has no effect on type date",
        ),
        (
            'distinct: 2\n        values: "1~1"\n        rows: "1_000~500"',
            'distinct: 3\n        values: "2~1"\n        rows: "1_000~500"',
            "cells: needs every number in values to be 1",
        ),
    ],
)
def test_an_error_in_a_shape_is_reported_with_its_location(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in GOOD
    path = write_shape(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(ConfigError, match=told) as caught:
        read_shape(path)
    assert str(caught.value).startswith(f"{path}:")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, r"c\.yaml:3:9: dataset\.like: .*there is no file"),
        ("", "shape.yaml:1:1: must be a mapping"),
        ("shape: [", "shape.yaml:2:1"),
        ("shape: limerun.shape/1\n", "tables is missing"),
    ],
)
def test_a_problem_in_a_shape_is_reported_when_the_config_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tasks.py").write_text("def run(app):\n    pass\n")
    Path("c.yaml").write_text("task: tasks.py:run\ndataset:\n  like: shape.yaml\n")
    if text is not None:
        Path("shape.yaml").write_text(text)
    with pytest.raises(ConfigError, match=told):
        load_plan(Path("c.yaml"), command="run", options={}, sets=[], environ={})


def test_table_names_are_converted_to_valid_limetype_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = GOOD.replace("  company:\n    rows", "  s.Company list:\n    rows")
    text = text.replace("[company, id]", '["s.Company list", id]')
    text = text.replace("      done:", '      "1 Done":').replace(
        "after: begun", "after: ID"
    )
    text = text.replace("      begun:", "      ID:")
    monkeypatch.chdir(tmp_path)
    write_shape(tmp_path, text)
    Path("tasks.py").write_text("def run(app):\n    pass\n")
    Path("c.yaml").write_text("task: tasks.py:run\ndataset:\n  like: shape.yaml\n")
    plan = load_plan(Path("c.yaml"), command="run", options={}, sets=[], environ={})
    assert plan.dataset is not None
    assert plan.dataset.limetypes == {
        "s_Company_list": {"Full_name": {"type": "option", "options": ["A & B", "C"]}},
        "person": {
            "company": {"type": "belongsto", "related": "s_Company_list"},
            "ID_2": {"type": "date"},
            "n1_Done": {"type": "time"},
        },
    }
    assert plan.dataset.rows == {"s_Company_list": 2_000, "person": 10}
    assert plan.decided["dataset.like"] == "shape.yaml"
    assert plan.provenance["dataset.rows.person"] == "config"
    assert plan.dataset.like is not None
    assert limetypes_of(plan.dataset.like) == plan.dataset.limetypes


@pytest.mark.parametrize(
    ("after", "fault"),
    [
        ("nobody", "nobody is not a date or time"),
        ("done", "done would come after itself"),
    ],
)
def test_an_impossible_order_of_columns_is_reported_once(
    tmp_path: Path, after: str, fault: str
) -> None:
    shape = read_shape(write_shape(tmp_path, GOOD))
    person = shape.tables["person"]
    done = replace(person.columns["done"], after=after)
    person = replace(person, columns={**person.columns, "done": done})
    wrong = replace(shape, tables={**shape.tables, "person": person})
    [(key, told)] = column_faults(wrong, "person", "done")
    assert key == "after"
    assert fault in told


TYPES = """\
shape: limerun.shape/1
tables:
  deal:
    rows: 3
    key: nr
    columns:
      nr: {type: text, nulls: 0, distinct: 3, unique: yes, values: 3, rows: 3}
      Owner: {type: integer, nulls: 0, distinct: 1, parent: [firm, code], values: 1, rows: 3}
      note: {type: text, nulls: 3, distinct: 0}
      long: {type: text, nulls: 0, distinct: 3, values: 3, rows: 3, lengths: "1~300", counts: 3}
      data: {type: json, nulls: 3, distinct: 0}
      done: {type: boolean, nulls: 3, distinct: 0}
      _mark: {type: integer, nulls: 3, distinct: 0}
      "?": {type: decimal, nulls: 3, distinct: 0}
      "!": {type: binary, nulls: 3, distinct: 0}
  firm:
    rows: 1
    key: id
    columns:
      ID: {type: integer, nulls: 0, distinct: 1, values: 1, rows: 1}
      id: {type: integer, nulls: 0, distinct: 1, values: 1, rows: 1}
      code: {type: integer, nulls: 0, distinct: 1, values: 1, rows: 1}
"""


def plan_of(folder: Path, more: str) -> Plan:
    write_shape(folder, TYPES)
    (folder / "tasks.py").write_text("def run(app):\n    pass\n")
    config = folder / "c.yaml"
    config.write_text(f"task: tasks.py:run\ndataset:\n  like: shape.yaml\n{more}")
    return load_plan(config, command="run", options={}, sets=[], environ={})


def test_each_column_type_is_converted_to_a_property_type(tmp_path: Path) -> None:
    dataset = plan_of(tmp_path, "").dataset
    assert dataset is not None
    assert dataset.limetypes == {
        "deal": {
            "nr": {"type": "string"},
            "Owner": {"type": "integer"},
            "note": {"type": "string"},
            "long": {"type": "text"},
            "data": {"type": "text"},
            "done": {"type": "yesno"},
            "column": {"type": "decimal"},
            "column_2": {"type": "text"},
        },
        "firm": {"ID_2": {"type": "integer"}, "code": {"type": "integer"}},
    }


def test_limetypes_and_rows_in_the_config_replace_those_of_the_shape(
    tmp_path: Path,
) -> None:
    more = "  limetypes: {deal: {name: {type: string}}, lead: {}}\n  rows: {lead: 7}\n"
    plan = plan_of(tmp_path, more)
    assert plan.dataset is not None
    assert plan.dataset.limetypes.keys() == {"deal", "lead"}
    assert plan.dataset.rows == {"lead": 7, "deal": 3}
    assert plan_of(tmp_path, "  rows: {deal: 9}\n").dataset.rows == {  # type: ignore[union-attr]
        "deal": 9,
        "firm": 1,
    }


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("  rows: 5\n", "dataset.rows: 5: "),
        ("  limetypes: [deal]\n", "dataset.limetypes: .*"),
    ],
)
def test_problems_in_other_keys_are_reported_together_with_a_shape(
    tmp_path: Path, more: str, told: str
) -> None:
    with pytest.raises(ConfigError, match=told):
        plan_of(tmp_path, more)


def test_a_shape_that_is_not_a_path_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "c.yaml"
    config.write_text("task: a.b:run\ndataset: {like: [shape.yaml]}\n")
    with pytest.raises(ConfigError, match=r"c\.yaml:2:17: dataset\.like"):
        load_plan(config, command="run", options={}, sets=[], environ={})
