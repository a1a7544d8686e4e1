"""Keep limerun's imports and clocks working, whatever modules the task replaces.

As in a plain interpreter, the task's folders come first on `sys.path`, so `import
logging` in the task finds a `logging.py` next to it. limerun's own imports must not
find this file, and must not hide it from the task.

A task may replace `time.perf_counter`, and freezegun replaces every name in every
module that refers to this kind of clock. Default arguments cannot be replaced this way.
"""

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost memory here
    from collections.abc import Callable, Iterator
    from types import ModuleType

_STARTED_WITH: "frozenset[str]" = frozenset()
_folders: "list[str]" = []
_gave_way: "dict[str, ModuleType]" = {}
_LIBRARY = os.path.dirname(os.path.abspath(os.__file__)) + os.sep


def remember_bare_modules(names: "set[str]") -> None:
    """Store which modules a bare interpreter has loaded; these are never replaced."""
    global _STARTED_WITH
    _STARTED_WITH = frozenset(names)


def put_first(folders: "list[str]") -> None:
    """Put the task's folders first on the path, so that their modules are found."""
    new = [folder for folder in folders if folder not in sys.path]
    sys.path[:0] = new
    _folders.extend(new)
    _give_way()


class apart:
    """Context that undoes changes of the path, and unloads files named like a library.

    When several files are searched for tasks, no file then affects the imports of the
    next one.
    """

    def __enter__(self) -> None:
        self._path, self._folders = list(sys.path), list(_folders)

    def __exit__(self, *_: object) -> None:
        sys.path[:], _folders[:] = self._path, self._folders
        for name, module in list(sys.modules.items()):
            if name in sys.stdlib_module_names and _is_foreign(module):
                del sys.modules[name]


class own_imports:
    """Context in which imports find only the standard library and installed packages.

    Modules next to the task that have the name of a standard module are set aside, and
    restored afterwards. Inside another such context it does nothing.
    """

    _is_inside = False

    def __enter__(self) -> None:
        self._is_outermost = not own_imports._is_inside
        if not self._is_outermost:
            return
        own_imports._is_inside = True
        self._path = sys.path
        self._aside = {
            name: module
            for name, module in sys.modules.items()
            if name.partition(".")[0] in sys.stdlib_module_names and _is_foreign(module)
        }
        for name in self._aside:
            del sys.modules[name]
        sys.modules.update(_gave_way)  # a second copy would have different classes
        sys.path = [each for each in sys.path if each not in _folders]

    def __exit__(self, *_: object) -> None:
        if not self._is_outermost:
            return
        own_imports._is_inside = False
        # The imported modules may have extended the path.
        added = [each for each in sys.path if each not in self._path]
        sys.path = self._path
        sys.path.extend(added)
        _give_way()
        sys.modules.update(self._aside)


def import_standard(name: str) -> "ModuleType":
    """Import from the standard library, even if the task has a module of this name."""
    with own_imports():
        __import__(name)
        return sys.modules[name]


def _give_way() -> None:
    """Unload standard modules if the task's folders have files with their names."""
    for name in list(_loaded_by_us()):
        if any(_holds(folder, name.partition(".")[0]) for folder in _folders):
            _gave_way[name] = sys.modules.pop(name)


def _loaded_by_us() -> "Iterator[str]":
    for name, module in list(sys.modules.items()):
        top = name.partition(".")[0]
        if (
            name not in _STARTED_WITH
            and top != "importlib"  # the import system may use its parts at any time
            and top in sys.stdlib_module_names
            and not _is_foreign(module)
        ):
            yield name


def _holds(folder: str, name: str) -> bool:
    return os.path.isfile(f"{folder}/{name}.py") or os.path.isfile(
        f"{folder}/{name}/__init__.py"
    )


def _is_foreign(module: object) -> bool:
    """Return whether a module is not from the standard library."""
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and (
        not os.path.abspath(file).startswith(_LIBRARY) or "site-packages" in file
    )


def now_ns(read: "Callable[[], int]" = time.monotonic_ns) -> int:
    """Return the monotonic clock's time, which all processes of the machine share."""
    return read()


def now(read: "Callable[[], float]" = time.perf_counter) -> float:
    """Return a time in seconds, for differences within this process."""
    return read()


def thread_cpu_ns(read: "Callable[[], int]" = time.thread_time_ns) -> int:
    """Return the CPU time of this thread."""
    return read()


def pause(seconds: float, wait: "Callable[[float], None]" = time.sleep) -> None:
    """Sleep for some seconds."""
    wait(seconds)
