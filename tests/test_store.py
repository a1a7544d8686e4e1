"""A record becomes a JSON document and comes back the same."""

import dataclasses
import json
import math
import re
import types
from collections.abc import Mapping
from enum import Enum
from importlib import resources
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings

from limerun.errors import RecordError
from limerun.records import Json, Record
from limerun.store import from_json, read_record, to_document, to_json
from tests.report.any_records import saved_records
from tests.report.make_records import FOLDER, RECORDS

SCHEMA: dict[str, Any] = json.loads(
    resources.files("limerun").joinpath("record.schema.json").read_text()
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
NAMES = sorted(RECORDS)


@pytest.fixture
def document() -> dict[str, Any]:
    return dict(to_document(RECORDS["failed"]()))


def read(document: Mapping[str, Any]) -> Record:
    return from_json(json.dumps(document))


# --- there and back ------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_record_is_what_its_builder_makes(name: str) -> None:
    path = FOLDER / f"{name}.json"
    assert path.read_text(encoding="utf-8") == to_json(RECORDS[name]())
    assert read_record(path) == RECORDS[name]()


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(record=saved_records)
def test_any_record_comes_back_the_same(record: Record) -> None:
    assert from_json(to_json(record)) == record


def test_keys_are_in_the_order_of_the_records(document: dict[str, Any]) -> None:
    fields = [field.name for field in dataclasses.fields(Record)]
    assert list(document) == fields
    assert fields[0] == "schema"


def test_what_json_cannot_hold_is_named_as_text() -> None:
    record = RECORDS["passed"]()
    run = dataclasses.replace(
        record.runs[0],
        result={"ratio": math.nan, "most": [math.inf], "\udc80": "\ud800"},
    )
    text = to_json(dataclasses.replace(record, runs=(run,)))
    text.encode("utf-8")
    assert from_json(text).runs[0].result == {
        "ratio": "nan",
        "most": ["inf"],
        "\\udc80": "\\ud800",
    }


def test_a_record_without_what_came_later_is_still_read(
    document: dict[str, Any],
) -> None:
    del document["instruments"]
    del document["runs"][0]["changes"]
    del document["runs"][0]["baseline_flat"]
    assert read(document) == RECORDS["failed"]()


# --- the schema ----------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_saved_record_fits_the_schema(name: str) -> None:
    VALIDATOR.validate(json.loads((FOLDER / f"{name}.json").read_text()))


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_refuses_what_no_record_has(document: dict[str, Any]) -> None:
    document["runs"][0]["memory"]["peak"] = 1
    with pytest.raises(jsonschema.ValidationError, match="'peak' was unexpected"):
        VALIDATOR.validate(document)


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    name = part.get("$ref", "").rpartition("/")[2]
    return SCHEMA["$defs"][name] if name else part


def assert_agree(hint: object, part: dict[str, Any], where: str) -> None:
    """Hold a part of the schema against the type that it describes."""
    part = resolved(part)
    if hint == Json:
        assert "type" not in part, where
    elif isinstance(hint, type) and dataclasses.is_dataclass(hint):
        assert_dataclass(hint, part, where)
    elif isinstance(hint, type) and issubclass(hint, Enum):
        assert part["enum"] == [member.value for member in hint], where
    else:
        assert_composed(hint, part, where)


def assert_dataclass(hint: type, part: dict[str, Any], where: str) -> None:
    fields = {field.name: field for field in dataclasses.fields(hint)}
    assert list(part["properties"]) == list(fields), where
    assert part["additionalProperties"] is False, where
    required = {
        name
        for name, field in fields.items()
        if field.default is dataclasses.MISSING or name == "schema"
    }
    assert set(part["required"]) == required, where
    assert part["description"], where
    for name, field in fields.items():
        held = part["properties"][name]
        assert "$ref" in held or held["description"], f"{where}.{name}"
        assert_unit(name, held, f"{where}.{name}")
        if name not in ("schema", "exit_code"):
            assert_agree(field.type, held, f"{where}.{name}")


def assert_unit(name: str, part: dict[str, Any], where: str) -> None:
    for ending, unit in (("_bytes", "bytes"), ("seconds", "seconds")):
        if name.endswith(ending):
            assert f"in {unit}" in part["description"], where


def assert_composed(hint: object, part: dict[str, Any], where: str) -> None:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        assert part["enum"] == list(arguments), where
    elif origin in (types.UnionType, Union):
        [held] = [each for each in arguments if each is not type(None)]
        assert_agree(held, without_null(part, where), where)
    elif origin is tuple:
        assert part["type"] == "array", where
        assert_agree(arguments[0], part["items"], f"{where}[]")
    elif origin is not None:
        assert part["type"] == "object", where
        assert_agree(arguments[1], part["additionalProperties"], f"{where}.*")
    else:
        names = {str: "string", int: "integer", float: "number", bool: "boolean"}
        assert part["type"] == names[hint], where  # type: ignore[index] # one of these


def without_null(part: dict[str, Any], where: str) -> dict[str, Any]:
    if "anyOf" in part:
        first, second = part["anyOf"]
        assert second == {"type": "null"}, where
        return dict(first)
    if "enum" in part:
        assert part["enum"][-1] is None, where
        return {**part, "enum": part["enum"][:-1]}
    kind, null = part["type"]
    assert null == "null", where
    return {**part, "type": kind}


def test_the_schema_says_what_the_records_say() -> None:
    assert_agree(Record, SCHEMA, "record")


# --- what is refused -----------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no JSON"),
        ('{"schema": "limerun.record/1", ', "line 1, column"),
        ("[1]", "no record but a list"),
        ("{}", "no schema is named"),
        ('{"schema": "other/1"}', "its schema is 'other/1'"),
        ('{"schema": "limerun.record/x"}', "no record of limerun"),
        ('{"schema": "limerun.record/0"}', "no record version"),
        ('{"schema": NaN}', "NaN is no JSON number"),
        ("[" * 100_000, "cannot be read"),
        ('{"schema": "limerun.record/1"}', '"limerun_version" is missing'),
        ('{"schema": "limerun.record/1", "runz": 1}', 'did you mean "runs"'),
    ],
)
def test_what_is_no_record_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(RecordError, match=re.escape(says)):
        from_json(text)


