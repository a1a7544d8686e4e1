"""Open the application that the task takes, and count Lime objects of the stand-in."""

import sys

from limerun.lime.observer import Observer
from limerun.worker.callsite import CallSites, Site
from limerun.worker.counters import (
    EMPTY_COMMITS,
    LIME_OBJECTS,
    MAX_LIME_OBJECTS,
    OBJECTS_LOADED,
    after_fork,
    private_counters,
)
from limerun.worker.load import Unloadable
from limerun.worker.standard import import_standard, own_imports

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost memory here
    from collections.abc import Callable, Mapping
    from typing import Any

    from lime_type.limetypes import LimeType
    from limerun.worker.statements.recorder import StatementRecorder

_EVERY = 256  # once per this many new objects, find the line that creates them


def open_installed(request: "dict[str, Any]") -> object:
    """Return the application that the config names, from the installed platform.

    Raises:
        Unloadable: The config names no application, or has a dataset, which the
            application would not use; or the platform cannot open it.
    """
    name = request["application"]
    if name is None:
        raise Unloadable(
            f"the Lime platform is installed in {sys.executable}: name the "
            f"application for the task with `application: NAME`"
        )
    if request["limetypes"]:
        raise Unloadable(
            f"the application {name!r} of the installed platform has its own "
            f"database; leave `dataset:` out of the config"
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
    """Return an application on the given database, and its counter of objects.

    Args:
        request: The runner's request.
        package: The task's package; its classes need no entry point.
        counters: Where its objects are counted.
        call_sites: Finds the lines of user code that created them.

    Raises:
        Unloadable: SQLAlchemy is missing, an installed application is named, or a
            plugin or the data model fails.
    """
    if request["application"] is not None:
        raise Unloadable(
            f"`application: {request['application']}` names an application of an "
            f"installed Lime platform, but none is installed in {sys.executable}"
        )
    try:
        with own_imports():
            import sqlalchemy  # noqa: F401 - as it comes with installed packages

            from lime_plugins import load_plugins
            from limerun.lime import observer
            from limerun.lime.opening import open_application
            from limerun.lime.sent import count_sent_tasks
    except ImportError as error:
        raise Unloadable(
            f"the task takes the Lime application, for which limerun's stand-in "
            f"needs SQLAlchemy: {error}; install it in {sys.executable}"
        ) from error
    try:
        load_plugins(packages=(package,))
        with own_imports():  # opening imports the database driver
            application = open_application(
                database_url=request["database_url"],
                limetypes=request["limetypes"],
                latency_seconds=request["latency_seconds"],
                runtime_config=request["runtime_config"],
            )
    except Exception as error:
        raise _unopened("the application cannot be opened", error) from error
    # Count only from here: objects created while opening are not the task's.
    objects = ObjectCounter(counters, call_sites)
    observer.current = objects
    count_sent_tasks()
    return application, objects


def _unopened(what: str, error: Exception) -> Unloadable:
    text = "".join(import_standard("traceback").format_exception(error))
    return Unloadable(f"{what}: {type(error).__name__}: {error}", text)


class ObjectCounter(Observer):
    """Counts the stand-in's Lime objects, from the events that the stand-in reports."""

    def __init__(self, counters: "memoryview[int]", call_sites: CallSites) -> None:
        self._counters = counters
        self._call_sites = call_sites
        self._until_traced = 1
        self._sites: dict[Site | None, int] = {}
        self._recorder: StatementRecorder | None = None
        self._by_limetype: dict[str, int] | None = None
        after_fork(self._leave_to_parent)

    def _leave_to_parent(self) -> None:
        self._counters = private_counters()

    def report_reads_to(self, recorder: "StatementRecorder") -> None:
        """Pass information about reads on to the statement recorder."""
        self._recorder = recorder

    def count_by_limetype(self) -> "Callable[[], Mapping[str, int]]":
        """Also count by limetype; return a function that returns the counts."""
        by_limetype: dict[str, int] = {}
        self._by_limetype = by_limetype
        return lambda: by_limetype

    def created(self, limetype: "LimeType") -> None:
        """Count one more object."""
        by_limetype = self._by_limetype
        if by_limetype is not None:
            name = limetype.name
            by_limetype[name] = by_limetype.get(name, 0) + 1
        counters = self._counters
        alive = counters[LIME_OBJECTS] + 1
        counters[LIME_OBJECTS] = alive
        if alive > counters[MAX_LIME_OBJECTS]:
            counters[MAX_LIME_OBJECTS] = alive
            self._until_traced -= 1
            if not self._until_traced:
                self._until_traced = _EVERY
                site = self._call_sites.current(2)
                self._sites[site] = self._sites.get(site, 0) + 1

    def released(self, limetype: "LimeType") -> None:
        """Count one object fewer."""
        by_limetype = self._by_limetype
        if by_limetype is not None and by_limetype.get(limetype.name):
            by_limetype[limetype.name] -= 1
        if self._counters[LIME_OBJECTS]:
            self._counters[LIME_OBJECTS] -= 1

    def loaded(self, count: int) -> None:
        """Add to the number of objects and rows read from the database."""
        self._counters[OBJECTS_LOADED] += count

    def next_read(self, how: str) -> None:
        """Report how the next read will fetch its rows."""
        if self._recorder is not None:
            self._recorder.next_read(how)

    def committed_nothing(self) -> None:
        """Count one more commit of a unit of work that contained no change."""
        self._counters[EMPTY_COMMITS] += 1

    def began_iterating(self) -> None:
        """Report that the task begins to loop over objects."""
        if self._recorder is not None:
            self._recorder.began_iterating()

    def ended_iterating(self) -> None:
        """Report that the task leaves the loop over objects."""
        if self._recorder is not None:
            self._recorder.ended_iterating()

    def site(self) -> Site | None:
        """Return the line that created most of the objects alive at the maximum."""
        return max(self._sites, key=lambda site: self._sites[site], default=None)
