"""Links refer to existing rows, with the configured distribution."""

import dataclasses
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limerun.dataset.design.dataset_schema import check_plan
from limerun.dataset.design.option_types import FAN_OUTS, Children
from limerun.dataset.values.foreign_keys import FanOut
from limerun.errors import DatasetError
from tests.dataset.plans import plan_of, values_of

LIMETYPES = {
    "parent": {"name": {"type": "string"}},
    "child": {"parent": {"type": "belongsto", "related": "parent"}},
}


def links(parents: int, rows: int, asked: object = None, **said: object) -> list[int]:
    plan = plan_of(
        LIMETYPES, {"parent": parents, "child": rows}, {"child.parent": said}
    )
    return values_of(plan, "child", "parent", asked)


@settings(max_examples=60, deadline=None)
@given(
    parents=st.integers(1, 3_000),
    skew=st.one_of(st.just(0), st.floats(0.01, 3)),
)
def test_every_link_refers_to_an_existing_row(parents: int, skew: float) -> None:
    found = links(parents, 500, asked=range(700), skew=skew)
    assert all(1 <= parent <= parents for parent in found)


def test_the_parents_with_many_children_do_not_have_low_ids() -> None:
    counts = Counter(links(1_000, 20_000))
    heavy = [parent for parent, _ in counts.most_common(20)]
    assert counts.most_common(1)[0][1] > 5 * 20
    assert np.mean(heavy) == pytest.approx(500, abs=250)


def test_without_skew_all_parents_have_similar_numbers_of_children() -> None:
    counts = Counter(links(100, 20_000, skew=0))
    assert min(counts.values()) > 120
    assert max(counts.values()) < 290


def test_skew_follows_the_zipf_distribution() -> None:
    counts = sorted(Counter(links(2_000, 50_000, skew=1)).values(), reverse=True)
    harmonic = sum(1 / rank for rank in range(1, 2_001))
    for rank in (1, 2, 3, 10):
        expected = 50_000 / rank / harmonic
        assert counts[rank - 1] == pytest.approx(expected, rel=0.15)
    assert sum(counts[:100]) == pytest.approx(
        50_000 * sum(1 / rank for rank in range(1, 101)) / harmonic, rel=0.05
    )


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_parent_has_between_min_and_max_children(data: st.DataObject) -> None:
    parents = data.draw(st.integers(1, 200))
    least = data.draw(st.integers(0, 4))
    most = data.draw(st.integers(max(least, 1), 9))
    children = data.draw(st.integers(least * parents, most * parents))
    found = links(parents, children, children={"min": least, "max": most})
    counts = Counter(found)
    assert len(found) == children
    for parent in range(1, parents + 1):
        assert least <= counts[parent] <= most


def test_some_parents_have_no_children_if_the_minimum_is_zero() -> None:
    counts = Counter(links(1_000, 1_000, children={"min": 0, "max": 5}))
    assert 200 < 1_000 - len(counts) < 500


def test_no_row_is_its_own_parent_and_the_first_row_has_no_parent() -> None:
    parents = values_of(plan_of(), "company", "parent")
    assert parents[0] is None
    assert all(parent is None or parent <= row for row, parent in enumerate(parents))
    assert 0.1 < parents.count(None) / len(parents) < 0.3


def test_links_without_a_null_rate_are_never_null() -> None:
    assert None not in values_of(plan_of(), "deal", "company")


