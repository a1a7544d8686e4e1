"""The pytest plugin: `@pytest.mark.capacity` and the fixture `capacity_test`.

It is loaded with every run of pytest where limerun is installed, so nothing heavy is
imported before a test asks for it.
"""

import inspect
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from limerun.testing.capacity import CapacityTest

_MARK = (
    "capacity(task, *, config, memory, duration, queries_per_row, rows, sources, "
    "parameters, settings, repeat): run the task at the dataset's size in a measured "
    "worker of its own; the test fails unless every check passes."
)


class _CapacityMark(pytest.MarkDecorator):
    """The mark, for which a function in parentheses is a task, not the test.

    Of any other mark, `@mark(function)` means the same as `@mark` above the function.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        is_alone = len(args) == 1 and not kwargs and callable(args[0])
        if is_alone and not isinstance(args[0], type):
            name = getattr(args[0], "__name__", "")
            if not name.startswith("test"):
                return self.with_args(*args)
        return super().__call__(*args, **kwargs)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _MARK)
    mark = pytest.mark.capacity.mark
    pytest.mark.capacity = _CapacityMark(mark, _ispytest=True)  # type: ignore[attr-defined]


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(
    collector: pytest.Module | pytest.Class, name: str, obj: object
) -> None:
    """Refuse the mark on a function that is no test: nothing would run it."""
    if not inspect.isfunction(obj) or not collector.istestfunction(obj, name):
        marks = getattr(obj, "pytestmark", ()) if inspect.isfunction(obj) else ()
        if any(getattr(mark, "name", "") == "capacity" for mark in marks):
            raise collector.CollectError(
                f"{name} has the mark capacity, but pytest does not take it for a test"
            )


@pytest.fixture
def capacity_test(request: pytest.FixtureRequest) -> "CapacityTest":
    """Run a task at the size of its dataset: `capacity_test("tasks.py:sync").passed`."""
    return _capacity_test(request.node)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Run a marked test's tasks before the test itself, whatever kind of test it is.

    All marks count: its own, its class's and its module's.
    """
    __tracebackhide__ = True
    marks = list(item.iter_markers("capacity"))
    if not marks:
        return
    whys = [_why_not(_capacity_test(item), mark) for mark in marks]
    if any(whys):  # not above, where pytest would show the other exception too
        pytest.fail("\n\n".join(filter(None, whys)), pytrace=False)


def _why_not(capacity_test: "CapacityTest", mark: pytest.Mark) -> str:
    """Return why a mark's capacity test did not pass; empty: it did."""
    from limerun.errors import LimerunError

    arguments: dict[str, Any] = dict(mark.kwargs)
    try:
        inspect.signature(capacity_test).bind(*mark.args, **arguments)
        outcome = capacity_test(*mark.args, **arguments)
        # Its first line is what pytest's summary shows.
        return "" if outcome.passed else outcome.report().strip()
    except (LimerunError, TypeError) as error:
        return f"capacity: {error}"


def _capacity_test(item: pytest.Item) -> "CapacityTest":
    from limerun.testing.capacity import CapacityTest

    return CapacityTest(folders=(item.path.parent, item.config.rootpath))
