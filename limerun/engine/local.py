"""Run a worker on this machine: start its watcher, follow it, return its outcome."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from limerun.engine.channels import CapturedOutput, WatcherPipe, shared_counters
from limerun.engine.launch import Launch
from limerun.engine.messages import Message, ReceivedMessages
from limerun.engine.orphans import adopting_orphans, child_pids, kill_orphans
from limerun.errors import TaskError, WatchError
from limerun.interruption import on_interruption
from limerun.progress import Progress
from limerun.records import FoundTask, InstrumentOrder, Loaded, Opening, Outcome
from limerun.worker import protocol

ShouldStop = Callable[[float, int, int, int | None], bool]
"""Called with elapsed seconds, bytes above the baseline, rows done and all rows."""


class LocalWorker:
    """One worker on this machine; the context manager makes sure that it ends."""

    def __init__(
        self,
        launch: Launch,
        progress: Progress,
        should_stop: ShouldStop | None = None,
    ) -> None:
        """Start the worker's watcher, which starts the worker.

        Args:
            launch: How to start the worker.
            progress: Receives the progress of the run.
            should_stop: Called with each batch of samples; True ends the run.
        """
        self._launch = launch
        self._progress = progress
        self._should_stop = should_stop
        self._baseline_bytes = 0
        self._counters_path, self._counters = shared_counters(protocol.COUNTERS_BYTES)
        self._received = ReceivedMessages(launch.start_seconds)
        self._rows_total: int | None = None
        self._least_seconds = 0.0
        self._rows_seen = 0
        self._last_row_at: float | None = None
        self._own_children = child_pids()
        copies = Path(launch.log_folder) if launch.log_folder is not None else None
        self._stdout, self._stderr = (
            CapturedOutput(copies / name if copies is not None else None)
            for name in ("stdout", "stderr")
        )
        self._watcher = self._start_watcher()
        assert self._watcher.stdout is not None
        self._pipe = WatcherPipe(self._watcher.stdout.fileno())

    def __enter__(self) -> "LocalWorker":
        return self

    def __exit__(self, *_: object) -> None:
        if self._received.ended is None:
            self.stop("interrupted")
            for message in self._pipe.messages():
                self._received.add(message)
        if self._received.ended is None:
            self._end_without_watcher()
        self._watcher.wait()
        for stream in (self._watcher.stdin, self._watcher.stdout):
            with suppress(BrokenPipeError):
                stream.close()  # type: ignore[union-attr]
        self._counters_path.unlink(missing_ok=True)

    def load(self) -> Loaded:
        """Import the task in the worker.

        Raises:
            TaskError: The task does not exist, cannot be imported, or cannot be run.
        """
        self._send(
            {
                "event": protocol.LOAD,
                "task": self._launch.task,
                "paths": self._launch.paths,
                "instrument": self._launch.instrument_request(),
                "log_folder": self._launch.log_folder,
            }
        )
        self._follow(until=protocol.LOADED)
        return self._received.loaded()

    def list_tasks(
        self, places: Sequence[str]
    ) -> tuple[tuple[FoundTask, ...], tuple[str, ...]]:
        """Return the tasks in files or a module, and notes on failed imports.

        Raises:
            TaskError: The module does not exist, or cannot be imported.
        """
        request = {
            "event": protocol.LIST,
            "places": places,
            "paths": self._launch.paths,
        }
        self._send(request)
        self._follow(until=protocol.LISTED)
        return self._received.listed()

    def read_capture(self, capture: Path, task_folder: Path) -> Message:
        """Return the contents of memray's file from a worker that was killed.

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
        return self._received.capture()

    def run(
        self, opening: Opening, rows_served: Callable[[], int] = lambda: 0
    ) -> Outcome:
        """Open the application if the task needs one, run the task, and watch it.

        Ctrl-C ends the run; its outcome is still returned.

        Args:
            opening: The task's parameters and what its application needs.
            rows_served: Returns how many rows the task has fetched over HTTP so far.

        Raises:
            TaskError: The task does not accept its parameters, or ended too early.
        """
        self._rows_total = opening.rows_total
        self._rows_served = rows_served
        with on_interruption(lambda: self.stop("interrupted")), adopting_orphans():
            self._send(
                {
                    "event": protocol.OPEN,
                    "parameters": dict(opening.parameters),
                    "application": opening.application,
                    "database_url": opening.database or "sqlite://",
                    "limetypes": opening.limetypes,
                    "latency_seconds": opening.latency_seconds,
                    "runtime_config": opening.runtime_config,
                    "source_files": [
                        (str(path), rows) for path, rows in opening.source_files
                    ],
                    "grace_seconds": self._launch.background_wait_seconds,
                    "handler": opening.handler and asdict(opening.handler),
                    "fault": opening.fault and opening.fault.request(),
                }
            )
            self._follow(until=protocol.READY)
            self._progress.phase("running")
            self._follow(until=None)
            if self._received.ended is None:
                self._end_without_watcher()
                self._received.lose_watcher()
        return self._received.outcome(
            counters=self._counts(),
            last_row_at=self._last_row_at,
            stdout=self._stdout.text(),
            stderr=self._stderr.text(),
            kept=_read_kept(self._launch.instrument),
        )

    def stop(self, why: str) -> None:
        """Make the watcher kill the worker and all processes that it started."""
        self._pipe.stopping = True
        self._send({"event": protocol.STOP, "why": why})

    # --- the watcher ----------------------------------------------------------

    def _start_watcher(self) -> "subprocess.Popen[bytes]":
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
        self._watcher = watcher
        self._send(launch.watcher_request(self._counters_path, *outputs))
        return watcher

    def _send(self, message: Message) -> None:
        assert self._watcher.stdin is not None
        try:
            self._watcher.stdin.write(json.dumps(message).encode() + b"\n")
            self._watcher.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended; its last message explains more than this error

    def _end_without_watcher(self) -> None:
        """Kill the watcher and all that it started, if it cannot do so itself."""
        self._watcher.kill()
        pid = self._received.worker_pid
        if pid is not None:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        kill_orphans(self._own_children)

    def _follow(self, until: str | None) -> None:
        for message in self._pipe.messages():
            self._received.add(message)
            self._show(message)
            if message["event"] == protocol.UNLOADABLE:
                raise TaskError(self._received.why_unloadable())
            if message["event"] == until:
                return
        started = self._counts()["started_ns"]
        if self._received.ended is None:
            if until is None and started and self._received.has_baseline:
                return
            self._end_without_watcher()
            raise WatchError(
                "limerun's watcher was stopped or killed before the task began; run "
                "the command again"
            )
        if until is not None or not started:
            raise self._received.why_not_started(self._stderr.text())

    # --- progress ----------------------------------------------------------------

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
            if done > self._rows_seen:
                self._rows_seen, self._last_row_at = done, message["samples"][-1][0]
            if self._rows_total is not None:
                read = counts["source_rows"] + self._rows_served()
                done = min(read, self._rows_total)
            self._progress.rows_done(done, self._rows_total)
            if self._should_stop is None or counts["finished_ns"]:
                return
            highest = max(rss for _, rss in message["samples"])
            above = highest - self._baseline_bytes
            seconds = message["samples"][-1][0] - started
            # Contention does not count; if several threads wait, their times overlap.
            seconds -= message["contention_seconds"]
            self._least_seconds = max(self._least_seconds, seconds)
            if self._should_stop(self._least_seconds, above, done, self._rows_total):
                self.stop("stopped_early")


def _read_kept(instrument: InstrumentOrder | None) -> Message:
    """Return the instrument's last stored results; empty if there are none."""
    if instrument is None:
        return {}
    try:
        text = (instrument.folder / protocol.KEPT).read_text(encoding="utf-8")
        kept: Message = json.loads(text)
    except (OSError, ValueError):
        return {}
    return kept
