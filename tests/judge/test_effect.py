"""A task that read its input without any effect is reported."""

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
def test_rows_read_without_any_effect_are_a_finding(result: Json) -> None:
    [finding] = effect_findings([replace(IDLE_RUN, result=result)])
    assert (finding.rule, finding.level) == ("effect.none", "warning")
    assert "1,000 rows were read, nothing was written" in finding.detail


@pytest.mark.parametrize("result", [1, "0", True, False, {"read": 8}, {}, [], [1]])
def test_returning_a_result_is_an_effect(result: Json) -> None:
    assert rules(replace(IDLE_RUN, result=result)) == []


@pytest.mark.parametrize("result", [2000, {"read": 8, "changed": 8}, [3.5], 0, None])
def test_a_row_count_is_not_an_effect_if_commits_contained_no_change(
    result: Json,
) -> None:
    meant_to_write = replace(IDLE_RUN, empty_commits=1, result=result)
    [finding] = effect_findings([meant_to_write])
    assert "the committed units of work contained no change" in finding.detail
    assert rules(replace(IDLE_RUN, empty_commits=1, result="done")) == []
    assert rules(replace(IDLE_RUN, empty_commits=1, result=True)) == []


def test_rejected_writes_are_not_an_effect() -> None:
    refused = replace(NO_WRITES, writes=40, failed=40)
    [finding] = effect_findings([replace(IDLE_RUN, queries=refused)])
    assert "the database rejected all 40 write statements" in finding.detail


def test_writes_without_a_committed_row_are_not_an_effect() -> None:
    sent = replace(NO_WRITES, writes=40, failed=3)
    [finding] = effect_findings([replace(IDLE_RUN, queries=sent)])
    assert "40 write statements changed no row" in finding.detail


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
def test_there_is_no_finding_if_an_effect_is_possible(run: Run) -> None:
    assert rules(run) == []


def still_running(
    threads: int, processes: int, at_end: tuple[int, int] = (0, 0)
) -> LeftRunning:
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
            still_running(1, 0),
            "1 thread was still running when the task returned",
            "limerun waited until it ended, and measured memory up to then.",
        ),
        (
            still_running(2, 1),
            "2 threads and 1 process were still running when the task returned",
            "limerun waited until they ended, and measured memory up to then.",
        ),
        (
            still_running(0, 3, at_end=(0, 2)),
            "3 processes were still running when the task returned",
            "limerun waited for `background_wait` and then stopped 2 processes; the "
            "figures do not include memory that would have been used later.",
        ),
    ],
)
def test_the_finding_counts_threads_and_processes_and_how_they_ended(
    rest: LeftRunning, title: str, detail: str
) -> None:
    [finding] = running_findings(TASK, [replace(a_run(), left_running=rest)])
    assert (finding.rule, finding.level) == ("effect.running", "warning")
    assert (finding.title, finding.detail) == (title, detail)
    assert finding.location is not None
    assert finding.location.line == TASK.line


def test_several_runs_give_one_finding_about_the_largest() -> None:
    runs = [
        replace(a_run(), left_running=still_running(1, 0)),
        a_run(),
        replace(a_run(), left_running=still_running(4, 0)),
    ]
    [finding] = running_findings(TASK, runs)
    assert finding.title.startswith("4 threads")


def test_there_is_no_finding_if_no_work_was_left_running() -> None:
    assert not list(running_findings(TASK, [a_run()]))
