"""The keys of a source must match its kind, in a config and in an editor."""

from typing import Any

import jsonschema
import pytest
import yaml

from limerun.config.schema import json_schema
from limerun.errors import ConfigError
from limerun.records import HttpPlan
from tests.config.conftest import Load

HEAD = "task: tasks.py:run\nsources:\n  a: "
REST = "rows: 1, columns: {x: {kind: city}}"

BAD: dict[str, tuple[str, str]] = {
    "another kind": (
        "{kind: htpp, page_size: 10",
        'c.yaml:3:13: sources.a.kind: "htpp": must be file or http',
    ),
    "another format": (
        "{format: parkuet",
        'c.yaml:3:15: sources.a.format: "parkuet": must be jsonl or csv or parquet or '
        'json; did you mean "parquet"?',
    ),
    "pages of a file": (
        "{format: csv, page_size: 10",
        "c.yaml:3:20: sources.a.page_size: 10: has no effect without kind: http; remove it",
    ),
    "latency of a file": (
        "{kind: file, format: csv, latency: 5 ms",
        'c.yaml:3:32: sources.a.latency: "5 ms": has no effect without kind: http; remove it',
    ),
    "a file's format over HTTP": (
        "{kind: http, format: csv",
        'c.yaml:3:19: sources.a.format: "csv": has no effect with kind: http, which '
        "serves JSON; remove it",
    ),
    "a delimiter of JSON": (
        "{format: json, delimiter: ;",
        'c.yaml:3:21: sources.a.delimiter: ";": has no effect without format: csv; remove it',
    ),
    "a delimiter that values may hold": (
        "{format: csv, delimiter: .",
        'c.yaml:3:31: sources.a.delimiter: ".": must be , or ; or \\t or |',
    ),
    "misspelt option": (
        "{kind: http, rate_limt: 5",
        'c.yaml:3:19: sources.a.rate_limt: 5: unknown key; did you mean "rate_limit"?',
    ),
    "misspelt dirt": (
        "{format: csv, dirty: {mising: 0.1}",
        "c.yaml:3:28: sources.a.dirty.mising: 0.1: unknown key; did you mean "
        '"missing"?',
    ),
    "more dirt than rows": (
        "{format: csv, dirty: {malformed: 1.1}",
        "c.yaml:3:39: sources.a.dirty.malformed: 1.1: must be at most 1.0",
    ),
    "nothing but repeats": (
        "{format: csv, duplicates: 1",
        "c.yaml:3:32: sources.a.duplicates: 1: must be less than 1.0",
    ),
    "empty pages": (
        "{kind: http, page_size: 0",
        "c.yaml:3:30: sources.a.page_size: 0: must be at least 1",
    ),
    "no requests allowed": (
        "{kind: http, rate_limit: 0",
        "c.yaml:3:31: sources.a.rate_limit: 0: must be more than 0.0",
    ),
    "nothing but failures": (
        "{kind: http, failure_rate: 1",
        "c.yaml:3:33: sources.a.failure_rate: 1: must be less than 1.0",
    ),
    "an hour's latency": (
        "{kind: http, latency: 1 h",
        'c.yaml:3:28: sources.a.latency: "1 h": must be at most 10 min',
    ),
    "neither kind nor format": (
        "{",
        "c.yaml:3:3: sources.a.format: is missing; add format: jsonl, csv, parquet "
        "or json",
    ),
}


def source(text: str) -> str:
    return f"{HEAD}{text}{'' if text == '{' else ', '}{REST}}}\n"


@pytest.mark.parametrize("case", BAD)
def test_a_key_that_does_not_match_the_source_is_refused_with_its_location(
    case: str, load: Load
) -> None:
    text, expected = BAD[case]
    with pytest.raises(ConfigError) as caught:
        load(source(text))
    assert str(caught.value) == expected


@pytest.mark.parametrize("case", BAD)
def test_the_schema_rejects_keys_that_do_not_match_the_source(case: str) -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    found: Any = yaml.safe_load(source(BAD[case][0]))
    if case in ("an hour's latency", "empty pages"):  # quantities may be text
        return
    assert not validator.is_valid(found)


def test_an_http_source_has_defaults(load: Load) -> None:
    plan = load(source("{kind: http, latency: 20 ms"))
    made = plan.sources["a"]
    assert made.format == "jsonl"
    assert made.http == HttpPlan(
        page_size=100, latency_seconds=0.02, rate_limit=None, failure_rate=0.0
    )
    assert plan.decided["sources.a.page_size"] == 100
    assert "sources.a.format" not in plan.decided


def test_by_default_a_source_is_a_file_without_dirty_rows(load: Load) -> None:
    plan = load(source("{format: json, duplicates: 0.25, dirty: {missing: 0.5}"))
    made = plan.sources["a"]
    assert made.http is None
    assert (made.duplicates, made.missing, made.malformed) == (0.25, 0.5, 0.0)
    assert plan.decided["sources.a.dirty.missing"] == 0.5
    assert "sources.a.page_size" not in plan.decided


def test_an_environment_variable_can_set_a_nested_key_of_a_source(load: Load) -> None:
    plan = load(
        source("{format: json"), environ={"LIMERUN_SOURCES_A_DIRTY_MISSING": "0.5"}
    )
    assert plan.sources["a"].missing == 0.5


def test_a_budget_of_queries_per_row_is_refused_with_a_parquet_source(
    load: Load,
) -> None:
    text = source("{format: parquet") + "budget: {queries_per_row: 1}\n"
    with pytest.raises(ConfigError, match="cannot be measured with the Parquet source"):
        load(text)
    load(text.replace("parquet", "json"))
