"""Links: each leads to a row that there is, as evenly as asked."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
def test_every_link_leads_to_a_row_that_there_is(parents: int, skew: float) -> None:
    found = links(parents, 500, asked=range(700), skew=skew)
    assert all(1 <= parent <= parents for parent in found)


def test_some_parents_have_many_children_but_not_because_their_id_is_low() -> None:
    counts = Counter(links(1_000, 20_000))
    heavy = [parent for parent, _ in counts.most_common(20)]
    assert counts.most_common(1)[0][1] > 5 * 20
    assert np.mean(heavy) == pytest.approx(500, abs=250)


def test_without_skew_parents_are_alike() -> None:
    counts = Counter(links(100, 20_000, skew=0))
    assert min(counts.values()) > 120
    assert max(counts.values()) < 290


def test_skew_is_that_of_zipf() -> None:
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
def test_every_parent_has_as_many_children_as_it_may(data: st.DataObject) -> None:
    parents = data.draw(st.integers(1, 200))
    least = data.draw(st.integers(0, 4))
    most = data.draw(st.integers(max(least, 1), 9))
    children = data.draw(st.integers(least * parents, most * parents))
    found = links(parents, children, children={"min": least, "max": most})
    counts = Counter(found)
    assert len(found) == children
    for parent in range(1, parents + 1):
        assert least <= counts[parent] <= most


def test_parents_may_have_no_children() -> None:
    counts = Counter(links(1_000, 1_000, children={"min": 0, "max": 5}))
    assert 200 < 1_000 - len(counts) < 500


def test_no_row_is_above_itself_and_the_first_has_none_above() -> None:
    parents = values_of(plan_of(), "company", "parent")
    assert parents[0] is None
    assert all(parent is None or parent <= row for row, parent in enumerate(parents))
    assert 0.1 < parents.count(None) / len(parents) < 0.3


def test_links_without_a_null_rate_are_all_there() -> None:
    assert None not in values_of(plan_of(), "deal", "company")


def test_links_to_a_limetype_without_rows_are_null() -> None:
    plan = plan_of(rows={"company": 10, "deal": 10})
    assert values_of(plan, "deal", "person") == [None] * 10
