"""A task that read its input and changed nothing is noticed, where it would be seen."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from limerun.judge.effect import effect_findings, running_findings
from limerun.records import Json, LeftRunning, Queries, Run, Transactions
from tests.builders import TASK, a_run

NO_WRITES = Queries(total=80, reads=80, writes=0, commits=0, distinct=1)
IDLE_RUN = replace(
    a_run(),
    queries=NO_WRITES,
    transactions=Transactions(count=0, median_objects=None, max_objects=0),
    result=None,
)
COUNTED_NOTHING: Mapping[str, Json] = {"created": 0, "updated": 0}


def rules(run: Run) -> list[str]:
    return [finding.rule for finding in effect_findings([run])]


@pytest.mark.parametrize("result", [None, 0, 0.0, COUNTED_NOTHING, [0, None]])
def test_rows_read_for_nothing_are_found(result: Json) -> None:
    [finding] = effect_findings([replace(IDLE_RUN, result=result)])
    assert (finding.rule, finding.level) == ("effect.none", "warning")
    assert "1,000 rows were read, nothing was written" in finding.detail


@pytest.mark.parametrize("result", [1, "0", True, False, {"read": 8}, {}, [], [1]])
def test_a_task_that_returns_something_has_an_effect(result: Json) -> None:
    assert rules(replace(IDLE_RUN, result=result)) == []


@pytest.mark.parametrize("result", [2000, {"read": 8, "changed": 8}, [3.5], 0, None])
def test_a_count_is_no_effect_where_what_was_committed_held_no_change(
    result: Json,
) -> None:
    meant_to_write = replace(IDLE_RUN, empty_commits=1, result=result)
    [finding] = effect_findings([meant_to_write])
    assert "the units of work that were committed held no change" in finding.detail
    assert rules(replace(IDLE_RUN, empty_commits=1, result="done")) == []
    assert rules(replace(IDLE_RUN, empty_commits=1, result=True)) == []


def test_writes_that_were_all_refused_are_no_effect() -> None:
    refused = replace(NO_WRITES, writes=40, failed=40)
    [finding] = effect_findings([replace(IDLE_RUN, queries=refused)])
    assert "the database refused all 40 statements that write" in finding.detail


def test_writes_that_left_no_committed_row_are_no_effect() -> None:
    sent = replace(NO_WRITES, writes=40, failed=3)
    [finding] = effect_findings([replace(IDLE_RUN, queries=sent)])
    assert "40 statements that write left no row" in finding.detail


@pytest.mark.parametrize(
    "run",
    [
        replace(
            IDLE_RUN,
            queries=replace(NO_WRITES, writes=1),
            transactions=Transactions(count=1, median_objects=1, max_objects=1),
        ),
        replace(IDLE_RUN, queries=None),
        replace(IDLE_RUN, acted_unseen=True),
        replace(IDLE_RUN, rows_processed=None),
        replace(IDLE_RUN, rows_processed=0),
        replace(IDLE_RUN, ending="raised"),
        replace(
            IDLE_RUN, memory=replace(IDLE_RUN.memory, largest_child_bytes=5_000_000)
        ),
        replace(IDLE_RUN, not_run="was replaced by a task that has not run"),
    ],
    ids=[
        "it wrote",
        "statements unknown",
        "it acted elsewhere",
        "rows unknown",
        "nothing read",
        "it raised",
        "it started a process",
        "its work is not done",
    ],
)
def test_nothing_is_claimed_where_an_effect_may_be(run: Run) -> None:
    assert rules(run) == []


def left(threads: int, processes: int, at_end: tuple[int, int] = (0, 0)) -> LeftRunning:
    return LeftRunning(
        threads=threads,
        processes=processes,
        threads_at_end=at_end[0],
        processes_at_end=at_end[1],
    )


@pytest.mark.parametrize(
    ("rest", "title", "detail"),
    [
        (
            left(1, 0),
            "1 thread still ran when the task returned",
            "limerun waited until it ended; the memory until then is counted.",
        ),
        (
            left(2, 1),
            "2 threads and 1 process still ran when the task returned",
            "limerun waited until they ended; the memory until then is counted.",
        ),
        (
            left(0, 3, at_end=(0, 2)),
            "3 processes still ran when the task returned",
            "limerun waited for as long as background_wait allows, and then ended 2 "
            "processes: memory that would have been taken later is not counted.",
        ),
    ],
)
def test_the_finding_says_how_much_ran_and_what_became_of_it(
    rest: LeftRunning, title: str, detail: str
) -> None:
    [finding] = running_findings(TASK, [replace(a_run(), left_running=rest)])
    assert (finding.rule, finding.level) == ("effect.running", "warning")
    assert (finding.title, finding.detail) == (title, detail)
    assert finding.location is not None
    assert finding.location.line == TASK.line


def test_several_runs_make_one_finding_of_the_largest() -> None:
    runs = [
        replace(a_run(), left_running=left(1, 0)),
        a_run(),
        replace(a_run(), left_running=left(4, 0)),
    ]
    [finding] = running_findings(TASK, runs)
    assert finding.title.startswith("4 threads")


def test_nothing_left_running_is_no_finding() -> None:
    assert not list(running_findings(TASK, [a_run()]))
