"""Turn the messages of a worker and its watcher into an Outcome."""

import dataclasses
import signal
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from limerun.engine.observations import (
    cpu_seconds_of,
    error_of,
    handled_of,
    innermost_line,
    left_running_of,
    location_of,
    retries_of,
    scheduling_of,
    signal_name,
    statement_details_of,
    statement_reads_of,
    statements_of,
    time_limits_of,
)
from limerun.errors import EngineError, StartTimeoutError, TaskError
from limerun.records import (
    Ending,
    FoundTask,
    KilledBecause,
    Loaded,
    Location,
    Outcome,
    Output,
    Processes,
    TimeLimit,
)
from limerun.worker import protocol
from limerun.worker.callsite import CallSites

Message = dict[str, Any]
_STDERR_LINES = 5
_NOT_RUN = "returned an object whose body has not run"
_PROCESSES = [field.name for field in dataclasses.fields(Processes)]


class ReceivedMessages:
    """Stores and interprets the messages of one worker and its watcher."""

    def __init__(self, start_seconds: float = 0) -> None:
        self._start_seconds = start_seconds
        self.ended: Message | None = None
        self._by_event: dict[str, Message] = {}
        self._retried: list[Message] = []
        self._at: list[float] = []
        self._bytes: list[int] = []

    def add(self, message: Message) -> None:
        """Store one message."""
        event = message["event"]
        if event == "samples":
            for at, rss in message["samples"]:
                self._at.append(at)
                self._bytes.append(rss)
        elif event == protocol.RETRIED:
            self._retried.append(message)
        elif event == protocol.DESCRIBED:
            self._by_event.get(protocol.FINISHED, {}).update(message)
        elif event == "ended":
            self.ended = message
        else:
            self._by_event[event] = message

    @property
    def has_baseline(self) -> bool:
        """True if the worker reached its baseline."""
        return "baseline" in self._by_event

    def lose_watcher(self) -> None:
        """Add the final message for a watcher that was killed before it sent one."""
        self.ended = {
            "killed": "watcher_lost",
            "exit_status": None,
            "signal": None,
            "seconds": self._at[-1] if self._at else time.monotonic(),
            "high_water_bytes": 0,
            "mark_fell": False,
            "processes": dict.fromkeys(_PROCESSES, 0),
            "scheduling": None,
            "maxrss_bytes": 0,
            "launcher_bytes": 0,
            "cpu_user_seconds": 0.0,
            "cpu_system_seconds": 0.0,
            "watcher_cpu_seconds": 0.0,
            "oom_kills": 0,
            "stack": [],
            "line_why": "the watcher was killed",
        }

    @property
    def worker_pid(self) -> int | None:
        """The worker's process id, once it has started."""
        return self._by_event.get("born", {}).get("pid")

    def loaded(self) -> Loaded:
        """Return the worker's description of the imported task."""
        message = self._by_event[protocol.LOADED]
        names = (field.name for field in dataclasses.fields(Loaded))
        return Loaded(**{name: message[name] for name in names})

    def listed(self) -> tuple[tuple[FoundTask, ...], tuple[str, ...]]:
        """Return the tasks that the worker found, and notes on failed imports."""
        message = self._by_event[protocol.LISTED]
        found = tuple(FoundTask(**task) for task in message["tasks"])
        return found, tuple(message["notes"])

    def capture(self) -> Message:
        """Return the instrument's result, which the worker read from a file."""
        report: Message = self._by_event[protocol.TOLD]["seen"]
        return report

    def why_unloadable(self) -> str:
        """Return the worker's reason, with the traceback of a failed import."""
        message = self._by_event[protocol.UNLOADABLE]
        return "\n".join(filter(None, [message["message"], message["traceback"]]))

    def why_not_started(self, stderr: str) -> TaskError:
        """Return an error that explains why the worker ended before the task began."""
        assert self.ended is not None
        ended = self.ended
        last = stderr.strip().splitlines()[-_STDERR_LINES:]
        if ended["killed"] == "start":
            site = innermost_line(ended["stack"], self._is_users)
            where = f"; it was at {site.file}, line {site.line}" if site else ""
            text = (
                f"the worker was not ready within {self._start_seconds:g} s: its "
                f"interpreter did not answer, or the import did not finish{where}"
            )
            return StartTimeoutError("\n".join([text, *last]))
        if ended["killed"] == "host_memory":
            how = "was killed before this machine ran out of memory"
        elif ended["killed"]:
            how = "was stopped"
        elif ended["signal"]:
            how = f"crashed with {signal_name(ended['signal'])}"
        else:
            how = f"ended with status {ended['exit_status']}"
        text = f"the worker {how} before the task could begin"
        return TaskError("\n".join([text, *last]))

    def _is_users(self, file: str) -> bool:
        loaded = self._by_event.get(protocol.LOADED, {})
        return CallSites(
            loaded.get("user_folder"), loaded.get("library_folder")
        ).is_users(file)

    def outcome(
        self,
        *,
        counters: Mapping[str, int],
        stdout: str,
        stderr: str,
        kept: Mapping[str, Any] = MappingProxyType({}),
        last_row_at: float | None = None,
    ) -> Outcome:
        """Return the outcome of a run in which the task was called.

        Args:
            counters: The shared counters.
            stdout: What the worker wrote to stdout.
            stderr: What the worker wrote to stderr.
            kept: The last stored results of an instrument, if the worker sent none.
            last_row_at: When the number of rows read last increased.

        Raises:
            EngineError: The messages are incomplete.
        """
        baseline = self._by_event.get("baseline")
        ended = self.ended
        if baseline is None or ended is None:
            raise EngineError("the worker ended without a baseline")
        finished = self._by_event.get(protocol.FINISHED, {})
        ending, because = self._ending(finished, counters)
        started_at, ended_at = self._times(counters)
        report = finished or kept
        return Outcome(
            ending=ending,
            killed_because=because,
            exit_status=finished.get("exit_status")
            if finished
            else ended["exit_status"],
            signal=signal_name(ended["signal"]) if not finished else None,
            error=error_of(finished),
            result=finished.get("result"),
            started_at=started_at,
            ended_at=ended_at,
            duration_seconds=ended_at - started_at,
            cpu_user_seconds=cpu_seconds_of(finished, ended, counters, "user"),
            cpu_system_seconds=cpu_seconds_of(finished, ended, counters, "system"),
            baseline_bytes=baseline["rss_bytes"],
            baseline_high_water_bytes=baseline["high_water_bytes"],
            baseline_flat=baseline["flat"],
            reset_error=baseline["reset_error"],
            sample_at=tuple(self._at),
            sample_bytes=tuple(self._bytes),
            high_water_bytes=ended["high_water_bytes"],
            read_at_end=protocol.DONE in self._by_event,
            mark_fell=ended["mark_fell"],
            processes=Processes(**ended["processes"]),
            children_peak_bytes=finished.get("children_peak_bytes", 0),
            children_cpu_seconds=finished.get("children_cpu_seconds"),
            maxrss_bytes=ended["maxrss_bytes"],
            launcher_bytes=ended["launcher_bytes"],
            counters=counters,
            distinct_statements=report.get("distinct"),
            statements=statements_of(report),
            statement_reads=statement_reads_of(report),
            transaction_sizes=tuple(
                (size, count) for size, count in report.get("transaction_sizes", ())
            ),
            commit_location=location_of(report.get("commit_site")),
            objects_location=location_of(report.get("objects_site")),
            statement_details=statement_details_of(report),
            repeats_complete=report.get("repeats_complete", True),
            instrument=report.get("instrument"),
            output=Output(stdout=stdout, stderr=stderr),
            platform=self._by_event[protocol.LOADED]["platform"],
            time_limits=time_limits_of(
                self._by_event.get(protocol.LIMITS), self._limit_reached()
            ),
            retries=retries_of(self._retried),
            watcher_cpu_seconds=ended["watcher_cpu_seconds"],
            last_line=(line := self._last_line(finished)),
            last_line_why=None if finished or line else ended["line_why"],
            not_run=finished.get("not_run")
            or (_NOT_RUN if counters["not_run"] else None),
            sent_tasks=finished.get("sent"),
            left_running=left_running_of(
                self._by_event.get(protocol.DONE), counters["forks_left"]
            ),
            forks_left=counters["forks_left"],
            last_row_at=last_row_at,
            scheduling=scheduling_of(ended["scheduling"], counters),
            handled=handled_of(report),
        )

    def _limit_reached(self) -> TimeLimit | None:
        if self.ended is not None and self.ended["killed"] == "time_limit":
            return "hard"
        return "soft" if "soft_limit" in self._by_event else None

    def _ending(
        self, finished: Message, counters: Mapping[str, int]
    ) -> tuple[Ending, KilledBecause | None]:
        """Return how the call ended: as recorded by the worker, otherwise as observed.

        Only an ending that the started process recorded counts: a thread of the task
        may end the process at any moment.
        """
        ended = self.ended
        assert ended is not None
        recorded = protocol.ENDINGS[counters["ending"]]
        if recorded and (finished or counters["left"]):
            return cast("Ending", recorded), None
        if ended["killed"]:
            because: KilledBecause = ended["killed"]
            is_late = because in ("timeout", "time_limit")
            return ("timeout" if is_late else "killed"), because
        if ended["signal"]:
            if ended["signal"] == signal.SIGKILL and ended["oom_kills"]:
                return "killed", "out_of_memory"
            return "crashed", None
        return "exited", None

    def _times(self, counters: Mapping[str, int]) -> tuple[float, float]:
        """Return when the task started and ended, on the monotonic clock.

        The worker's own times exclude the communication with the watcher. They are
        used only if they lie within the watcher's times, which the task cannot change.
        """
        earliest = float(self._by_event.get("started", {}).get("seconds", 0.0))
        latest = float(
            self._by_event.get(protocol.RETURNED, {}).get("seconds", self._died_at())
        )
        started = counters["started_ns"] / 1e9
        ended = counters["finished_ns"] / 1e9 or latest
        if earliest <= started <= ended <= latest:
            return started, ended
        return earliest, latest

    def _last_line(self, finished: Message) -> Location | None:
        assert self.ended is not None
        if finished:
            return location_of(finished.get("last_site"))
        return innermost_line(self.ended["stack"], self._is_users)

    def _died_at(self) -> float:
        assert self.ended is not None
        killed = self._by_event.get("killed")
        return float(killed["seconds"] if killed else self.ended["seconds"])
