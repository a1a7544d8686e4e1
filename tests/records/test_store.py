"""A record becomes a JSON document and comes back the same."""

import dataclasses
import json
import math
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, get_args, get_origin

import jsonschema
import pydantic
import pytest
from hypothesis import HealthCheck, given, settings

from limerun.errors import RecordError
from limerun.records import Json, Record
from limerun.records.adapter import record_schema_text
from limerun.records.proof import Proof
from limerun.records.store import (
    from_json,
    to_document,
    to_json,
)
from tests.report.any_records import saved_records
from tests.report.make_records import FOLDER, RECORDS, SCHEMA_FILE

SCHEMA: dict[str, Any] = json.loads(SCHEMA_FILE.read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
NAMES = sorted(RECORDS)
PYDANTIC = tuple(int(part) for part in pydantic.VERSION.split(".")[:2])


@pytest.fixture
def document() -> dict[str, Any]:
    return dict(to_document(RECORDS["failed"]()))


def read(document: Mapping[str, Any]) -> Record:
    return from_json(json.dumps(document))


# --- there and back ------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_record_equals_the_output_of_its_builder(name: str) -> None:
    text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert text == to_json(RECORDS[name]())
    assert from_json(text) == RECORDS[name]()


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(record=saved_records)
def test_any_record_survives_saving_and_reading(record: Record) -> None:
    assert from_json(to_json(record)) == record


def test_json_keys_are_in_the_order_of_the_record_fields(
    document: dict[str, Any],
) -> None:
    fields = [field.name for field in dataclasses.fields(Record)]
    assert list(document) == fields
    assert fields[0] == "schema"


def test_values_that_json_cannot_represent_are_saved_as_text() -> None:
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


def test_the_notation_of_a_number_survives_reading() -> None:
    text = to_json(RECORDS["passed"]())
    for number in ("600", "600.0", "6.5e+17"):
        changed = text.replace('"limit": 600.0', f'"limit": {number}')
        assert to_json(from_json(changed)) == changed


def test_a_result_may_be_deeply_nested() -> None:
    record = RECORDS["passed"]()
    result: Json = 1
    for _ in range(300):
        result = [result]
    run = dataclasses.replace(record.runs[0], result=result)
    record = dataclasses.replace(record, runs=(run,))
    assert from_json(to_json(record)) == record


def test_an_older_record_without_newer_fields_can_be_read(
    document: dict[str, Any],
) -> None:
    del document["instruments"]
    del document["runs"][0]["effect_why"]
    del document["runs"][0]["baseline_flat"]
    assert read(document) == RECORDS["failed"]()


# --- the schema ----------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_saved_record_matches_the_schema(name: str) -> None:
    VALIDATOR.validate(json.loads((FOLDER / f"{name}.json").read_text()))


def test_the_schema_is_a_valid_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_rejects_an_unknown_field(document: dict[str, Any]) -> None:
    document["runs"][0]["memory"]["peak"] = 1
    with pytest.raises(jsonschema.ValidationError, match="'peak' was unexpected"):
        VALIDATOR.validate(document)


@pytest.mark.skipif(
    PYDANTIC < (2, 11), reason="an earlier pydantic writes the schema otherwise"
)
def test_the_saved_schema_is_up_to_date() -> None:
    assert SCHEMA_FILE.read_text() == record_schema_text(), "run `make records`"


def parts_of(schema: Any) -> Iterator[dict[str, Any]]:
    for part in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(part, dict | list):
            yield from parts_of(part)
    if isinstance(schema, dict):
        yield schema


def properties() -> Iterator[tuple[str, dict[str, Any]]]:
    for part in (SCHEMA, *SCHEMA["$defs"].values()):
        yield from part.get("properties", {}).items()


def test_every_field_has_a_description_with_its_unit() -> None:
    for name, part in properties():
        described = part.get("description", "")
        assert described or "$ref" in part, name
        for ending, unit in (("_bytes", "in bytes"), ("seconds", "in seconds")):
            assert not name.endswith(ending) or unit in described, name


def test_no_duration_or_memory_size_is_negative() -> None:
    for name, part in properties():
        if name.endswith(("_bytes", "_seconds")) and name != "t_seconds":
            assert any(each.get("minimum") == 0 for each in parts_of(part)), name


def hints_of(hint: Any) -> Iterator[Any]:
    yield hint
    if dataclasses.is_dataclass(hint):
        for field in dataclasses.fields(hint):
            yield from hints_of(field.type)
    elif hint != Json and get_origin(hint) is not Annotated:
        for each in get_args(hint):
            yield from hints_of(each)


@pytest.mark.parametrize("kind", [Record, Proof])
def test_every_number_in_a_record_has_a_type_that_limits_its_range(kind: type) -> None:
    assert not [hint for hint in hints_of(kind) if hint in (int, float)]


def test_writing_a_record_does_not_import_pydantic() -> None:
    code = "import sys, limerun.records.store; print('pydantic' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert ran.stdout.strip() == b"False"


# --- what is refused -----------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON"),
        ('{"schema": "limerun.record/1", ', "line 1, column"),
        ("[1]", "not a record but a list"),
        ("{}", "no schema is named"),
        ('{"schema": "other/1"}', "its schema is 'other/1'"),
        ('{"schema": "limerun.record/x"}', "not a limerun record"),
        (
            '{"schema": "limerun.record/0"}',
            "record version 'limerun.record/0' does not exist",
        ),
        ('{"schema": NaN}', "NaN is not a JSON number"),
        ("[" * 100_000, "cannot be read"),
        ('{"schema": "limerun.record/1"}', '"limerun_version" is missing'),
        ('{"schema": "limerun.record/1", "runz": 1}', 'did you mean "runs"'),
    ],
)
def test_an_invalid_record_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(RecordError, match=re.escape(says)):
        from_json(text)