def test_a_newer_record_asks_for_a_newer_limerun() -> None:
    text = '{"schema": "limerun.record/2", "limerun_version": "3.0"}'
    with pytest.raises(RecordError, match=r"newer version.*limerun 3\.0.*upgrade"):
        from_json(text)


def changed(document: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    at: Any = document
    *parts, last = path.split("/")
    for part in parts:
        at = at[int(part)] if part.isdigit() else at[part]
    at[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("runs/0/memory/peak_bytes", "much", "runs[0].memory.peak_bytes: a whole"),
        ("runs/0/memory/peak_bytes", 1.5, "runs[0].memory.peak_bytes: a whole"),
        ("runs/0/memory/peak_bytes", -1, "less than nothing"),
        ("runs/0/memory/peak_bytes", True, "not true or false: true"),
        ("runs/0/memory", None, "runs[0].memory: an object is needed"),
        ("runs/0/duration_seconds", "1 s", "runs[0].duration_seconds: a number"),
        ("runs/0/ending", "vanished", 'runs[0].ending: "vanished" is none of'),
        ("verdict", "maybe", 'verdict: "maybe" is none of "passed", "failed"'),
        ("checks/0/passed", 1, "checks[0].passed: true or false is needed"),
        ("checks", {}, "checks: a list is needed here, not an object"),
        ("dataset/rows", {"deal": "ten"}, "dataset.rows.deal: a whole number"),
        ("runs/0/series/t_seconds", [1.0], "each time needs its memory"),
        ("task/nam", "x", 'task: unknown key "nam"; did you mean "name"'),
    ],
)
def test_a_record_edited_to_nonsense_is_refused_with_the_place(
    document: dict[str, Any], path: str, value: object, says: str
) -> None:
    with pytest.raises(RecordError, match=re.escape(says)):
        read(changed(document, path, value))


def test_a_missing_part_is_named_with_its_place(document: dict[str, Any]) -> None:
    del document["runs"][0]["memory"]["method"]
    with pytest.raises(RecordError, match=r'^runs\[0\]\.memory: "method" is missing$'):
        read(document)


def test_a_number_too_large_for_any_figure_is_refused() -> None:
    text = to_json(RECORDS["passed"]()).replace('"limit": 600.0', '"limit": 1e999')
    with pytest.raises(RecordError, match=r"checks\[2\]\.limit: the number is too"):
        from_json(text)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"{", b'{"schema": "x"}'])
def test_an_unreadable_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cut short.json"
    path.write_bytes(content)
    with pytest.raises(RecordError, match=re.escape(f"{path}: ")):
        read_record(path)


def test_a_missing_file_is_named_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"none\.json: .*No such file"):
        read_record(tmp_path / "none.json")


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_text(to_json(RECORDS["run"]()), encoding="utf-8-sig")
    assert read_record(path) == RECORDS["run"]()
