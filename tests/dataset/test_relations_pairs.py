"""The pairs of a hasandbelongstomany: unique, and only for existing rows."""

import dataclasses
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limerun.dataset.design.dataset_schema import check_plan
from limerun.errors import DatasetError
from tests.dataset.plans import ask, make_database, plan_of, recipe_of

MANY = "hasandbelongstomany"
TABLE = "group_members__person_groups"
LIMETYPES = {
    "person": {"groups": {"type": MANY, "related": "group", "backref": "members"}},
    "group": {"members": {"type": MANY, "related": "person", "backref": "groups"}},
}
FRIENDS = {
    "person": {
        "friends": {"type": MANY, "related": "person", "backref": "friendof"},
        "friendof": {"type": MANY, "related": "person", "backref": "friends"},
    }
}


def pairs(
    limetypes: Any, rows: dict[str, int], said: dict[str, Any] | None = None
) -> list[tuple[int, ...]]:
    """Return the pairs of the only link table."""
    import numpy as np

    from limerun.dataset.values.table_rows import rows_of

    recipe = recipe_of(plan_of(limetypes, rows, said))
    (table,) = recipe.schema.pairs.values()
    wanted = np.arange(table.rows, dtype=np.uint64)
    made = rows_of(recipe, table, stored=True).columns(wanted)
    return list(zip(*(column.to_pylist() for column in made.values()), strict=True))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_pairs_are_unique_and_refer_to_existing_rows(data: st.DataObject) -> None:
    persons, groups = data.draw(st.integers(1, 80)), data.draw(st.integers(1, 40))
    least = data.draw(st.integers(0, min(groups, 3)))
    most = data.draw(st.integers(max(least, 1), 60))
    shape = data.draw(st.sampled_from(["even", "uniform", "zipf"]))
    children: dict[str, object] = {"min": least, "max": most}
    if least < most:
        children["distribution"] = shape
    room = min(most, groups)
    said: dict[str, Any] = {
        "children": children,
        "skew": data.draw(st.sampled_from([0, 0.5, 2])),
    }
    if data.draw(st.booleans()):
        said["pairs"] = data.draw(st.integers(least * persons, room * persons))
    found = pairs(
        LIMETYPES, {"person": persons, "group": groups}, {"person.groups": said}
    )
    assert len(set(found)) == len(found) == said.get("pairs", len(found))
    each = Counter(person for _, person in found)
    assert all(1 <= group <= groups for group, _ in found)
    assert all(least <= each[person] <= room for person in range(1, persons + 1))
    assert set(each) <= set(range(1, persons + 1))


def test_by_default_each_row_has_a_few_pairs() -> None:
    found = pairs(LIMETYPES, {"person": 1_000, "group": 200})
    each = Counter(person for _, person in found)
    assert max(each.values()) == 10
    assert 200 < 1_000 - len(each) < 500
    heavy = Counter(group for group, _ in found).most_common(5)
    assert heavy[0][1] > 2 * len(found) / 200
    assert max(group for group, _ in heavy) > 20


def test_no_row_is_paired_with_itself() -> None:
    said = {"person.friends": {"children": {"min": 3, "max": 9}}}
    found = pairs(FRIENDS, {"person": 10}, said)
    assert len(set(found)) == len(found)
    assert all(one != other for one, other in found)


def test_the_number_of_pairs_can_be_configured_at_the_other_end() -> None:
    said = {"group.members": {"children": {"min": 2, "max": 2}}}
    found = pairs(LIMETYPES, {"person": 50, "group": 20}, said)
    assert set(Counter(group for group, _ in found).values()) == {2}


def test_there_are_no_pairs_if_one_limetype_has_no_rows() -> None:
    assert pairs(LIMETYPES, {"person": 50}) == []


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            {"person.groups": {"kids": 3}},
            'unknown option of a hasandbelongstomany "kids"',
        ),
        ({"person.groups": {"pairs": -1}}, "pairs: -1: must be at least 0"),
        (
            {"person.groups": {"pairs": 10**6}},
            "result in 0 to 100 pairs, not 1,000,000",
        ),
        ({"person.groups": {"children": {"min": 9, "max": 9}}}, "there are only 5"),
        ({"person.groups": {"children": {"max": 9}}}, "must be a mapping such as"),
        (
            {"person.groups": {"pairs": 3}, "group.members": {"pairs": 3}},
            "group.members is the other end of the same pairs",
        ),
    ],
)
def test_impossible_pairs_are_refused(said: dict[str, Any], message: str) -> None:
    with pytest.raises(DatasetError) as caught:
        check_plan(plan_of(LIMETYPES, {"person": 20, "group": 5}, said), {})
    assert message in str(caught.value)
    assert str(caught.value).startswith("person.groups")


def test_limits_of_pairs_are_adjusted_if_an_option_changed_the_rows() -> None:
    said = {"person.groups": {"pairs": 10**6, "children": {"min": 9, "max": 30}}}
    plan = plan_of(LIMETYPES, {"person": 20, "group": 5}, said)
    schema = check_plan(dataclasses.replace(plan, trimmed=True), {})
    assert schema.pairs[TABLE].rows == 20 * 4


def test_pairs_are_stored_and_indexed_in_the_database(tmp_path: Path) -> None:
    plan = plan_of(LIMETYPES, {"person": 300, "group": 40})
    path = make_database(plan, tmp_path / "a", block_rows=97)
    stored = ask(path, f"SELECT group_members, person_groups FROM {TABLE}")
    assert stored == pairs(LIMETYPES, {"person": 300, "group": 40})
    (plan_of_query,) = ask(
        path, f"EXPLAIN QUERY PLAN SELECT * FROM {TABLE} WHERE person_groups = 7"
    )
    assert "USING INDEX" in plan_of_query[3]
