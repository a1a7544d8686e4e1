"""Tasks that disturb their measurement, mostly unintentionally.

What takes long to import is imported by the task that needs it: each is a process.
"""

import gc
import itertools
import os
import resource
import signal
import subprocess
import sys
import threading
import time
import types
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from functools import partial

# --- forked children ---------------------------------------------------------------


def forks_and_ends(leave: str, end: str, runner: int) -> str:
    child = os.fork()
    if not child:
        return leaves(leave)
    os.waitpid(child, 0)
    if end == "raise":
        raise ValueError("the parent")
    if end == "Ctrl-C":
        os.kill(runner, signal.SIGINT)
        signal.pause()
    if end.startswith("SIG"):
        os.kill(os.getpid(), getattr(signal, end))
    return "parent"


def leaves(how: str) -> str:
    if how == "raise":
        raise ValueError("the child")
    if how == "exit":
        sys.exit(0)
    return "child"


def exit_statuses() -> list[int]:
    statuses = []
    for how in ("return", "raise", "exit"):
        child = os.fork()
        if not child:
            leaves(how)
            return []
        statuses.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    return statuses


# --- ends that somebody else brings about -------------------------------------------


def is_ended_after(end: str) -> str:
    """End the process from a profile function, as a thread might at that moment."""

    def leave_at_once(frame: types.FrameType, event: str, argument: object) -> None:
        if frame.f_code.co_filename.endswith("worker/standard.py"):
            os._exit(0)

    sys.setprofile(leave_at_once)
    if end == "raise":
        raise ValueError("nobody hears this")
    return "returned"


# --- results -----------------------------------------------------------------------


class RaisesOnRepr:
    def __repr__(self) -> str:
        raise KeyboardInterrupt


class ExitsOnRepr:
    def __repr__(self) -> str:
        sys.exit(0)


class Text(str):
    __slots__ = ()

    def __getitem__(self, key: object) -> str:
        raise ValueError

    def __str__(self) -> str:
        raise ValueError


class Items(dict[str, int]):
    def items(self) -> None:  # type: ignore[override]
        sys.exit(0)


class Lying:
    def __getattr__(self, name: str) -> object:
        raise SystemExit(name)


class Unbound:
    """Behave like the proxy of a web framework outside of its context."""

    def __getattribute__(self, name: str) -> object:
        raise RuntimeError("working outside of a context")


class Raises(type):
    def __getattribute__(cls, name: str) -> object:
        raise ValueError(name)


class RaisesOnEverything(metaclass=Raises):
    pass


RESULTS: dict[str, Callable[[], object]] = {
    "repr raises": RaisesOnRepr,
    "repr exits": ExitsOnRepr,
    "text": lambda: Text("a text"),
    "items": lambda: Items(a=1),
    "attributes": Lying,
    "class": Unbound,
    "metaclass": lambda: _raises_on_everything,
    "inside": lambda: {"rows": [RaisesOnRepr()]},
}


def returns_result(which: str) -> object:
    return RESULTS[which]()


_raises_on_everything: object = object.__new__(RaisesOnEverything)


class RaisesOnStr(Exception):
    def __str__(self) -> str:
        sys.exit(0)


def raises_without_text() -> None:
    raise RaisesOnStr


class EndsInItsText(Exception):
    def __str__(self) -> str:
        os._exit(0)


def raises_and_ends_in_its_text() -> None:
    raise EndsInItsText  # the error without an end


def ends_itself(how: str) -> None:
    if how == "os._exit":
        os._exit(0)  # os._exit
    if how == "os.kill":
        os.kill(os.getpid(), signal.SIGKILL)  # os.kill
    thread = threading.Thread(target=lambda: os._exit(0))  # in a thread
    thread.start()
    thread.join()


def forks_a_child_that_ends_itself() -> None:
    if not (child := os.fork()):
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    signal.raise_signal(signal.SIGKILL)


def raises_with_megabytes(megabytes: int) -> None:
    length = megabytes * 1_000_000
    try:
        raise KeyError("k" * length)
    except KeyError as error:
        raise type("E" * length, (ValueError,), {})("x" * length) from error


# --- what has not run --------------------------------------------------------------


async def waits() -> int:
    import asyncio

    await asyncio.sleep(0)
    return 1


def yields() -> Iterator[int]:
    yield 1


async def yields_async() -> AsyncIterator[int]:
    yield 1


