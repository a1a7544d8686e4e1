"""Listen to SQLAlchemy, drivers and logging, at once or when the task imports them.

Statements on a driver's own connection are not seen, but the connection is counted.
"""

import os
import sys
from functools import wraps

from limerun.worker.counters import DRIVER_CONNECTIONS, STATEMENTS_UNSEEN
from limerun.worker.standard import own_imports

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost memory here
    from collections.abc import Callable
    from importlib.machinery import ModuleSpec
    from types import FrameType
    from typing import Any

    from limerun.worker.handled_exceptions import HandledExceptions, RaisedExceptions
    from limerun.worker.instrumented import Instrumented
    from limerun.worker.logs.capture import LogCapture
    from limerun.worker.statements.recorder import StatementRecorder

_LIBRARY = "sqlalchemy"
_LOGGING = "logging"
CONNECTS = {
    "sqlite3.dbapi2": "connect",
    "aiosqlite.core": "connect",
    "psycopg.connection": "Connection.connect",
    "psycopg.connection_async": "AsyncConnection.connect",
    "psycopg2": "_connect",
    "asyncpg.connection": "connect",
    "pymysql.connections": "Connection.connect",
    "pymssql": "connect",
    "pyodbc": "connect",
}
"""The functions that make a connection, by the module that defines them."""
_MAKERS = {"sqlalchemy.pool.base", "aiosqlite.core", "dbm.sqlite3"}
"""Modules whose connections are not counted here: they are counted elsewhere, or do not
lead to a database."""
_STARTERS = frozenset(
    {
        "multiprocessing.popen_spawn_posix",
        "multiprocessing.popen_spawn_win32",
        "multiprocessing.popen_forkserver",
        "joblib.externals.loky.backend.popen_loky_posix",
        "loky.backend.popen_loky_posix",
    }
)
"""Modules that are imported when a Python process is started without a fork."""


class Listening:
    """Attaches the recorder to SQLAlchemy on import, and notices other drivers.

    It also captures what is logged, and counts exceptions. It is the first finder on
    `sys.meta_path`, where it sees each module that is imported for the first time.
    """

    def __init__(
        self, counters: "memoryview[int]", log_folder: "str | None" = None
    ) -> None:
        """Listen from now on.

        Args:
            counters: Where connections and log lines are counted.
            log_folder: Where to write what is logged; None: do not capture it.
        """
        self.recorder: StatementRecorder | None = None
        self._counters = counters
        self._log_folder = log_folder
        self._log: LogCapture | None = None
        self._exceptions: HandledExceptions | RaisedExceptions | None = None
        self._make_recorder: Callable[[], StatementRecorder] | None = None
        self._process = os.getpid()
        self._finding: set[str] = set()
        if not _STARTERS.isdisjoint(sys.modules):
            self._counters[STATEMENTS_UNSEEN] = 1
        sys.meta_path.insert(0, self)
        if _LOGGING in sys.modules:
            self._capture_log(sys.modules[_LOGGING])

    def begin(self, make_recorder: "Callable[[], StatementRecorder]") -> None:
        """Record statements, at once or as soon as SQLAlchemy is imported."""
        self._make_recorder = make_recorder
        if _LIBRARY in sys.modules:
            self._listen(sys.modules[_LIBRARY])

    def count_exceptions(
        self, is_users: "Callable[[str], bool]", instrumented: "Instrumented | None"
    ) -> None:
        """Count exceptions between `start` and `stop`, where this is cheap enough."""
        name = instrumented.name if instrumented is not None else None
        if name is not None or hasattr(sys, "monitoring"):
            from limerun.worker.handled_exceptions import make_counter

            self._exceptions = make_counter(name, is_users)

    def start(self) -> None:
        """Begin to count exceptions: the task is about to be called."""
        if self._exceptions is not None:
            self._exceptions.start()

    def stop(self) -> None:
        """Stop counting exceptions."""
        if self._exceptions is not None:
            self._exceptions.stop()

    def summary(self) -> "dict[str, object]":
        """Return the statements and exceptions so far."""
        seen: dict[str, object] = {}
        if self.recorder is not None:
            seen.update(self.recorder.summary())
        if self._exceptions is not None:
            seen.update(self._exceptions.summary())
        return seen

    def find_spec(
        self, name: str, path: "Any" = None, target: "Any" = None
    ) -> "ModuleSpec | None":
        """Return a spec only for a watched module, which then calls back."""
        if name in _STARTERS:
            self._counters[STATEMENTS_UNSEEN] = 1
        imported = self._when_imported(name)
        if imported is None or name in self._finding:
            return None
        self._finding.add(name)
        try:
            return _watched(_spec_of(self, name, path, target), imported)
        finally:
            self._finding.remove(name)

    def _when_imported(self, name: str) -> "Callable[[Any], None] | None":
        if name == _LIBRARY:
            waits = self.recorder is None and self._make_recorder is not None
            return self._listen if waits else None
        if name == _LOGGING:
            return self._capture_log
        if name not in CONNECTS:
            return None
        return lambda module: count_connects(module, CONNECTS[name], self._counters)

    def _capture_log(self, logging: "Any") -> None:
        if self._log_folder is None or os.getpid() != self._process:
            return
        if self._log is None:
            with own_imports():
                from limerun.worker.logs.capture import LogCapture
            try:
                self._log = LogCapture(self._log_folder, self._counters)
            except OSError:  # too few descriptors: run the task without log capture
                return
        self._log.attach(logging)

    def _listen(self, _: object) -> None:
        assert self._make_recorder is not None
        self.recorder = self._make_recorder()
        self.recorder.listen()
        if os.getpid() != self._process:
            self.recorder.leave_to_parent()


def _watched(
    spec: "ModuleSpec | None", imported: "Callable[[Any], None]"
) -> "ModuleSpec | None":
    """Return the spec of a module that calls back when it has been imported."""
    loader: Any = spec.loader if spec is not None else None
    if not hasattr(loader, "__dict__"):
        return spec
    execute = loader.exec_module

    def execute_and_call_back(module: "Any") -> None:
        del loader.exec_module
        execute(module)
        imported(module)

    loader.exec_module = execute_and_call_back
    return spec


def _spec_of(
    own: Listening, name: str, path: "Any", target: "Any"
) -> "ModuleSpec | None":
    """Return the spec that the other finders return."""
    for finder in list(sys.meta_path):
        if finder is not own:
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                return spec
    return None


def count_connects(module: object, path: str, counters: "memoryview[int]") -> None:
    """Count, from now on, the connections that are opened without SQLAlchemy.

    Args:
        module: A driver's module, which has just been imported.
        path: The function that makes a connection, as in `CONNECTS`.
        counters: Where they are counted.
    """
    owner: Any = module
    *through, name = path.split(".")
    for each in through:
        owner = getattr(owner, each, None)
    given = vars(owner).get(name) if owner is not None else None
    if isinstance(given, classmethod):
        setattr(owner, name, classmethod(_counting(given.__func__, counters)))
    elif callable(given):
        setattr(owner, name, _counting(given, counters))


def _counting(
    connect: "Callable[..., Any]", counters: "memoryview[int]"
) -> "Callable[..., Any]":
    @wraps(connect)
    def counted(*arguments: "Any", **named: "Any") -> "Any":
        made = connect(*arguments, **named)
        if not _is_made_for_another(sys._getframe().f_back):
            counters[DRIVER_CONNECTIONS] += 1
        return made

    return counted


def _is_made_for_another(frame: "FrameType | None") -> bool:
    while frame is not None:
        if frame.f_globals.get("__name__") in _MAKERS:
            return True
        frame = frame.f_back
    return False
