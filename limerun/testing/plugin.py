"""The pytest plugin: `@pytest.mark.capacity` and the fixture `capacity_test`.

It is loaded with every run of pytest where limerun is installed, so nothing heavy is
imported before a test asks for it.
"""

import inspect
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from limerun.testing.capacity import CapacityTest

_MARK = (
    "capacity(task, *, config, memory, duration, queries_per_row, rows, sources, "
    "parameters, settings, repeat): run the task at the dataset's size in a measured "
    "worker of its own; the test fails unless every check passes."
)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _MARK)


@pytest.fixture
def capacity_test(request: pytest.FixtureRequest, tmp_path: Path) -> "CapacityTest":
    """Run a task at its dataset's size: `capacity_test("tasks.py:sync").passed`."""
    return _capacity_test(request.node, tmp_path)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(
    pyfuncitem: pytest.Function,
) -> Generator[None, object, object]:
    """Run a marked test's task before the test itself."""
    marker = pyfuncitem.get_closest_marker("capacity")
    if marker is not None:
        folder = pyfuncitem._request.getfixturevalue("tmp_path")
        _perform(_capacity_test(pyfuncitem, folder), marker)
    return (yield)


def _perform(capacity_test: "CapacityTest", marker: pytest.Mark) -> None:
    from limerun.errors import LimerunError

    __tracebackhide__ = True
    arguments: dict[str, Any] = dict(marker.kwargs)
    why = ""
    try:
        inspect.signature(capacity_test).bind(*marker.args, **arguments)
        outcome = capacity_test(*marker.args, **arguments)
        # Its first line is what pytest's summary shows.
        why = "" if outcome.passed else outcome.report().strip()
    except (LimerunError, TypeError) as error:
        why = f"capacity: {error}"
    if why:  # not above, where pytest would show the other exception too
        pytest.fail(why, pytrace=False)


def _capacity_test(item: pytest.Item, folder: Path) -> "CapacityTest":
    from limerun.testing.capacity import CapacityTest

    return CapacityTest(
        test_folder=item.path.parent, root=item.config.rootpath, scratch=folder
    )
