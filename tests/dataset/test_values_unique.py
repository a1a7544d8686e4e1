"""Unique values of every kind, for any seed, up to the capacity of the kind."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limerun.dataset.design.column_kinds import KINDS
from limerun.dataset.values.block import Block
from limerun.dataset.words.locales import LOCALES
from limerun.errors import DatasetError
from tests.dataset.plans import plan_of, recipe_of, source_of, values_of

UNIQUE = [name for name, kind in KINDS.items() if kind.can_be_unique]
SAID: dict[str, dict[str, object]] = {
    "template": {"template": "K-{row}"},
    "integer": {"min": -3, "max": 96},
    "decimal": {"min": 0, "max": 9.9, "decimals": 1},
    "date": {"from": "2024-01-01", "to": "2024-03-31"},
    "time": {"from": "2024-01-01", "to": "2024-01-02"},
}
FEW = {"position": 10, "date": 80, "integer": 100, "decimal": 100}
"""Rows of the kinds with few values."""
TYPES = {kind: kind for kind in ("integer", "decimal", "date", "time")}


def unique_plan(kind: str, rows: int, seed: int, locale: str, **of: object) -> Any:
    said = {"kind": kind, "unique": True, **SAID.get(kind, {})}
    limetypes = {"thing": {"it": {"type": TYPES.get(kind, "string"), **of}}}
    return plan_of(
        limetypes, {"thing": rows}, {"thing.it": said}, seed=seed, locale=locale
    )


@pytest.mark.parametrize("kind", UNIQUE)
@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    rows=st.integers(0, 150),
    locale=st.sampled_from([*LOCALES]),
)
def test_unique_values_of_a_limetype_never_repeat(
    kind: str, seed: int, rows: int, locale: str
) -> None:
    rows = min(rows, FEW.get(kind, rows))
    values = values_of(unique_plan(kind, rows, seed, locale), "thing", "it")
    assert len(set(values)) == rows


@pytest.mark.parametrize("locale", [*LOCALES])
@pytest.mark.parametrize("kind", UNIQUE)
def test_a_limetype_without_rows_has_no_values(kind: str, locale: str) -> None:
    assert values_of(unique_plan(kind, 0, 1, locale), "thing", "it") == []


@pytest.mark.parametrize("kind", UNIQUE)
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32), locale=st.sampled_from([*LOCALES]))
def test_unique_values_of_a_source_never_repeat(
    kind: str, seed: int, locale: str
) -> None:
    rows = min(90, FEW.get(kind, 90))
    said = {"kind": kind, "unique": True, **SAID.get(kind, {})}
    source = source_of({"it": said}, rows=rows)
    plan = plan_of({}, {}, seed=seed, locale=locale)
    recipe = recipe_of(plan, {"it": source})
    own = recipe.schema.sources["it"].own
    block = Block(recipe, own, np.arange(rows, dtype=np.uint64))
    assert len(set(block.values("it").to_pylist())) == rows


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", ["city", "country", "position", "subject", "street"])
def test_a_unique_kind_uses_all_of_its_values_and_refuses_one_more_row(
    kind: str, locale: str
) -> None:
    with pytest.raises(DatasetError, match="different values") as refused:
        recipe_of(unique_plan(kind, 10**6, 1, locale))
    capacity = int(str(refused.value).split(" has ")[1].split()[0].replace(",", ""))
    for seed in range(3):
        plan = unique_plan(kind, capacity, seed, locale)
        assert len(set(values_of(plan, "thing", "it"))) == capacity
    with pytest.raises(DatasetError, match="different values"):
        recipe_of(unique_plan(kind, capacity + 1, 1, locale))


@pytest.mark.parametrize("kind", ["email", "link"])
@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    start=st.sampled_from([0, 10**6, 5 * 10**6, 10**9 - 30]),
    length=st.sampled_from([None, 40, 64]),
)
def test_email_addresses_of_different_rows_differ(
    kind: str, seed: int, start: int, length: int | None
) -> None:
    plan = unique_plan(kind, 10**9, seed, "sv_SE", length=length)
    rows = np.arange(start, start + 30)
    values = values_of(plan, "thing", "it", rows)
    assert len(set(values)) == 30
    assert all(len(value) <= (length or 100) for value in values)


def test_unique_email_addresses_are_the_same_as_without_unique() -> None:
    kinds: dict[str, object] = {"kind": "email"}
    plain, unique = (
        values_of(
            plan_of(
                {"thing": {"it": {"type": "string"}}},
                {"thing": 50},
                {"thing.it": {**kinds, **more}},
            ),
            "thing",
            "it",
        )
        for more in ({}, {"unique": True})
    )
    assert plain == unique
