"""Numbers in JSON are replaced as well as those in columns."""

import json
import math
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from limerun.exports.value_maps.documents import json_numbers, replaced
from limerun.exports.value_maps.key import Key
from limerun.exports.value_maps.numbers import NumberMap
from tests.exports.anonymizing import make_copy, rows_in, rules_for, write_rows

KEY = Key(b"k" * 32)
finite = st.floats(allow_nan=False, allow_infinity=False)
documents = st.recursive(
    st.integers() | finite | st.booleans() | st.none(),
    lambda inner: st.lists(inner) | st.dictionaries(st.just("a"), inner),
    max_leaves=20,
)


def with_other_numbers(values: Sequence[object]) -> list[object]:
    texts = pa.array([json.dumps(value) for value in values], pa.string())
    numbers = NumberMap(KEY)
    numbers.learn(json_numbers(texts))
    numbers.finish()
    others = replaced(texts, lambda _: False, lambda leaves: leaves, numbers, KEY)
    return [json.loads(text) for text in others.to_pylist()]


def shape(value: object) -> object:
    """Return what must stay: types, signs and lengths."""
    if isinstance(value, list):
        return [shape(each) for each in value]
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float):
        return float, math.copysign(1, value)
    return value < 0, len(str(value))  # type: ignore[operator]  # an int


@settings(max_examples=50, deadline=None)  # the machine may be busy
@given(st.lists(documents, max_size=5))
def test_json_with_changed_numbers_keeps_its_structure(
    values: list[object],
) -> None:
    for value, other in zip(values, with_other_numbers(values), strict=True):
        assert shape(other) == shape(value)


@settings(max_examples=50, deadline=None)
@given(st.sets(st.integers(0, 10**25), min_size=1))
def test_different_numbers_stay_different(values: set[int]) -> None:
    others = with_other_numbers(sorted(values))
    assert len(set(map(str, others))) == len(values)


def test_no_number_in_json_becomes_another_number_of_the_source(tmp_path: Path) -> None:
    rows = [{"id": at, "data": {"order": 1_000 + at}} for at in range(2_000)]
    export = write_rows(tmp_path / "orders.jsonl", rows)
    rules = rules_for(tmp_path, {"orders": {"id": "permute", "data": "json"}})
    made = make_copy(export, tmp_path / "out.jsonl", rules)
    assert made.proof.passed, made.proof.reasons
    orders = {row["data"]["order"] for row in rows_in(tmp_path / "out.jsonl")}
    assert len(orders) == 2_000
    assert not orders & set(range(1_000, 3_000))


def test_a_number_in_json_is_mapped_like_its_column(tmp_path: Path) -> None:
    rows = [
        {
            "phone": f"070-{at * 7_919:07d}",
            "data": {"phone": int(f"70{at * 7_919:07d}")},
        }
        for at in range(100, 200)
    ]
    also = [{"phone": str(row["data"]["phone"]), "data": row["data"]} for row in rows]  # type: ignore[index]
    export = write_rows(tmp_path / "p.jsonl", rows + also)
    rules = rules_for(tmp_path, {"p": {"phone": "permute", "data": "json"}})
    make_copy(export, tmp_path / "out.jsonl", rules, force=True)
    [copy] = tmp_path.glob("out*.jsonl")
    for row in rows_in(copy)[100:]:
        assert row["phone"] == str(row["data"]["phone"])
