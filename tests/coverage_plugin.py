"""Coverage of processes that limerun isolates from its own interpreter.

The watcher and the server start without site-packages, and the worker without
coverage's variables, so coverage would not start there. It loads this plugin in each
process that it measures; the plugin passes coverage on to the next one.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

ISOLATED = ("limerun/watcher/__main__.py", "limerun/server/__main__.py")
WORKER = "limerun/worker/boot.py"
VARIABLE = "COVERAGE_PROCESS_CONFIG"


_start: Callable[..., None] = subprocess.Popen.__init__
_set_trace = sys.settrace


def coverage_init(_registry: object, _options: Mapping[str, Any]) -> None:
    """Start coverage in the processes that this one will start.

    Coverage calls it again in a fork.
    """
    if any(word.endswith(WORKER) for word in sys.orig_argv):
        os.environ.pop(VARIABLE, None)  # a task sees what it would see in a plain one
        sys.settrace = _set_trace_of_task
    else:
        subprocess.Popen.__init__ = _start_measured  # type: ignore[assignment, method-assign]  # patched


def _start_measured(
    self: object, args: str | Sequence[str], *more: object, **options: Any
) -> None:
    config = os.environ.get(VARIABLE)
    words = [args] if isinstance(args, str) else [os.fspath(word) for word in args]
    if config is None:  # a test that is marked `no_coverage`
        pass
    elif any(word.endswith(ISOLATED) for word in words):
        # -P: as without -I and -S, but with site-packages.
        args = [word for word in words if word not in ("-I", "-S")]
        args.insert(1, "-P")
    elif any(word.endswith(WORKER) for word in words):
        options["env"] = {**options["env"], VARIABLE: config}
    _start(self, args, *more, **options)


def _set_trace_of_task(function: Any) -> None:
    """Keep coverage's trace function when the worker removes that of a task."""
    is_coverage = type(sys.gettrace()).__module__.partition(".")[0] == "coverage"
    if function is not None or not is_coverage:
        _set_trace(function)
