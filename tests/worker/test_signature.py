"""Calls that are checked in advance, and calls that are only tried."""

import contextlib
import functools
from collections.abc import Callable
from typing import Annotated, Any, NewType, Optional, TypeVar, Union
from unittest import mock

import click
import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st

from limerun.worker.load import LoadedTask, Unloadable


class LimeApplication: ...


Alias = Optional[LimeApplication]  # noqa: UP045 - as users write it
Typed = NewType("Typed", LimeApplication)
Bound = TypeVar("Bound", bound=LimeApplication)


def load(task: object) -> LoadedTask:
    return LoadedTask("tasks.py:task", task, "tasks")


def call(task: object, *arguments: object, **parameters: object) -> object:
    loaded = load(task)
    loaded.check_parameters(parameters)
    placed, named = loaded.arrange(list(arguments), parameters)
    return loaded.call(*placed, **named)


def pass_through(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*arguments: Any, **named: Any) -> Any:
        return function(*arguments, **named)

    return wrapper


def positional_wrapper(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*arguments: Any) -> Any:
        return function(*arguments)

    return wrapper


def finishing(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*arguments: Any, **named: Any) -> Any:
        return list(function(*arguments, **named))

    return wrapper


def injecting(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*arguments: Any, **named: Any) -> Any:
        return function("session", *arguments, **named)

    return wrapper


def plain(first: int, second: int = 2, *, third: int = 3) -> tuple[int, int, int]:
    return first, second, third


def positional(first: int, second: int = 2, /, third: int = 3) -> tuple[int, int, int]:
    return first, second, third


PLAIN: list[Callable[..., Any]] = [plain, positional]


def rows(count: int) -> Any:
    yield from range(count)


async def later() -> None: ...


@contextlib.contextmanager
def entered() -> Any:
    yield


class Job:
    def run(self, first: int) -> int:
        return first

    def __call__(self, first: int, /) -> int:
        return first

    @functools.singledispatchmethod
    def dispatch(self, value: object) -> str:
        return "other"

    @dispatch.register
    def _(self, value: int) -> str:
        return "int"


