"""Turn SIGINT, SIGTERM and SIGHUP into one exception, and later into the exit code.

The first signal ends the program. While it cleans up, further signals are ignored,
unless the clean-up takes too long.
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

CLEANUP_SECONDS = 10.0
"""Time limit for the clean-up: after it, a second signal ends the program at once."""
_SHOW_CURSOR = b"\x1b[?25h"
_EXIT_UNFLUSHED = 120  # the code that Python uses
_SIGNALS = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)
]


class Interrupted(KeyboardInterrupt):
    """A signal was received.

    This is a subclass of KeyboardInterrupt, because if a plain KeyboardInterrupt passes
    through `exec` (which dataclasses call), Python ends itself with SIGINT whatever the
    exit code is.
    """


class _State:
    watching = False
    number: int | None = None
    at_seconds = 0.0
    call: Callable[[], None] | None = None


def watch() -> None:
    """Raise Interrupted at the first signal; ignored signals stay ignored."""
    _State.watching = True
    for number in _not_ignored():
        signal.signal(number, _on_signal)


def exit_code() -> int | None:
    """Return 128 plus the number of the first signal; None if there was none."""
    return None if _State.number is None else 128 + _State.number


@contextmanager
def on_interruption(stop: Callable[[], None]) -> Iterator[None]:
    """At a signal, call `stop` in a thread instead of raising an exception here.

    It needs a thread, because the signal may arrive during a write to the same pipe
    that `stop` writes to.
    """

    def call() -> None:
        threading.Thread(target=stop, daemon=True).start()

    if _State.number is not None:
        call()
    before = {}
    with suppress(ValueError):  # outside the main thread, which gets all signals
        for number in _not_ignored():
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
    """Run the exit handlers; end the process with the signal's code, or with `code`.

    Python's own shutdown first removes the signal handlers. Another signal would then
    end the process, and its caller would see -15 instead of 143.
    """
    _State.call = _ignore
    # Like multiprocessing: end executors, save coverage data, remove temporary folders.
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
            sys.stderr.write(f"error: cannot write output: {error}\n")
            sys.stderr.flush()
        return False
    return True


def _not_ignored() -> list[int]:
    """Return the signals that are not ignored; nohup, for example, ignores SIGHUP."""
    return [each for each in _SIGNALS if signal.getsignal(each) != signal.SIG_IGN]


def _on_signal(number: int, _: FrameType | None) -> None:
    now = time.monotonic()
    if _State.number is not None:
        if now - _State.at_seconds > CLEANUP_SECONDS:
            _show_cursor()
            os._exit(128 + _State.number)
        return
    _State.number, _State.at_seconds = number, now
    if _State.call is None:
        raise Interrupted
    _State.call()


def _ignore() -> None:
    """Do nothing at a signal, because the process is already ending."""


def _show_cursor() -> None:
    """Show the cursor again, in case a live view had no chance to do so."""
    with suppress(OSError, ValueError, AttributeError):
        if os.isatty(sys.stderr.fileno()):
            os.write(sys.stderr.fileno(), _SHOW_CURSOR)
