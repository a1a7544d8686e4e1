"""The JSON Schema accepts and rejects the same configs as limerun."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limerun.config.file import read_document
from limerun.config.schema import json_schema
from limerun.dataset.design.column_kinds import KINDS
from limerun.errors import ConfigError
from tests.config.conftest import Load

CONFIGS = Path(__file__).parents[2] / "configs"
EXAMPLES = [
    path
    for path in sorted(CONFIGS.glob("**/*.yaml"))
    if "\ntask:" in f"\n{path.read_text(encoding='utf-8')}"
]
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def test_the_schema_is_a_valid_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert json_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_example_configs_are_valid(path: Path) -> None:
    VALIDATOR.validate(read_document(path).value)


def undescribed(section: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """Return the keys without a description of the key or of its section."""
    sections = schema["$defs"]
    return [
        name
        for name, key in section["properties"].items()
        if not {**sections.get(key.get("$ref", "")[8:], {}), **key}.get("description")
    ]


def test_every_key_has_a_description() -> None:
    schema: dict[str, Any] = json_schema()
    for section in [schema, *schema["$defs"].values()]:
        assert undescribed(section, schema) == []


QUANTITIES = st.sampled_from([5, "5", "5 MB", "5 s", "1k", "many", True, None, [1], -1])
FORMATS = st.sampled_from(["csv", "jsonl", "xml"])


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=60,
    deadline=None,
)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "environment": st.sampled_from(["cloud", "on-premise", "moon", 1]),
            "budget": st.fixed_dictionaries(
                {}, optional={"memory": QUANTITIES, "memroy": QUANTITIES}
            ),
            "timeout": QUANTITIES,
            "cloud_limit": QUANTITIES,
            "dataset": st.fixed_dictionaries({}, optional={"seed": QUANTITIES}),
            "sources": st.fixed_dictionaries(
                {},
                optional={
                    "a": st.fixed_dictionaries(
                        {"columns": st.sampled_from([{}, {"x": "name"}, {"x": 5}])},
                        optional={"format": FORMATS, "rows": QUANTITIES},
                    )
                },
            ),
        },
    )
)
def test_the_schema_accepts_what_limerun_accepts(
    load: Load, config: dict[str, object]
) -> None:
    config = {"task": "tasks.py:run", **config}
    try:
        load(yaml.safe_dump(config))
    except ConfigError:
        return
    VALIDATOR.validate(config)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"task": 1},
        {"task": "a:b", "budget": {"memroy": 1}},
        {"task": "a:b", "budget": {"memory": "lots"}},
        {"task": "a:b", "environment": "moon"},
        {"task": "a:b", "sources": {"a": {"rows": 1}}},
        {"task": "a:b", "dataset": {"locale": "sv"}},
    ],
)
def test_the_schema_rejects_invalid_configs(config: dict[str, object]) -> None:
    assert not VALIDATOR.is_valid(config)


def with_column(column: object) -> dict[str, object]:
    return {
        "task": "a:b",
        "sources": {"a": {"format": "csv", "rows": 1, "columns": {"x": column}}},
    }


def with_property(options: object) -> dict[str, object]:
    return {"task": "a:b", "dataset": {"properties": {"deal.name": options}}}


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_offers_every_kind_with_its_options(kind: str) -> None:
    schema: Any = json_schema()
    columns = schema["$defs"]["SourceKeys"]["properties"]["columns"]
    with_kind = columns["additionalProperties"]["anyOf"][1]["oneOf"]
    names = [each["$ref"].removeprefix("#/$defs/") for each in with_kind]
    models = [schema["$defs"][name] for name in names]
    (model,) = (each for each in models if each["properties"]["kind"]["const"] == kind)
    assert {*model["properties"]} == {"kind", *KINDS[kind].defaults()}
    assert model["description"]


@pytest.mark.parametrize(
    "column",
    [
        "deal.name",
        {"kind": "email"},
        {"kind": "sequence", "format": "K-{:07d}", "start": 5},
        {"kind": "decimal", "min": 10, "max": 90_000, "distribution": "normal"},
        {"kind": "date", "from": "2020-01-01", "weekdays": True},
        {"kind": "time", "hours": [8, 17]},
        {"kind": "choice", "options": ["a", 2], "weights": [1, 0.5]},
        {"kind": "city", "cardinality": 7, "skew": 1},
        {"unique": True},
        {"min": 5},
    ],
)
def test_the_schema_accepts_a_column_that_limerun_accepts(column: object) -> None:
    VALIDATOR.validate(with_column(column))


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "emial"},
        {"kind": "city", "min": 1},
        {"kind": "sequence", "formt": "{}"},
        {"kind": "sequence", "start": "5"},
        {"kind": "integer", "min": 1.5},
        {"kind": "email", "null_rate": 2},
        {"kind": "decimal", "distribution": "zipf"},
        {"kind": "date", "within_days": 3},
        {"kind": "date", "after": "other", "to": "2020-01-01"},
        {"kind": "city", "skew": 1},
        {"kind": "template"},
        {"kind": "belongsto", "children": {"min": 1}},
        {"uniqe": True},
    ],
)
def test_the_schema_rejects_an_option_that_limerun_rejects(options: object) -> None:
    assert not VALIDATOR.is_valid(with_property(options))
    assert not VALIDATOR.is_valid(with_column(options))


def test_the_schema_accepts_the_options_of_many_to_many_relations() -> None:
    said = {"children": {"min": 0, "max": 9, "distribution": "zipf"}, "pairs": 20}
    VALIDATOR.validate(with_property(said))
