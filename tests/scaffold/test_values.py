"""Initial values of parameters, and the sources of path parameters."""

import ast
import os

import pytest

from limerun.scaffold.exports import guess_export
from limerun.scaffold.parsed_code import Module
from limerun.scaffold.task_candidates import find_tasks
from limerun.scaffold.values import FirstValue, first_values

HEAD = "from lime_task import task\n@task\n"


def module(text: str) -> Module:
    return Module(path="m.py", tree=ast.parse(text))


def first_values_of(parameters: str, body: str = "...") -> list[FirstValue]:
    text = f"{HEAD}def import_orders(app, {parameters}):\n    {body}"
    [candidate] = find_tasks([module(text)])[0]
    return [*first_values(candidate)]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("count: int", 100),
        ("x: int", 10),
        ("share: float", 10.0),
        ("days: int | None", 30),
        ("days: 'Optional[int]'", 30),
        ("year", 2025),
        ("limit", 100),
        ("company_id", 1),
        ("dry_run: bool", False),
        ("since: str", "2025-01-01"),
        ("when: datetime.datetime", "2025-01-01"),
        ("from_date", "2025-01-01"),
        ("ids: list[int]", [1, 2, 3]),
        ("ids", [1, 2, 3]),
        ("names: Sequence[str]", ["example"]),
        ("options: dict[str, str]", {}),
        ("mode: Literal['fast', 'slow']", "fast"),
        ("email: str", "anna@example.com"),
        ("limetype: str", "company"),
        ("word: str", "example"),
        ("word: 'not ['", "example"),
        ("word: Annotated[str, 1]", "example"),
    ],
)
def test_a_value_matches_the_annotation_and_the_name_of_its_parameter(
    parameter: str, value: object
) -> None:
    [one] = first_values_of(parameter)
    assert (one.value, type(one.value)) == (value, type(value))
    assert one.source is None
    assert one.why.endswith(": check")


def test_several_id_parameters_get_different_values() -> None:
    assert [each.value for each in first_values_of("a_id: int, b_id: int")] == [1, 2]


@pytest.mark.parametrize(
    ("parameter", "source", "is_url"),
    [
        ("path", "orders", False),
        ("path: Path", "orders", False),
        ("invoice_file: str | None", "invoice", False),
        ("where: pathlib.Path", "where", False),
        ("url: str", "orders", True),
        ("api_url", "api", True),
    ],
)
def test_a_path_or_url_parameter_becomes_a_source(
    parameter: str, source: str, is_url: bool
) -> None:
    [one] = first_values_of(parameter)
    assert (one.source, one.is_url) == (source, is_url)
    assert one.value == f"${{sources.{source}}}"


def test_an_output_path_becomes_dev_null() -> None:
    assert first_values_of("path: str", "open(path, 'w')")[0].value == os.devnull
    assert first_values_of("path: str", "open(path, mode='ab')")[0].value == os.devnull
    assert first_values_of("path: str", "open(path, 'r')")[0].source == "orders"


def test_a_source_has_the_columns_that_the_code_reads() -> None:
    text = (
        "import csv\n"
        "def a(app, path):\n"
        "    for row in csv.DictReader(open(path)):\n"
        "        app.limetypes.visit(note=row['text'], company=row['customer'])\n"
        "        row['city'], row.get('email'), row['_id'], os.environ['HOME']\n"
        "        response['objects'], json.loads(row)['amount'], row[0]\n"
    )
    model = {"visit": {"note": {"type": "text"}, "company": {"type": "belongsto"}}}
    export = guess_export("orders", module(text), model, {"visit": 50}, is_url=False)
    assert (export.format, export.rows, export.overlap) == ("csv", 60, 0.5)
    assert export.columns["text"] == "visit.note"
    assert set(export.columns) == {"text", "customer", "city", "email", "amount"}
    assert export.columns["email"] == {"kind": "email"}


def test_a_source_with_unknown_columns_still_gets_a_column() -> None:
    export = guess_export("orders", module("..."), {}, {}, is_url=False)
    assert export.columns
    assert not export.is_seen
    assert (export.format, export.overlap) == ("jsonl", 0)
