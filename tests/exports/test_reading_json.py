"""JSON Lines and JSON arrays: a column for each key, faults reported with their row."""

import json
from pathlib import Path
from typing import Any

import pytest

from limerun.errors import ExportError
from tests.exports.reading import opened, read, types_of

ROWS: list[dict[str, Any]] = [
    {"id": 1, "name": "å\n", "ok": True, "sum": 1.5, "tags": ["a", 1], "born": None},
    {"id": 2, "name": "", "more": {"x": None}, "mixed": 1, "born": "1990-01-31"},
    {"id": 3, "mixed": "one", "zip": "00123"},
]


@pytest.fixture(params=["jsonl", "json"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"people.{request.param}"
    if request.param == "json":
        path.write_text(json.dumps(ROWS, ensure_ascii=False), "utf-8")
    else:
        lines = (json.dumps(row, ensure_ascii=False) for row in ROWS)
        path.write_text("\n\n".join(lines), "utf-8")
    return path


def test_every_key_of_any_row_becomes_a_column(path: Path) -> None:
    assert types_of(path) == {
        "id": "integer",
        "name": "text",
        "ok": "boolean",
        "sum": "decimal",
        "tags": "json",
        "born": "date",
        "more": "json",
        "mixed": "json",
        "zip": "text",
    }


def test_values_keep_their_types(path: Path) -> None:
    first, second, third = read(path)
    assert first == (1, "å\n", True, 1.5, '["a",1]', None, None, None, None)
    assert second[1] == ""
    assert second[5] == "1990-01-31"
    assert json.loads(second[6]) == {"x": None}
    assert (second[7], third[7]) == ("1", '"one"')
    assert third[8] == "00123"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1}\n{"a": 2\n', r"line 2 \(row 2\): invalid JSON"),
        ('{"a": 1}\n\n[1]\n', r"line 3 \(row 2\): not a JSON object"),
        ('{"a": 1}\n{"a": 1}{"a": 2}\n', r"line 2 \(row 2\): invalid JSON: extra data"),
        ("", "is empty"),
        ("\n\n", "is empty"),
        ('{"a": 1, "A": 2}\n', "differ only in case"),
    ],
)
def test_an_error_in_json_lines_is_reported(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "people.jsonl"
    path.write_text(text)
    with pytest.raises(ExportError, match=message) as caught:
        read(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a": 1}, {"a": 2}', "row 2: after this row the file ends"),
        ('[{"a": 1}, {"a": ', "row 2: invalid JSON"),
        ('[{"a": 1}, 2]', "row 2: not a JSON object"),
        ('[{"a": 1} {"a": 2}]', "row 1: after this row there is no comma"),
        ('{"a": 1}\n{"a": 2}', r"does not begin with \["),
        ("", "is empty"),
        ("[]", "the array is empty"),
    ],
)
def test_an_error_in_a_json_array_is_reported(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "people.json"
    path.write_text(text)
    with pytest.raises(ExportError, match=message):
        read(path)


def test_bytes_that_are_not_utf8_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "people.jsonl"
    path.write_bytes('{"a": "x"}\n{"a": "å"}\n'.encode("latin-1"))
    with pytest.raises(ExportError, match="line 2: byte 0xe5 is not valid UTF-8"):
        read(path)


def test_rows_keep_their_order(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    with path.open("w") as file:
        for number in range(200_000):
            file.write(f'{{"id": {number * 7919 % 200_003}, "x": "{"y" * 40}"}}\n')
    with opened(path) as export:
        found = export.connection.execute("SELECT id FROM many").fetchnumpy()["id"]
    assert found.tolist() == [number * 7919 % 200_003 for number in range(200_000)]
