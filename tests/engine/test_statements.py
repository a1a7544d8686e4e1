"""Statements are counted exactly, or not measured; never a wrong number."""

from collections.abc import Callable
from importlib.machinery import SourceFileLoader

import pytest

from limerun.records import Run
from tests.conftest import ROOT

pytestmark = pytest.mark.slow
RunOf = Callable[..., Run]
TASKS = ROOT / "tests" / "tasks" / "databases.py"


@pytest.mark.parametrize(
    "task",
    ["imports_it_late", "imports_it_in_a_thread", "imports_it_after_a_failure"],
)
def test_statements_are_counted_if_the_task_itself_imports_sqlalchemy(
    run_of: RunOf, task: str
) -> None:
    run = run_of(f"{TASKS}:{task}", count=30)
    assert run.result == 30, run.error
    assert run.queries is not None
    assert (run.queries.reads, run.queries.distinct) == (30, 1)
    [statement] = run.statements
    assert statement.location is not None
    assert statement.location.function == "_ask"


def test_the_import_hook_leaves_only_its_finder_behind(run_of: RunOf) -> None:
    left = run_of(f"{TASKS}:says_what_remains_of_the_hook").result
    assert left == {
        "loader": SourceFileLoader.__module__,
        "left_on_the_loader": False,
        "finder": "Listening",  # it continues to look for drivers
    }


@pytest.mark.no_coverage
def test_queries_sent_by_a_driver_without_sqlalchemy_are_unknown(
    run_of: RunOf,
) -> None:
    run = run_of(f"{TASKS}:uses_a_driver_alone", count=30)
    assert (run.result, run.queries) == (30, None)
    assert "past SQLAlchemy" in str(run.queries_why)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_queries_sent_only_by_child_processes_are_unknown(
    run_of: RunOf, method: str
) -> None:
    run = run_of(f"{TASKS}:asks_in_children", method=method, count=30)
    assert (run.result, run.queries) == (60, None), run.error
    assert "processes that the task started" in str(run.queries_why)


def test_queries_sent_by_task_and_child_make_the_total_unknown(run_of: RunOf) -> None:
    run = run_of(f"{TASKS}:asks_here_and_in_a_child", count=30)
    assert (run.result, run.queries) == (30, None)


@pytest.mark.parametrize(
    "task", ["asks_beside_children_that_do_not", "asks_beside_a_program"]
)
def test_children_without_statements_leave_the_count_exact(
    run_of: RunOf, task: str
) -> None:
    run = run_of(f"{TASKS}:{task}", count=30)
    assert run.queries is not None, run.queries_why
    assert run.queries.total == 30


@pytest.mark.parametrize("task", ["asks_beside_sqlalchemy", "asks_below_sqlalchemy"])
@pytest.mark.no_coverage
def test_queries_sent_partly_without_sqlalchemy_make_the_total_unknown(
    run_of: RunOf, task: str
) -> None:
    run = run_of(f"{TASKS}:{task}", count=30)
    assert (run.result, run.queries) == (30, None), run.error
    assert "past SQLAlchemy" in str(run.queries_why)


def test_statements_that_differ_only_in_literal_values_are_counted_together(
    run_of: RunOf,
) -> None:
    run = run_of(f"{TASKS}:asks_with_values_in_the_text", count=300)
    [statement] = run.statements
    assert (statement.text, statement.calls) == ("SELECT ?, ?", 300)
    assert run.queries is not None
    assert (run.queries.total, run.queries.distinct) == (300, 1)


def test_a_commit_for_each_statement_is_reported(run_of: RunOf) -> None:
    run = run_of(f"{TASKS}:commits_each_statement", count=300)
    assert run.transactions is not None
    assert (run.transactions.count, run.transactions.median_objects) == (300, 1)
    assert run.commit_location is not None
    assert run.commit_location.function == "commits_each_statement"
