"""Open the application that the task takes: the stand-in's, or an installed platform's."""

import sys

from limerun.worker.callsite import CallSites
from limerun.worker.load import Unloadable

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost memory here
    from typing import Any

    from limerun.worker.objects import ObjectCounter


def open_installed(request: "dict[str, Any]") -> object:
    """Return the application that the config names, from the installed platform.

    Raises:
        Unloadable: None is named, a dataset is given that it would not see, or the
            platform does not give it.
    """
    name = request["application"]
    if name is None:
        raise Unloadable(
            f"the Lime platform is installed in {sys.executable}: say with "
            f"`application: NAME` which of its applications the task is to work on"
        )
    if request["limetypes"]:
        raise Unloadable(
            f"the application {name!r} of the installed platform has a database of "
            f"its own; leave `dataset:` out of the config"
        )
    try:
        from lime_application import get_application

        return get_application(name)
    except Exception as error:
        raise _unopened(f"the application {name!r} cannot be opened", error) from error


def open_stand_in(
    request: "dict[str, Any]",
    package: str,
    counters: "memoryview[int]",
    call_sites: CallSites,
) -> "tuple[object, ObjectCounter]":
    """Return an application on the given database, and who counts its objects.

    Args:
        request: What the runner asks for.
        package: The task's own, whose classes count without an entry point too.
        counters: Where its objects are counted.
        call_sites: Tells whose line made them.

    Raises:
        Unloadable: SQLAlchemy is missing, an installed application is named, or a
            plugin or the data model fails.
    """
    if request["application"] is not None:
        raise Unloadable(
            f"`application: {request['application']}` names an application of an "
            f"installed Lime platform, and {sys.executable} has none"
        )
    try:
        from limerun.lime import observer
        from limerun.lime.opening import open_application
        from limerun.lime.sent import count_sent_tasks
    except ImportError as error:
        raise Unloadable(
            f"the task takes the Lime application, for which limerun's stand-in "
            f"needs SQLAlchemy: {error}; install it in {sys.executable}"
        ) from error
    from limerun.worker.objects import ObjectCounter

    try:
        application = open_application(
            database_url=request["database_url"],
            limetypes=request["limetypes"],
            latency_seconds=request["latency_seconds"],
            packages=(package,),
        )
    except Exception as error:
        raise _unopened("the application cannot be opened", error) from error
    # From here on: what opening it made is not the task's.
    objects = ObjectCounter(counters, call_sites)
    observer.current = objects
    count_sent_tasks()
    return application, objects


def _unopened(what: str, error: Exception) -> Unloadable:
    import traceback

    text = "".join(traceback.format_exception(error))
    return Unloadable(f"{what}: {type(error).__name__}: {error}", text)
