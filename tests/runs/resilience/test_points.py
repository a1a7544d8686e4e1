"""Points are spread over a run, reach both sides of commits, and follow from the seed."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limerun.runs.resilience.points import (
    Events,
    commit_points,
    kill_points,
    middle_point,
    row_points,
)

COUNTS = st.integers(0, 5_000)
EVENTS = st.builds(
    Events, rows=COUNTS, statements=COUNTS, writes=COUNTS, commits=COUNTS
)


@given(events=EVENTS, points=st.integers(1, 20), seed=st.integers(0, 99))
def test_every_point_exists_once_and_in_order(
    events: Events, points: int, seed: int
) -> None:
    found = kill_points(events, points, seed)
    assert found == kill_points(events, points, seed)
    assert len(found) == len(set(found)) <= points
    assert all(1 <= point.number <= point.of for point in found)
    for kind in ({"commit", "committed"}, {"row"}, {"write"}):
        numbers = [point.number for point in found if point.at in kind]
        assert all(one <= other + 1 for one, other in pairwise(numbers))


@pytest.mark.parametrize("seed", range(20))
def test_commits_by_turns_are_reached_after_both(seed: int) -> None:
    events = Events(rows=100, statements=0, writes=0, commits=12)
    committed = [
        point.number - (point.at == "commit")
        for point in commit_points(events, 3, seed)
    ]
    assert {number % 2 for number in committed} == {0, 1}
    sides = {point.at for point in commit_points(events, 3, seed)}
    assert sides == {"commit", "committed"}


def test_one_transaction_is_killed_before_and_after_its_commit() -> None:
    events = Events(rows=0, statements=9, writes=9, commits=1)
    points = commit_points(events, 3, 1)
    assert [point.at for point in points] == ["commit", "committed"]
    assert [point.number for point in points] == [1, 1]


def test_a_task_without_rows_is_killed_at_its_writes() -> None:
    events = Events(rows=0, statements=30, writes=20, commits=0)
    assert {point.at for point in row_points(events, 4, 1)} == {"write"}
    assert commit_points(events, 4, 1) == []


def test_a_single_point_is_in_the_middle_third() -> None:
    numbers = [
        point.number for seed in range(50) if (point := middle_point("write", 90, seed))
    ]
    assert len(set(numbers)) > 10
    assert all(30 < number <= 61 for number in numbers)
    assert middle_point("write", 0, 1) is None
