"""Run a worker on this machine: start its watcher, follow it, say how it ended."""

import json
import mmap
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType

from limerun.engine.launch import Launch
from limerun.engine.messages import Heard, Message
from limerun.engine.output import KeptOutput
from limerun.errors import EngineError, TaskError
from limerun.progress import Progress
from limerun.records import FoundTask, InstrumentOrder, Loaded, Opening, Outcome
from limerun.worker import protocol

IsLost = Callable[[float, int, int, int | None], bool]
"""Seconds since the start, bytes above the baseline, rows done, rows in all."""


class LocalWorker:
    """One worker, from its start to its end; as a context manager it always ends."""

    def __init__(
        self,
        launch: Launch,
        progress: Progress,
        is_lost: IsLost = lambda *_: False,
    ) -> None:
        """Start it.

        Args:
            launch: What it takes.
            progress: Hears how the run goes.
            is_lost: Asked with each batch of samples; True ends the run.
        """
        self._launch = launch
        self._progress = progress
        self._is_lost = is_lost
        self._baseline_bytes = 0
        counters, mapped = _make_counters()
        self._counters_path = counters
        self._counters = memoryview(mapped).cast("Q")
        self._heard = Heard()
        self._rest = b""
        self._rows_total: int | None = None
        self._stdout, self._stderr = KeptOutput(), KeptOutput()
        self._watcher = self._start_watcher(counters)

    def __enter__(self) -> "LocalWorker":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._heard.ended is None:
            self.stop("interrupted")
            for message in self._messages():
                self._heard.hear(message)
        self._watcher.wait()
        if self._heard.ended is None and self._heard.worker_pid is not None:
            # The watcher itself was killed: nobody else would end the worker.
            with suppress(ProcessLookupError):
                os.killpg(self._heard.worker_pid, signal.SIGKILL)
        for stream in (self._watcher.stdin, self._watcher.stdout):
            with suppress(BrokenPipeError):
                stream.close()  # type: ignore[union-attr]
        self._counters_path.unlink(missing_ok=True)

    def load(self) -> Loaded:
        """Import the task in the worker.

        Raises:
            TaskError: It is not there, cannot be imported, or would not run.
        """
        self._send(
            {
                "event": protocol.LOAD,
                "task": self._launch.task,
                "paths": self._launch.paths,
                "instrument": _order_of(self._launch.instrument),
                "record_lines": self._launch.record_lines,
            }
        )
        self._follow(until=protocol.LOADED)
        return self._heard.loaded()

    def list_tasks(self, place: str) -> tuple[FoundTask, ...]:
        """Return the tasks that a module or package holds.

        Raises:
            TaskError: It is not there, or cannot be imported.
        """
        request = {"event": protocol.LIST, "task": place, "paths": self._launch.paths}
        self._send(request)
        self._follow(until=protocol.LISTED)
        return self._heard.listed()

    def read_capture(self, capture: Path, task_folder: Path) -> Message:
        """Return what memray had written of a worker that did not live to tell.

        Raises:
            TaskError: The interpreter cannot be started.
        """
        self._send(
            {
                "event": protocol.READ,
                "path": str(capture),
                "task_folder": str(task_folder),
            }
        )
        self._follow(until=protocol.TOLD)
        return self._heard.told()

    def run(
        self, opening: Opening, rows_served: Callable[[], int] = lambda: 0
    ) -> Outcome:
        """Open the application if the task takes one, run the task, watch it.

        Ctrl-C ends the run; its outcome is returned all the same.

        Args:
            opening: What the worker is given.
            rows_served: Tells how many rows the task has from elsewhere so far.

        Raises:
            TaskError: The task cannot be called so, or died before it began.
        """
        self._rows_total = opening.rows_total
        self._rows_served = rows_served
        with _interrupts_call(lambda: self.stop("interrupted")):
            self._send(
                {
                    "event": protocol.OPEN,
                    "parameters": dict(opening.parameters),
                    "application": opening.application,
                    "database_url": opening.database or "sqlite://",
                    "limetypes": opening.limetypes,
                    "latency_seconds": opening.latency_seconds,
                    "source_files": [str(path) for path in opening.source_files],
                }
            )
            self._follow(until=protocol.READY)
            self._progress.phase("running")
            self._follow(until=None)
        return self._heard.outcome(
            counters=self._counts(),
            stdout=self._stdout.text(),
            stderr=self._stderr.text(),
            kept=_kept(self._launch.instrument),
        )

    def stop(self, why: str) -> None:
        """Have the watcher kill the worker and all that it started."""
        self._send({"stop": why})

    # --- the watcher ----------------------------------------------------------

    def _start_watcher(self, counters: Path) -> "subprocess.Popen[bytes]":
        launch = self._launch
        outputs = (self._stdout.write_fd, self._stderr.write_fd)
        watcher = subprocess.Popen(
            launch.watcher_argv(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=outputs,
            start_new_session=True,
        )
        self._stdout.start()
        self._stderr.start()
        order = {
            "argv": launch.worker_argv(),
            "env": launch.environment,
            "cwd": launch.cwd,
            "counters": str(counters),
            "stdout_fd": outputs[0],
            "stderr_fd": outputs[1],
            "sampling_seconds": launch.sampling_seconds,
            "timeout_seconds": launch.timeout_seconds,
            "kill_task_bytes": launch.kill_task_bytes,
            "reserve_bytes": launch.reserve_bytes,
            "reset": launch.reset,
        }
        self._watcher = watcher
        self._send(order)
        return watcher

    def _send(self, message: Message) -> None:
        assert self._watcher.stdin is not None
        try:
            self._watcher.stdin.write(json.dumps(message).encode() + b"\n")
            self._watcher.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended; what it said last tells more than this

    def _messages(self) -> Iterator[Message]:
        assert self._watcher.stdout is not None
        while chunk := os.read(self._watcher.stdout.fileno(), 1 << 20):
            *lines, self._rest = (self._rest + chunk).split(b"\n")
            for line in lines:
                yield json.loads(line)

    def _follow(self, until: str | None) -> None:
        for message in self._messages():
            self._heard.hear(message)
            self._show(message)
            if message["event"] == protocol.UNLOADABLE:
                raise TaskError(self._heard.why_unloadable())
            if message["event"] == until:
                return
        if self._heard.ended is None:
            raise EngineError(f"the watcher ended with {self._watcher.wait()}")
        if until is not None or not self._counts()["started_ns"]:
            raise TaskError(self._heard.why_not_started(self._stderr.text()))

    # --- what is shown -----------------------------------------------------------

    def _counts(self) -> dict[str, int]:
        return dict(zip(protocol.COUNTERS, self._counters, strict=True))

    def _show(self, message: Message) -> None:
        if message["event"] == "baseline":
            self._baseline_bytes = message["rss_bytes"]
            self._progress.baseline(self._baseline_bytes)
        elif message["event"] == "samples":
            counts = self._counts()
            started = counts["started_ns"] / 1e9 or message["samples"][0][0]
            for at, rss in message["samples"]:
                self._progress.sample(at - started, rss)
            done = counts["source_rows"] or counts["objects_loaded"]
            if self._rows_total is not None:
                read = counts["source_rows"] + self._rows_served()
                done = min(read, self._rows_total)
            self._progress.rows_done(done, self._rows_total)
            highest = max(rss for _, rss in message["samples"])
            above = highest - self._baseline_bytes
            seconds = message["samples"][-1][0] - started
            lost = self._is_lost(seconds, above, done, self._rows_total)
            if lost and not counts["finished_ns"]:
                self.stop("stopped_early")


def _order_of(instrument: InstrumentOrder | None) -> Message | None:
    if instrument is None:
        return None
    return {**asdict(instrument), "folder": str(instrument.folder)}


def _kept(instrument: InstrumentOrder | None) -> Message:
    """Return what an instrumented worker kept while it ran, if anything."""
    if instrument is None:
        return {}
    try:
        text = (instrument.folder / protocol.KEPT).read_text(encoding="utf-8")
        kept: Message = json.loads(text)
    except (OSError, ValueError):
        return {}
    return kept


def _make_counters() -> tuple[Path, mmap.mmap]:
    """Make the file that the worker maps too, and removes once it has."""
    descriptor, name = tempfile.mkstemp(prefix="limerun-")
    with open(descriptor, "r+b") as file:  # noqa: PTH123 - it is a descriptor
        file.write(bytes(protocol.COUNTERS_BYTES))
        file.flush()
        return Path(name), mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


@contextmanager
def _interrupts_call(stop: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-C, and a pipeline's SIGTERM, end the run instead of this program."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    try:
        before = [signal.signal(number, lambda *_: stop()) for number in numbers]
    except ValueError:  # not in the main thread: nobody presses Ctrl-C here
        yield
        return
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
