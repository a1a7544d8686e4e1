"""The effective config in the record: one value for each key."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from limerun.config.masking import MASK
from limerun.config.problems import flatten

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=6,
)


def test_flattening_gives_each_key_its_path() -> None:
    values = {"timeout": 5.0, "budget": {"memory": 1, "levels": {"limits": None}}}
    assert dict(flatten(values)) == {
        ("timeout",): 5.0,
        ("budget", "memory"): 1,
        ("budget", "levels", "limits"): None,
    }


def test_limetypes_are_listed_by_name_and_parameters_stay_nested() -> None:
    values = {
        "dataset": {"limetypes": {"deal": {"name": {}}, "company": {}}, "rows": {}},
        "parameters": {
            "since": {"day": date(2026, 1, 31), "more": (1, Decimal("2.5"))}
        },
        "runtime_config": {"erp": {"urls": ["a"]}},
    }
    assert dict(flatten(values)) == {
        ("dataset", "limetypes"): ["company", "deal"],
        ("dataset", "rows"): {},
        ("parameters", "since"): {"day": "2026-01-31", "more": [1, "2.5"]},
        ("runtime_config", "erp"): {"urls": ["a"]},
    }


def test_secrets_are_masked_when_flattening() -> None:
    flat = dict(flatten({"environment_variables": {"ERP": "hunter2"}}))
    assert flat == {("environment_variables", "ERP"): MASK}


@given(values=st.dictionaries(st.text(), VALUES, max_size=4))
def test_flattened_values_can_be_represented_in_json(values: dict[str, object]) -> None:
    def is_json(value: object) -> bool:
        if isinstance(value, dict):
            return all(isinstance(k, str) and is_json(v) for k, v in value.items())
        if isinstance(value, list):
            return all(map(is_json, value))
        return value is None or isinstance(value, str | int | float)

    flat = dict(flatten(values))
    assert all(is_json(each) for each in flat.values())
    assert {path[0] for path in flat} == values.keys()