def test_links_to_a_limetype_without_rows_are_null() -> None:
    plan = plan_of(rows={"company": 10, "deal": 10})
    assert values_of(plan, "deal", "person") == [None] * 10


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_children_are_distributed_exactly_for_any_distribution(
    data: st.DataObject,
) -> None:
    parents = data.draw(st.integers(1, 300))
    least = data.draw(st.integers(0, 5))
    most = least + data.draw(st.sampled_from([1, 3, 40, 5_000]))
    children = data.draw(st.integers(max(least * parents, 1), most * parents))
    shape = data.draw(st.sampled_from(FAN_OUTS))
    places = np.arange(min(children, 10_000))
    fan = FanOut(parents, children, Children(least, most, shape))
    ranks, nth = fan(places)
    assert ranks.min() >= 0
    assert ranks.max() < parents
    assert len(np.unique(ranks * (most + 1) + nth)) == len(places)
    if len(places) == children:
        counts = np.bincount(ranks, minlength=parents)
        assert least <= counts.min() <= counts.max() <= most
        assert (nth < counts[ranks]).all()


def test_with_uniform_each_number_of_children_is_equally_frequent() -> None:
    children = {"min": 0, "max": 5, "distribution": "uniform"}
    counts = Counter(Counter(links(600, 1_500, children=children)).values())
    assert all(95 <= counts[each] <= 105 for each in range(1, 6))


def test_with_zipf_most_parents_have_few_children_and_few_have_many() -> None:
    children = {"min": 0, "max": 200, "distribution": "zipf"}
    counts = Counter(links(1_000, 3_000, children=children))
    assert 1_000 - len(counts) > 400
    assert 100 < max(counts.values()) <= 200
    heavy = [parent for parent, _ in counts.most_common(20)]
    assert np.mean(heavy) == pytest.approx(500, abs=250)


def test_with_even_all_parents_have_about_the_same_number_of_children() -> None:
    children = {"min": 0, "max": 9, "distribution": "even"}
    counts = Counter(links(300, 1_000, children=children))
    assert set(counts.values()) == {3, 4}


def test_a_hasone_relation_has_at_most_one_child() -> None:
    limetypes = {
        "parent": {
            "child": {"type": "hasone", "related": "child", "backref": "parent"}
        },
        "child": {"parent": {"type": "belongsto", "related": "parent"}},
    }
    plan = plan_of(limetypes, {"parent": 500, "child": 300})
    found = values_of(plan, "child", "parent")
    assert len(set(found)) == 300
    with pytest.raises(
        DatasetError, match="result in 0 to 500 rows, but child has 501"
    ):
        check_plan(plan_of(limetypes, {"parent": 500, "child": 501}), {})
    said = {"child.parent": {"skew": 1}}
    with pytest.raises(DatasetError, match="is a hasone"):
        check_plan(plan_of(limetypes, {"parent": 5, "child": 5}, said), {})


def test_limits_of_children_are_adjusted_if_an_option_changed_the_rows() -> None:
    said = {"child.parent": {"children": {"min": 5, "max": 9}}}
    plan = plan_of(LIMETYPES, {"parent": 100, "child": 100}, said)
    with pytest.raises(DatasetError, match="result in 500 to 900 rows"):
        check_plan(plan, {})
    trimmed = dataclasses.replace(plan, trimmed=True)
    assert len(values_of(trimmed, "child", "parent")) == 100


def test_limetypes_may_link_to_each_other() -> None:
    limetypes = {
        "a": {"b": {"type": "belongsto", "related": "b"}},
        "b": {"a": {"type": "belongsto", "related": "a"}},
    }
    plan = plan_of(limetypes, {"a": 40, "b": 70})
    assert set(values_of(plan, "a", "b")) <= set(range(1, 71))
    assert set(values_of(plan, "b", "a")) <= set(range(1, 41))


@pytest.mark.parametrize(
    ("children", "message"),
    [
        ({"min": 3, "max": 2}, "at least min"),
        ({"min": 0, "max": 2, "most": 3}, "must be a mapping such as"),
        ({"min": 0, "max": 2, "distribution": "bell"}, "even, uniform or zipf"),
        ({"min": 2, "max": 2, "distribution": "zipf"}, "no effect"),
    ],
)
def test_impossible_numbers_of_children_are_refused(
    children: dict[str, object], message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        links(10, 20, children=children)
