"""Turn SIGINT, SIGTERM and SIGHUP into one exception, and later into the exit code.

A signal says once that the program should end. While it cleans up, further ones change
nothing, unless cleaning up takes too long.
"""

import atexit
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

PATIENCE_SECONDS = 10.0
"""Cleaning up takes less; a signal that comes later ends the program at once."""
_SHOW_CURSOR = b"\x1b[?25h"
_EXIT_UNFLUSHED = 120  # as Python has it
_SIGNALS = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)
]


class Interrupted(KeyboardInterrupt):
    """A signal has asked for the end.

    A class of its own: once a KeyboardInterrupt itself has passed through `exec`, as
    dataclasses call it, Python ends by SIGINT whatever the exit code is.
    """


class _State:
    watching = False
    number: int | None = None
    at_seconds = 0.0
    call: Callable[[], None] | None = None


def watch() -> None:
    """Raise Interrupted at the first signal; what is ignored stays ignored."""
    _State.watching = True
    for number in _heeded():
        signal.signal(number, _on_signal)


def exit_code() -> int | None:
    """Return 128 and the number of the first signal; None: there was none."""
    return None if _State.number is None else 128 + _State.number


@contextmanager
def calling(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` at a signal, in a thread, instead of raising in here.

    In a thread, because the signal may come in the middle of a write to the pipe that
    `stop` writes to.
    """

    def call() -> None:
        threading.Thread(target=stop, daemon=True).start()

    if _State.number is not None:
        call()
    before = {}
    with suppress(ValueError):  # not in the main thread: no signal comes here
        for number in _heeded():
            before[number] = signal.signal(
                number, _on_signal if _State.watching else lambda *_: call()
            )
    _State.call = call
    try:
        yield
    finally:
        _State.call = None
        for number, handler in before.items():
            signal.signal(number, handler)


def leave(code: int) -> NoReturn:
    """End the process with this code, or that of a signal, once its exit work is done.

    Not through Python's own shutdown, which takes the handlers off first: a signal
    would then end the process by itself, which a caller reads as -15, not as 143.
    """
    _State.call = _nothing
    # As multiprocessing ends its processes: executors, coverage, temporary folders.
    threading._shutdown()  # type: ignore[attr-defined]  # as Python's shutdown calls it
    atexit._run_exitfuncs()
    if not _is_flushed():
        code = _EXIT_UNFLUSHED
    if exit_code() is not None:
        _show_cursor()
    os._exit(exit_code() or code)


def _is_flushed() -> bool:
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError) as error:
        with suppress(OSError, ValueError):
            sys.stderr.write(f"error: no output can be written: {error}\n")
            sys.stderr.flush()
        return False
    return True


def _heeded() -> list[int]:
    """Return the signals that are not ignored, as SIGHUP is under nohup."""
    return [each for each in _SIGNALS if signal.getsignal(each) != signal.SIG_IGN]


def _on_signal(number: int, _: FrameType | None) -> None:
    now = time.monotonic()
    if _State.number is not None:
        if now - _State.at_seconds > PATIENCE_SECONDS:
            _show_cursor()
            os._exit(128 + _State.number)
        return
    _State.number, _State.at_seconds = number, now
    if _State.call is None:
        raise Interrupted
    _State.call()


def _nothing() -> None:
    """Do nothing: all is done."""


def _show_cursor() -> None:
    """Undo what a live view did that had no chance to end."""
    with suppress(OSError, ValueError, AttributeError):
        if os.isatty(sys.stderr.fileno()):
            os.write(sys.stderr.fileno(), _SHOW_CURSOR)
