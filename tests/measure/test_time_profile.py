"""The kinds of work add up exactly to the duration."""

from typing import Any

import pytest

from limerun.measure.time_profile import time_profile_of
from limerun.records import TimeProfile
from tests.builders import a_run

OWN, DATABASE = "own", "database"
# name, depth, kind, calls, wall, cpu, in another thread
PARTS: list[list[Any]] = [
    ["", 0, OWN, 0, 2.0, 1.5, False],
    ["", 0, "sources", 30, 0.5, 0.5, False],
    ["save", 1, OWN, 10, 3.0, 1.0, False],
    [DATABASE, 1, DATABASE, 20, 4.0, 0.25, False],
    ["hook", 2, OWN, 5, 1.0, 1.25, False],
    ["send", 1, OWN, 1, 9.0, 0.5, True],
]
FUNCTIONS = [["t.py", 5, "save_all", 3.0], ["t.py", 9, "other", 1.0]]


def profile(
    parts: list[list[Any]], functions: list[list[Any]], **more: Any
) -> TimeProfile:
    seen = {
        **more,
        "parts": parts,
        "bands": [["save", [0.5, 0.0]]],
        "band_seconds": 0.5,
        "objects": {"at": [0.0, 1.0], "alive": {"contract": [0, 7]}},
    }
    return time_profile_of(seen, a_run(), functions)


def test_the_kinds_of_work_add_up_to_the_duration() -> None:
    time = profile(PARTS, FUNCTIONS)
    seconds = {part.kind: part.seconds for part in time.parts}
    assert seconds == {"own": 3.5, "waiting": 2.5, "database": 4.0, "sources": 0.5}
    assert sum(seconds.values()) == time.duration_seconds == 10.5
    assert sum(part.share for part in time.parts) == pytest.approx(1)


@pytest.mark.parametrize(
    ("elsewhere", "expected"),
    [
        ({"threads": 1.0, "processes": 0.5}, {"threads": 1, "processes": 0.5}),
        ({"threads": 1.0, "processes": 9.0}, {"threads": 1, "processes": 1.5}),
        ({"threads": 9.0}, {"threads": 2.5}),
        ({"threads": 0.001, "processes": 0.0}, {}),
    ],
    ids=["both", "of two processors", "all of the wait", "too little to name"],
)
def test_cpu_time_in_other_threads_and_processes_does_not_count_as_waiting(
    elsewhere: dict[str, float], expected: dict[str, float]
) -> None:
    time = profile(PARTS, FUNCTIONS, cpu_elsewhere=elsewhere)
    seconds = {part.kind: part.seconds for part in time.parts}
    assert sum(seconds.values()) == time.duration_seconds == 10.5
    waited = seconds.pop("waiting", 0.0)
    assert seconds == {"own": 3.5, "database": 4.0, "sources": 0.5, **expected}
    assert waited == 2.5 - sum(expected.values())


def test_the_largest_kind_of_work_comes_first_with_its_number_of_calls() -> None:
    first = profile(PARTS, FUNCTIONS).parts[0]
    assert (first.kind, first.calls) == ("database", 20)


def test_own_time_is_split_by_function() -> None:
    first, second = profile(PARTS, FUNCTIONS).functions
    assert (first.location.function, first.seconds) == ("save_all", 3.5 * 0.75)
    assert (second.location.line, second.share) == (9, 0.25)


def test_a_function_that_took_almost_no_time_is_left_out() -> None:
    small = ["t.py", 7, "small", 0.001]
    told = profile(PARTS, [*FUNCTIONS, small]).functions
    assert [each.location.function for each in told] == ["save_all", "other"]
    idle = [["t.py", 5, "idle", 0.0]]
    assert profile(PARTS, idle).functions == ()


def test_the_own_time_of_a_segment_excludes_nested_segments() -> None:
    outside, save, hook, send = profile(PARTS, FUNCTIONS).segments
    assert (save.own_seconds, save.seconds) == (7.0, 8.0)
    assert (save.database_seconds, save.waiting_seconds) == (4.0, 2.0)
    assert (outside.own_seconds, outside.sources_seconds) == (2.5, 0.5)
    assert hook.waiting_seconds == 0  # clocks differ: never less than nothing
    assert send.other_thread


def test_the_own_times_of_the_segments_add_up_to_the_duration() -> None:
    time = profile(PARTS, FUNCTIONS)
    mine = [each.own_seconds for each in time.segments if not each.other_thread]
    assert sum(mine) == time.duration_seconds


def test_a_task_without_named_segments_has_no_segments() -> None:
    assert profile(PARTS[:2], []).segments == ()


def test_a_task_that_took_no_time_has_no_parts() -> None:
    assert profile([["", 0, OWN, 0, 0.0, 0.0, False]], []).parts == ()