class Proxy:
    """Imitates the function that it wraps, like the proxies of wrapt."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.__wrapped__ = function

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self.__wrapped__)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__wrapped__, name)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return list(self.__wrapped__(*arguments, **named))


class LaterJob:
    async def __call__(self) -> None: ...


@functools.singledispatch
def dispatch(value: object, more: int = 0) -> str:
    return "other"


@dispatch.register
def _(value: int, more: int = 0) -> str:
    return f"int {more}"


@mock.patch("time.sleep")
def patched(sleep: Any, first: int) -> int:
    return first


@pytest.mark.parametrize(
    ("task", "parameters", "result"),
    [
        (plain, {"first": 1, "third": 4}, (1, 2, 4)),
        (positional, {"first": 1}, (1, 2, 3)),
        (positional, {"first": 1, "third": 4}, (1, 2, 4)),
        (pass_through(positional), {"first": 1, "second": 5}, (1, 5, 3)),
        (positional_wrapper(plain), {"first": 1, "second": 5}, (1, 5, 3)),
        (positional_wrapper(pass_through(positional)), {"first": 1}, (1, 2, 3)),
        (functools.partial(plain, 1), {"second": 5}, (1, 5, 3)),
        (functools.partial(plain, first=1), {}, (1, 2, 3)),
        (functools.partial(pass_through(plain), 1), {"third": 5}, (1, 2, 5)),
        (finishing(rows), {"count": 3}, [0, 1, 2]),
        (injecting(lambda session, limit=3: [session, limit]), {}, ["session", 3]),
        (patched, {"first": 1}, 1),
        (functools.lru_cache(plain), {"first": 1}, (1, 2, 3)),
        (Job().run, {"first": 1}, 1),
        (Job(), {"first": 1}, 1),
        (Proxy(rows), {"count": 2}, [0, 1]),
        (dispatch, {"value": 1}, "int 0"),
        (dispatch, {"value": 1, "more": 2}, "int 2"),
        (pass_through(dispatch), {"value": "x"}, "other"),
        (Job().dispatch, {"value": 1}, "int"),
    ],
)
def test_a_task_is_called_with_the_parameters_of_its_outermost_function(
    task: object, parameters: dict[str, object], result: object
) -> None:
    assert call(task, **parameters) == result


@settings(deadline=None)
@given(
    given_names=st.sets(st.sampled_from(["second", "third"])),
    wrappers=st.lists(st.sampled_from([pass_through, functools.partial]), max_size=4),
    task=st.sampled_from(PLAIN),
)
def test_wrappers_that_pass_on_their_arguments_do_not_change_the_call(
    given_names: set[str],
    wrappers: list[Callable[..., Any]],
    task: Callable[..., Any],
) -> None:
    wrapped = functools.reduce(lambda inner, wrap: wrap(inner), wrappers, task)
    wanted = {"second": 2, "third": 3} | dict.fromkeys(given_names, 7)
    result = call(wrapped, first=1, **dict.fromkeys(given_names, 7))
    assert result == (1, wanted["second"], wanted["third"])


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        (later, "is async"),
        (rows, "is a generator"),
        (entered, "is a context manager"),
        (5, "is int, which cannot be called"),
        (contextlib, "is a module"),
    ],
)
def test_an_object_whose_call_would_not_run_the_task_is_refused(
    task: object, reason: str
) -> None:
    with pytest.raises(Unloadable, match=reason):
        load(task)


@pytest.mark.parametrize("task", [functools.partial(later), LaterJob()])
def test_a_callable_object_is_accepted(task: object) -> None:
    load(task)


@pytest.mark.parametrize(
    ("task", "parameters", "reason"),
    [
        (plain, {}, "needs the parameter 'first'"),
        (plain, {"first": 1, "fourth": 1}, "no parameter 'fourth'; it takes first"),
        (functools.partial(plain, 1), {"first": 1}, "no parameter 'first'"),
        (positional, {"third": 1}, "needs the parameter 'first'"),
        (Job.run, {"first": 1}, "method of objects of its class"),
        (Job(), {}, "needs the parameter 'first'"),
    ],
)
def test_parameters_that_do_not_match_are_refused(
    task: object, parameters: dict[str, object], reason: str
) -> None:
    with pytest.raises(Unloadable, match=reason):
        load(task).check_parameters(parameters)


def _click(**given: Any) -> Any:
    return click.command(**given)(plain)


def test_a_click_command_is_refused_with_a_reference_to_its_callback() -> None:
    with pytest.raises(Unloadable, match=r"name its callback \(tasks.py:task.callback"):
        load(_click())
    with pytest.raises(Unloadable, match="is a click group"):
        load(click.group(lambda: None))


def test_a_typer_app_is_refused_and_typer_options_are_not_default_values() -> None:
    with pytest.raises(Unloadable, match="is a typer app"):
        load(typer.Typer())

    def limited(limit: int = typer.Option(3)) -> int:
        return limit

    with pytest.raises(Unloadable, match="needs the parameter 'limit'"):
        load(limited).check_parameters({})
    assert call(limited, limit=4) == 4


@pytest.mark.parametrize(
    "annotation",
    [
        LimeApplication,
        LimeApplication | None,
        None | LimeApplication,
        Optional[LimeApplication],  # noqa: UP045
        Optional["LimeApplication"],
        Union[LimeApplication, str],  # noqa: UP007
        Annotated[LimeApplication, "the application"],
        Annotated[LimeApplication | None, "the application"],
        Alias,
        Typed,
        Bound,
        "LimeApplication",
        "'LimeApplication'",
        "lime_application.LimeApplication",
        "LimeApplication | None",
        "None | lime_application.LimeApplication",
        "typing.Optional[lime_application.LimeApplication]",
        "Union[None, 'LimeApplication']",
        "Annotated[LimeApplication, 'any text']",
        "Alias",
        "Typed",
    ],
)
def test_the_application_parameter_is_recognized_by_its_annotation(
    annotation: Any,
) -> None:
    def task(app: Any = None, path: str = "") -> object:
        return app

    task.__annotations__["app"] = annotation
    for each in (task, pass_through(task)):
        assert load(each).takes_application
        assert call(each, "the app", path="x") == "the app"


@pytest.mark.parametrize(
    "annotation",
    [
        str,
        list[LimeApplication],
        "list[LimeApplication]",
        "Callable[[LimeApplication], None]",
        "Annotated[str, LimeApplication]",
        "Unknown",
        "no annotation at all",
        "LimeApplications",
        5,
        None,
    ],
)
def test_a_parameter_with_another_annotation_does_not_get_the_application(
    annotation: Any,
) -> None:
    def task(first: Any) -> None: ...

    task.__annotations__["first"] = annotation
    assert not load(task).takes_application


def test_the_application_parameter_is_recognized_by_its_name_alone() -> None:
    def task(path: str, *, app: LimeApplication) -> object:
        return path, app

    assert call(task, "the app", path="x") == ("x", "the app")
