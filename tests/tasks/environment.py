"""What a task can see of its process; also run by a bare interpreter, to compare."""

import faulthandler
import gc
import json
import locale
import os
import signal
import sys
import threading


def seen() -> dict[str, object]:
    modules = sorted(sys.modules)
    import logging
    import multiprocessing
    import resource
    import warnings

    mask = os.umask(0o22)
    os.umask(mask)
    return {
        "signal handlers": {
            number.name: str(signal.getsignal(number)).partition(" at ")[0]
            for number in signal.Signals
        },
        "signals that are ignored, blocked or caught": status(
            "SigIgn", "SigBlk", "SigCgt"
        ),
        "os._exit and os.kill": [type(os._exit).__name__, type(os.kill).__name__],
        "sys.argv": len(sys.argv),
        "sys.orig_argv": len(sys.orig_argv),
        "sys.path": sys.path,
        "sys.flags": {
            name: getattr(sys.flags, name)
            for name in dir(sys.flags)
            if not name.startswith(("_", "n_")) and name not in ("count", "index")
        },
        "sys.modules": modules,
        "sys.meta_path and path_hooks": [len(sys.meta_path), len(sys.path_hooks)],
        "sys.excepthook and displayhook": [
            sys.excepthook is sys.__excepthook__,
            sys.displayhook is sys.__displayhook__,
        ],
        "trace and profile functions": [str(sys.gettrace()), str(sys.getprofile())],
        "environment": dict(os.environ),
        "open descriptors": [fd for fd in range(1024) if is_open(fd)],
        "the next free descriptor": next_descriptor(),
        "standard input": os.path.realpath("/proc/self/fd/0"),
        "working directory": os.getcwd(),
        "umask": mask,
        "resource limits": {
            name: resource.getrlimit(getattr(resource, name))
            for name in dir(resource)
            if name.startswith("RLIMIT_")
        },
        "session": os.getsid(0) == os.getpid(),
        "niceness": os.nice(0),
        "oom_score_adj": read("/proc/self/oom_score_adj"),
        "recursion limit": sys.getrecursionlimit(),
        "depth of the stack": depth(),
        "switch interval": sys.getswitchinterval(),
        "garbage collector": [
            gc.isenabled(),
            gc.get_threshold(),
            gc.get_debug(),
            gc.get_freeze_count(),
        ],
        "warnings": [str(each) for each in warnings.filters],
        "logging": {
            "handlers": len(logging.root.handlers),
            "level": logging.root.level,
            "disabled": logging.root.manager.disable,
            "last resort": getattr(logging.lastResort, "level", None),
        },
        "__main__": sorted(vars(sys.modules["__main__"])),
        "multiprocessing": multiprocessing.get_start_method(allow_none=True),
        "threads": threading.active_count(),
        "locale": locale.setlocale(locale.LC_ALL),
        "encoding": [sys.stdout.encoding, sys.getfilesystemencoding()],
        "faulthandler": faulthandler.is_enabled(),
    }


def depth() -> int:
    frame, count = sys._getframe(), 0
    while frame.f_back is not None:
        frame, count = frame.f_back, count + 1
    return count


def status(*names: str) -> list[str]:
    return [
        line
        for line in read("/proc/self/status").splitlines()
        if line.startswith(names)
    ]


def read(path: str) -> str:
    with open(path) as file:
        return file.read().strip()


def is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def next_descriptor() -> int:
    fd = os.dup(0)
    os.close(fd)
    return fd


if __name__ == "__main__":
    print(json.dumps(seen()))
