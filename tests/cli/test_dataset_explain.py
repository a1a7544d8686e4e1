"""limerun dataset explain in a process, as a user runs it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Limerun

pytestmark = pytest.mark.slow

Config = Callable[..., Path]
DATASET = """
dataset:
  seed: 3
  limetypes:
    company:
      name: {type: string, label: name}
      owner: {type: belongsto, related: nobody}
    nobody: {name: {type: string}}
    person:
      firstname: {type: string}
      x1: {type: string, label: email}
      x2: {type: decimal}
      markup: {type: string}
      company: {type: belongsto, related: company}
      groups: {type: hasandbelongstomany, related: company, backref: people}
  rows: {company: 100, person: 1_000}
  properties:
    person.markup: {kind: constant, value: "[red]no[/] [link=x]y"}
    person.x2: {null_rate: 0.25, min: 5}
sources:
  people:
    format: jsonl
    rows: 50
    columns: {who: person.firstname, code: {kind: sequence, format: "P-{:03d}"}}
"""


def test_each_column_is_shown_with_its_kind_and_values(
    limerun: Limerun, config: Config
) -> None:
    said = limerun("dataset", "explain", config("returns", DATASET))
    said.expect(out=r"company +100 rows\n", err="^$")
    for like in (
        r"name +company +\S.*\n +string +from its name",
        r"owner +null +\(null\) *\n +belongsto +its limetype has no rows",
        r"x1 +email +\S+@example\.\S+ *\n +string +from its label",
        r"x2 +decimal.*\n +decimal +from its type",
        r"null_rate 0.25",
        r"person_groups +pair +\d+ *\n",
        r"children 0 to 10, zipf",
        r"who +firstname +\S+ *\n +string +person.firstname",
        r"code +sequence +P-001 *\n.*P-002",
    ):
        said.expect(out=like)


def test_the_output_fits_the_screen_and_shows_markup_as_text(
    limerun: Limerun, config: Config
) -> None:
    said = limerun("dataset", "explain", config("returns", DATASET))
    said.expect(out=r"\[red\]no\[/\] \[link=x\]y")
    assert max(map(len, said.out.splitlines())) <= 80
    assert "\x1b" not in said.out


def test_another_seed_shows_other_values(limerun: Limerun, config: Config) -> None:
    path = config("returns", DATASET)
    here = limerun("dataset", "explain", path)
    there = limerun("dataset", "explain", path, "--set", "dataset.seed=4")
    again = limerun("dataset", "explain", path)
    assert here.out == again.out != there.out


def test_a_mistake_is_reported_with_its_location(
    limerun: Limerun, config: Config
) -> None:
    path = config("returns", DATASET)
    said = limerun(
        "dataset",
        "explain",
        path,
        "--set",
        "dataset.properties.person.firstname={kind: emial}",
    )
    said.expect(code=2, err='person.firstname: unknown kind "emial"; did you mean')


def test_a_config_without_a_dataset_is_an_error(
    limerun: Limerun, config: Config
) -> None:
    said = limerun("dataset", "explain", config("returns", ""))
    said.expect(out="neither a dataset nor sources")
