"""Exceptions that a task's code swallowed: counted in the worker, found in the code."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from limerun.records import Outcome
from limerun.runs.swallowed_exceptions import with_swallowed
from tests.builders import a_run, an_order, an_outcome
from tests.conftest import RunTask, launch_for

TASKS = Path(__file__).parents[1] / "tasks" / "swallowing.py"
LINES = TASKS.read_text(encoding="utf-8").splitlines()
Swallowed = dict[str, Mapping[str, int]]


def swallowed_of(outcome: Outcome) -> Swallowed | None:
    """Return the counts by the code of the handler's line."""
    run = with_swallowed(a_run(), outcome)
    if run.swallowed is None:
        return None
    return {
        LINES[each.location.line - 1].strip(): each.by_type for each in run.swallowed
    }


def _works(python: str) -> bool:
    asked = [python, "-c", "import sys; sys.monitoring"]
    return not subprocess.run(asked, capture_output=True, check=False).returncode


@pytest.fixture(scope="module")
def newer_python() -> str:
    """An interpreter with `sys.monitoring`."""
    named = (shutil.which(f"python3.{minor}") for minor in (12, 13, 14))
    installed = Path("~/.pyenv/versions").expanduser().glob("3.1[2-9].*/bin/python")
    every = (sys.executable, *filter(None, named), *map(str, installed))
    found = next(filter(_works, every), "")
    return found or pytest.skip("there is no Python 3.12 or later")


@pytest.fixture(params=["handled", "raised"])
def count(
    request: pytest.FixtureRequest, outcome_of: RunTask, tmp_path: Path
) -> Callable[[str], Swallowed | None]:
    """Run a task for 20 rows, in each of the two ways to count."""
    launch = launch_for("")
    if request.param == "handled":
        launch = replace(launch, python=request.getfixturevalue("newer_python"))
    elif _works(sys.executable):
        pytest.skip("only older interpreters trace")
    else:
        launch = replace(launch, instrument=an_order("memory", tmp_path))

    def swallowed(name: str) -> Swallowed | None:
        return swallowed_of(outcome_of(f"{TASKS}:{name}", launch, rows=20))

    return swallowed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("swallow", {"except (": {"ValueError": 8, "KeyError": 2}}),
        ("hide", {"with suppress(Exception):": {"ValueError": 20}}),
        ("take_the_second_handler", {"except ValueError:": {"ValueError": 8}}),
        (
            "swallow_what_an_inner_handler_raises_again",
            {"except Exception:": {"ValueError": 20}},
        ),
        ("do_something", {}),
    ],
)
def test_only_handlers_that_do_nothing_are_counted(
    count: Callable[[str], Swallowed | None], name: str, expected: Swallowed
) -> None:
    assert count(name) == expected


@pytest.mark.slow
def test_an_older_python_does_not_count_without_an_instrument(
    outcome_of: RunTask,
) -> None:
    if _works(sys.executable):
        pytest.skip("this interpreter counts always")
    assert swallowed_of(outcome_of(f"{TASKS}:hide", rows=2)) is None


def test_what_was_not_counted_is_unknown() -> None:
    assert with_swallowed(a_run(), an_outcome()).swallowed is None
