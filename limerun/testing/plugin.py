"""The pytest plugin: `@pytest.mark.capacity` and the fixture `capacity_test`.

pytest loads it in every run if limerun is installed, so it imports nothing heavy before
a test uses it.
"""

import inspect
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from limerun.testing.capacity import CapacityTest

_MARK = (
    "capacity(task, *, config, memory, duration, queries_per_row, rows, sources, "
    "parameters, settings, repeat): run the task at the dataset's size in a separate, "
    "measured worker; the test fails unless every check passes."
)


class _CapacityMark(pytest.MarkDecorator):
    """The mark `capacity`, whose single argument may be a function: the task.

    For any other mark, `@mark(function)` would apply the mark to that function.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        is_alone = len(args) == 1 and not kwargs and callable(args[0])
        if is_alone and not isinstance(args[0], type):
            name = getattr(args[0], "__name__", "")
            if not name.startswith("test"):
                return self.with_args(*args)
        return super().__call__(*args, **kwargs)


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark."""
    config.addinivalue_line("markers", _MARK)
    mark = pytest.mark.capacity.mark
    pytest.mark.capacity = _CapacityMark(mark, _ispytest=True)  # type: ignore[attr-defined]


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(
    collector: pytest.Module | pytest.Class, name: str, obj: object
) -> None:
    """Reject the mark on a function that pytest does not run as a test."""
    if not inspect.isfunction(obj) or not collector.istestfunction(obj, name):
        marks = getattr(obj, "pytestmark", ()) if inspect.isfunction(obj) else ()
        if any(getattr(mark, "name", "") == "capacity" for mark in marks):
            raise collector.CollectError(
                f"{name} has the mark capacity, but its name does not match pytest's "
                "pattern for tests; rename it, for example to test_..."
            )


@pytest.fixture
def capacity_test(request: pytest.FixtureRequest) -> "CapacityTest":
    """Run a task at the size of its dataset: `capacity_test("tasks.py:sync").passed`."""
    return _capacity_test(request.node)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Run the tasks in a test's marks before the test itself.

    The marks of the test's class and module count too.
    """
    __tracebackhide__ = True
    marks = list(item.iter_markers("capacity"))
    if not marks:
        return
    failures = [_failure_of(_capacity_test(item), mark) for mark in marks]
    if any(failures):  # outside `except`, where pytest would show both exceptions
        pytest.fail("\n\n".join(filter(None, failures)), pytrace=False)


def _failure_of(capacity_test: "CapacityTest", mark: pytest.Mark) -> str:
    """Return why a mark's capacity test failed; "" if it passed."""
    from limerun.errors import LimerunError

    arguments: dict[str, Any] = dict(mark.kwargs)
    try:
        inspect.signature(capacity_test).bind(*mark.args, **arguments)
        outcome = capacity_test(*mark.args, **arguments)
        # pytest's summary shows the first line of the report.
        return "" if outcome.passed else outcome.report().strip()
    except (LimerunError, TypeError) as error:
        return f"capacity: {error}"


def _capacity_test(item: pytest.Item) -> "CapacityTest":
    from limerun.testing.capacity import CapacityTest

    return CapacityTest(folders=(item.path.parent, item.config.rootpath))