class Rows:
    def __iter__(self) -> "Rows":
        return self

    def __next__(self) -> int:
        raise AssertionError("nobody may run this")


class Awaitable:
    def __await__(self) -> Iterator[None]:
        yield


LAZY: dict[str, Callable[[], object]] = {
    "a coroutine": waits,
    "a generator": yields,
    "an async generator": yields_async,
    "an iterator (map)": lambda: map(str, [1]),
    "an iterator (filter)": lambda: filter(None, [1]),
    "an iterator (zip)": lambda: zip([1], strict=True),
    "an iterator (itertools.islice)": lambda: itertools.islice(iter([1]), 1),
    "an iterator (hostile.Rows)": Rows,
    "an awaitable (hostile.Awaitable)": Awaitable,
    "a coroutine in a list": lambda: [waits(), waits()],
    "a generator in a dict": lambda: {"rows": [yields()]},
    "an iterator (map) in a tuple": lambda: (1, map(str, [1])),
    "a function": lambda: retries(lambda: "a task's only argument"),
    "a function in a list": lambda: [partial(waits), Rows().__next__],
}


def retries(task: Callable[[], object], times: int = 3) -> Callable[[], object]:
    """Behave like a decorator that is called with the task's arguments."""

    def call() -> object:
        return [task() for _ in range(times)]

    return call


def returns_lazily(what: str) -> object:
    return LAZY[what]()


def finished_generator() -> object:
    generator = yields()
    list(generator)
    return generator


def open_file() -> object:
    return open(__file__)


WHOLE: dict[str, Callable[[], object]] = {
    "finished generator": finished_generator,
    "open file": open_file,
    "list": lambda: [1],
    "iterator of a list": lambda: iter([1, 2]),
    "nested list": lambda: [[1], {"a": (2,)}],
    "range": lambda: range(3),
}


def describes_all(kind: str) -> object:
    """Return, for each result, what the worker would report about it."""
    from limerun.worker import ending

    makers = {"unshowable": RESULTS, "lazy": LAZY, "whole": WHOLE}[kind]
    made = {name: make() for name, make in makers.items()}
    return {
        name: [ending.not_run(result), ending.result_of(result)]
        for name, result in made.items()
    }


# --- what still runs ---------------------------------------------------------------

_kept: list[object] = []
_event = threading.Event()


def leaves_thread(size_mb: int) -> None:
    main = threading.main_thread().ident

    def work() -> None:
        # Until the worker has counted the threads that still run.
        while not any("until" in each.f_locals for each in frames_of(main)):
            pass
        held = b"\x01" * (size_mb * 1_000_000)
        del held

    threading.Thread(target=work).start()


def frames_of(ident: int | None) -> list[types.FrameType]:
    frames = []
    frame = sys._current_frames().get(ident or 0)
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    return frames


def leaves_thread_for_ever() -> None:
    threading.Thread(target=_event.wait, daemon=True).start()


def leaves_idle_executor() -> int:
    from concurrent.futures import ThreadPoolExecutor

    _kept.append(executor := ThreadPoolExecutor(2))
    return sum(executor.map(abs, range(10)))


def leaves_idle_pool(method: str) -> list[int]:
    from multiprocessing import get_context

    _kept.append(pool := get_context(method).Pool(2))
    return pool.map(abs, range(4))


def leaves_idle_process_executor() -> int:
    from concurrent.futures import ProcessPoolExecutor

    _kept.append(executor := ProcessPoolExecutor(2))
    return sum(executor.map(abs, range(4)))


def leaves_idle_queue() -> None:
    from multiprocessing import get_context

    queue = get_context("fork").Queue()
    queue.put(b"x")
    queue.get()
    _kept.append(queue)
    [feeder] = [
        each for each in threading.enumerate() if each.name == "QueueFeederThread"
    ]
    while frames_of(feeder.ident)[0].f_code.co_name != "wait":
        pass


def leaves_pool_at_work(kind: str) -> None:
    if kind == "pool":
        from multiprocessing import get_context

        _kept.append(pool := get_context("fork").Pool(1))
        pool.apply_async(time.sleep, (300,))
    else:
        from concurrent.futures import ProcessPoolExecutor

        _kept.append(executor := ProcessPoolExecutor(1))
        executor.submit(time.sleep, 300)


