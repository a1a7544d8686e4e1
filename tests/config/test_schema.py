"""The JSON Schema says of a config what limerun says of it."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limerun.config.file import read_document
from limerun.config.schema import json_schema
from limerun.errors import ConfigError
from tests.config.conftest import Load

CONFIGS = Path(__file__).parents[2] / "configs"
EXAMPLES = [
    path
    for path in sorted(CONFIGS.glob("**/*.yaml"))
    if "\ntask:" in f"\n{path.read_text(encoding='utf-8')}"
]
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def test_it_is_a_schema_of_its_dialect() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert json_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_example_configs_are_valid(path: Path) -> None:
    VALIDATOR.validate(read_document(path).value)


def undescribed(section: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """Return the keys without a description, of their own or of their section."""
    sections = schema["$defs"]
    return [
        name
        for name, key in section["properties"].items()
        if not {**sections.get(key.get("$ref", "")[8:], {}), **key}.get("description")
    ]


def test_every_key_says_what_it_is_for() -> None:
    schema: dict[str, Any] = json_schema()
    for section in [schema, *schema["$defs"].values()]:
        assert undescribed(section, schema) == []


QUANTITIES = st.sampled_from([5, "5", "5 MB", "5 s", "1k", "many", True, None, [1], -1])
FORMATS = st.sampled_from(["csv", "jsonl", "xml"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
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
def test_what_limerun_takes_the_schema_takes(
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
def test_an_editor_sees_what_is_wrong(config: dict[str, object]) -> None:
    assert not VALIDATOR.is_valid(config)
