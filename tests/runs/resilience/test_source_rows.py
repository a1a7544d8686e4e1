"""A source file is written again with one row changed, or cut within a line."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from limerun.dataset.design.layout import Column, Schema, Source, SourceColumn, Table
from limerun.dataset.output.generate import index_path, write_index
from limerun.records import SourceFile
from limerun.runs.resilience.bad_rows import bad_rows, candidate_rows
from limerun.runs.resilience.source_rows import InputRows

ROWS: list[dict[str, Any]] = [
    {"number": "K-1", "note": 'two\nlines; "quoted"', "value": 1.5, "customer": "55-1"},
    {"number": "K-2", "note": "å", "value": 2.5, "customer": "55-2"},
    {"number": "K-3", "note": "", "value": 3.5, "customer": None},
]
NAMES = ("number", "note", "value", "customer")
CONTENTS = {
    "jsonl": "".join(f"{json.dumps(row)}\n" for row in ROWS),
    "json": "[\n" + ",\n".join(json.dumps(row) for row in ROWS) + "\n]\n",
    "csv": "number;note;value;customer\n"
    'K-1;"two\nlines; ""quoted""";1.5;55-1\nK-2;å;2.5;55-2\nK-3;;3.5;\n',
}
TYPES = {"number": "string", "note": "string", "value": "decimal", "customer": "string"}


def a_column(name: str, **changed: Any) -> SourceColumn:
    path = ("company", "registrationno") if name == "customer" else (name,)
    given = {"path": path, "own": False, "type": TYPES[name], "kind": "words"}
    return SourceColumn(name=name, **{**given, **changed})


def a_source(format: Any, **changed: Any) -> Source:
    empty = Table(name="", rows=0, value_rows=0, columns={})
    given: dict[str, Any] = {
        "limetype": "contract",
        "columns": tuple(map(a_column, NAMES)),
    }
    return Source(
        **{
            "name": "contracts",
            "format": format,
            "delimiter": ";",
            "rows": 3,
            "known": 0,
            "duplicates": 0,
            "missing": 0,
            "malformed": 0,
            "indexed": False,
            "own": empty,
            **given,
            **changed,
        }
    )


def read(folder: Path, format: str) -> tuple[SourceFile, InputRows]:
    path = folder / f"rows.{format}"
    path.write_text(CONTENTS[format], encoding="utf-8")
    file = SourceFile(path=path, rows=3, format=format)
    rows = InputRows.read(file, a_source(format))
    assert rows is not None
    return file, rows


def values_of(path: Path) -> list[Any]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return list(json.loads(text))
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@pytest.mark.parametrize("format", CONTENTS)
def test_an_unchanged_file_is_written_as_it_was(tmp_path: Path, format: str) -> None:
    file, rows = read(tmp_path, format)
    folder = tmp_path / "new"
    folder.mkdir()
    written = rows.write(file, folder)
    assert written.path.read_bytes() == file.path.read_bytes()
    assert (written.rows, written.index) == (3, None)


@pytest.mark.parametrize("format", CONTENTS)
def test_one_row_is_replaced_repeated_or_removed(tmp_path: Path, format: str) -> None:
    file, rows = read(tmp_path, format)
    before = values_of(file.path)
    row = rows.parse(2)
    assert row["note"] == "å"
    changed = rows.changed(2, {**row, "note": 'a;"b"'}, row).write(file, tmp_path)
    [first, second, third, last] = values_of(changed.path)
    assert (first, last) == (before[0], before[2])
    assert (second["note"], third) == ('a;"b"', before[1])
    assert changed.rows == 4
    removed = rows.changed(2).write(file, tmp_path)
    assert values_of(removed.path) == [before[0], before[2]]


def test_a_missing_value_is_an_empty_cell(tmp_path: Path) -> None:
    file, rows = read(tmp_path, "csv")
    row = {**rows.parse(2), "number": None}
    written = rows.changed(2, row).write(file, tmp_path)
    assert values_of(written.path)[1]["number"] == ""


@pytest.mark.parametrize(
    ("format", "end"),
    [("jsonl", '"note": "\\'), ("json", '"note": "\\'), ("csv", "K-2;å")],
)
def test_a_cut_file_ends_within_a_row(tmp_path: Path, format: str, end: str) -> None:
    _, rows = read(tmp_path, format)
    data = rows.cut(2).decode()
    assert CONTENTS[format].startswith(data)
    assert data.count("K-2") == 1
    assert "55-2" not in data
    assert "K-3" not in data
    assert end[:5] in data


def test_a_served_file_gets_a_new_index(tmp_path: Path) -> None:
    file, rows = read(tmp_path, "jsonl")
    write_index(file.path)
    indexed = SourceFile(
        path=file.path, rows=3, format="jsonl", index=index_path(file.path)
    )
    folder = tmp_path / "new"
    folder.mkdir()
    written = rows.changed(1).write(indexed, folder)
    assert written.index is not None
    assert written.index.stat().st_size == 8 * 3


def test_a_format_without_text_cannot_be_changed(tmp_path: Path) -> None:
    file = SourceFile(path=tmp_path / "rows.parquet", rows=3, format="parquet")
    assert InputRows.read(file, a_source("parquet")) is None


# --- bad rows -------------------------------------------------------------------------

LIMETYPES = {"contract": {"number": {"required": True}, "note": {}, "value": "decimal"}}


def a_schema() -> Schema:
    note = Column(
        name="note",
        type="string",
        kind="words",
        options={},
        null_rate=0.0,
        unique=False,
        length=10,
    )
    table = Table(name="contract", rows=0, value_rows=0, columns={"note": note})
    return Schema(
        seed=1, locale="sv_SE", tables={"contract": table}, pairs={}, sources={}
    )


def bad(folder: Path, number: int, **changed: Any) -> dict[str, Any]:
    """Return what each bad form of a row changes, by fault."""
    _, rows = read(folder, "jsonl")
    source = a_source("jsonl", **changed)
    good = rows.parse(number)
    return {
        each.fault: {
            name: value
            for row in each.rows
            for name, value in row.items()
            if value != good[name]
        }
        for each in bad_rows(rows, number, source, a_schema(), LIMETYPES)
    }


def test_a_row_is_made_bad_in_each_way_that_its_columns_allow(tmp_path: Path) -> None:
    found = bad(tmp_path, 2)
    assert found["missing"] == {"number": None}
    assert found["wrong_type"] == {"value": "not a value of this type"}
    assert len(found["too_long"]["note"]) > 10
    assert found["reference"] == {"customer": "no-such-object"}
    assert found["duplicate"] == {}


def test_a_row_without_a_value_has_no_bad_form_of_it(tmp_path: Path) -> None:
    assert "reference" not in bad(tmp_path, 3)


def test_columns_of_their_own_have_no_data_model(tmp_path: Path) -> None:
    columns = tuple(a_column(name, path=(name,), own=True) for name in NAMES)
    found = bad(tmp_path, 2, columns=columns, limetype=None)
    assert set(found) == {"wrong_type", "duplicate"}


def test_rows_to_try_are_in_the_middle_and_the_same_each_time() -> None:
    assert candidate_rows(1, 7) == [1]
    tried = candidate_rows(90, 7)
    assert tried == candidate_rows(90, 7)
    assert len(set(tried)) == 3
    assert all(30 < number <= 60 for number in tried)