def leaves_fork_behind() -> str:
    """The child leaves the task function after its parent has."""
    read, write = os.pipe()
    if os.fork():
        os.close(read)
        threading.Thread(target=_closes_outside, args=(write,)).start()
        return "parent"
    os.close(write)
    os.read(read, 1)
    return "child"


def _closes_outside(fd: int) -> None:
    main = threading.main_thread().ident
    while any(each.f_code is leaves_fork_behind.__code__ for each in frames_of(main)):
        pass
    os.close(fd)


def leaves_process(seconds: float) -> None:
    subprocess.Popen(
        [sys.executable, "-S", "-c", f"import time; time.sleep({seconds})"]
    )


def uses_shared_memory() -> None:
    from multiprocessing.shared_memory import SharedMemory

    memory = SharedMemory(create=True, size=1000)
    memory.close()
    memory.unlink()


# --- clocks ------------------------------------------------------------------------


def stops_all_clocks() -> float:
    """Replace every reference to a clock in every module, as freezegun does."""
    monotonic = time.monotonic
    clocks = {
        id(getattr(time, name))
        for name in dir(time)
        if name.removesuffix("_ns")
        in ("time", "monotonic", "perf_counter", "thread_time", "process_time")
    }
    began = monotonic()
    for module in list(sys.modules.values()):
        for name, value in list(vars(module).items()):
            if id(value) in clocks:
                setattr(module, name, lambda: 0)
    total = 0
    while monotonic() - began < 0.2:
        total += sum(range(1000))
    return monotonic() - began


# --- descriptors and the watcher ---------------------------------------------------


def writes_into_every_descriptor(text: str) -> int:
    written = 0
    for fd in range(3, 1024):
        try:
            os.write(fd, text.encode())
        except OSError:
            continue
        written += 1
    return written


def closes_all_descriptors(end: str) -> None:
    os.closerange(0, 1024)
    if end == "raise":
        raise ValueError("nobody hears this")


def signals_watcher(name: str, note: str) -> None:
    child = subprocess.Popen(
        [sys.executable, "-S", "-c", "import time; time.sleep(300)"],
        start_new_session=True,
    )
    with open(note, "w") as file:
        file.write(str(child.pid))
    os.kill(os.getppid(), getattr(signal, name))
    time.sleep(300)


# --- signals -----------------------------------------------------------------------


def square(number: int) -> int:
    return number * number


def uses_pool(method: str) -> list[int]:
    from multiprocessing import get_context

    with get_context(method).Pool(2) as pool:
        return pool.map(square, range(4))


def terminates_a_child() -> int:
    child = subprocess.Popen(
        [sys.executable, "-S", "-c", "import time; time.sleep(300)"]
    )
    child.terminate()
    return child.wait()


def does_not_hear(how: str, runner: int) -> None:
    """Make the process deaf to a question; then have it ended, as Ctrl-C does."""
    if how == "blocks":
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    elif how == "ignores":
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
            with suppress(OSError, ValueError):
                signal.signal(number, signal.SIG_IGN)
    else:
        os.closerange(3, 1024)
    os.kill(runner, signal.SIGINT)
    time.sleep(300)


# --- where it was ------------------------------------------------------------------


def is_at_a_line(how: str, line: int, runner: int) -> None:
    gc.collect()
    if how in ("sleep", "loop"):
        threading.Thread(target=ends_at, args=(line, runner), daemon=True).start()
    if how == "sleep":
        time.sleep(300)  # sleeps here
    if how == "loop":
        while True:  # loops here
            pass
    if how == "crash":
        crash()
    raise ValueError("here")  # raises here


def ends_at(line: int, runner: int) -> None:
    """Have the run ended, as Ctrl-C does, once the main thread is at a line."""
    main = threading.main_thread().ident
    while frames_of(main)[0].f_lineno != line:
        pass
    os.kill(runner, signal.SIGINT)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)  # crashes here


def is_traced() -> int:
    """Leave a trace function behind, and remove what is needed to measure."""

    def refuse(frame: types.FrameType, event: str, argument: object) -> None:
        raise ValueError(event)

    resource.getrusage = None  # type: ignore[assignment]
    sys.settrace(refuse)
    return 7


def makes_descriptors_non_blocking_and_is_lazy() -> object:
    for fd in range(3, 256):
        with suppress(OSError):
            os.set_blocking(fd, False)
    return yields()