def test_a_record_of_a_newer_format_asks_for_a_newer_limerun() -> None:
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
        ("runs/0/memory/peak_bytes", -1, "negative"),
        ("runs/0/queries/total", -1, "runs[0].queries.total: -1 is negative"),
        ("runs/0/memory/peak_bytes", True, "not true or false: true"),
        ("runs/0/duration_seconds", True, "not true or false: true"),
        ("runs/0/baseline_flat", "yes", "true or false is needed here, not text"),
        ("runs/0/memory", None, "runs[0].memory: an object is needed"),
        ("runs/0/duration_seconds", "1 s", "runs[0].duration_seconds: a number"),
        ("runs/0/ending", "vanished", 'runs[0].ending: "vanished" is not one of'),
        ("verdict", "maybe", 'verdict: "maybe" is not one of "passed", "failed"'),
        ("checks/0/passed", 1, "checks[0].passed: true or false is needed"),
        ("checks", {}, "checks: a list is needed here, not an object"),
        ("dataset/rows", {"deal": "ten"}, "dataset.rows.deal: a whole number"),
        ("runs/0/series/t_seconds", [1.0], "each time needs its memory"),
        ("task/nam", "x", 'task: unknown key "nam"; did you mean "name"'),
    ],
)
def test_a_record_with_an_invalid_value_is_refused_with_its_location(
    document: dict[str, Any], path: str, value: object, says: str
) -> None:
    with pytest.raises(RecordError, match=re.escape(says)):
        read(changed(document, path, value))


def test_a_missing_field_is_reported_with_its_location(
    document: dict[str, Any],
) -> None:
    del document["runs"][0]["memory"]["method"]
    with pytest.raises(RecordError, match=r'^runs\[0\]\.memory: "method" is missing$'):
        read(document)


def test_a_number_that_is_too_large_is_refused() -> None:
    text = to_json(RECORDS["passed"]()).replace('"limit": 600.0', '"limit": 1e999')
    with pytest.raises(RecordError, match=r"checks\[2\]\.limit: the number is too"):
        from_json(text)


def test_a_value_without_a_json_type_is_written_as_text() -> None:
    record = dataclasses.replace(RECORDS["passed"](), started_at=date(2026, 1, 31))  # type: ignore[arg-type]
    assert to_document(record)["started_at"] == "2026-01-31"


def test_a_document_contains_no_control_characters_and_survives_reading() -> None:
    record = dataclasses.replace(
        RECORDS["passed"](), limerun_version="a\x9b2J\u202e\x7f\x1b[31m"
    )
    text = to_json(record)
    assert not set("\x9b\u202e\x7f\x1b") & set(text)
    assert from_json(text) == record


@pytest.mark.parametrize("part", ["queries", "memory"])
def test_an_unknown_key_deep_in_a_record_is_reported_with_its_location(
    document: dict[str, Any], part: str
) -> None:
    document["runs"][0][part]["odd"] = 1
    with pytest.raises(RecordError, match=rf"runs\[0\]\.{part}.*odd"):
        read(document)
