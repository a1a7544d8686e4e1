"""What a watcher and its worker said, turned into an Outcome."""

import signal
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from limerun.errors import EngineError
from limerun.records import (
    Ending,
    FoundTask,
    KilledBecause,
    Loaded,
    Location,
    Outcome,
    Output,
    RaisedError,
    Statement,
    StatementDetails,
)
from limerun.worker import protocol

Message = dict[str, Any]
_STDERR_LINES = 5


class Heard:
    """Collects messages; says what they amount to."""

    def __init__(self) -> None:
        self.ended: Message | None = None
        self._by_event: dict[str, Message] = {}
        self._at: list[float] = []
        self._bytes: list[int] = []

    def hear(self, message: Message) -> None:
        """Take one message."""
        event = message["event"]
        if event == "samples":
            for at, rss in message["samples"]:
                self._at.append(at)
                self._bytes.append(rss)
        elif event == "ended":
            self.ended = message
        else:
            self._by_event[event] = message

    @property
    def worker_pid(self) -> int | None:
        """The worker's process, once it was born."""
        return self._by_event.get("born", {}).get("pid")

    def loaded(self) -> Loaded:
        """Return what the worker imported."""
        message = self._by_event[protocol.LOADED]
        return Loaded(
            kind=message["kind"],
            file=message["file"],
            line=message["line"],
            takes_application=message["takes_application"],
            platform=message["platform"],
            python=message["python"],
        )

    def listed(self) -> tuple[FoundTask, ...]:
        """Return the tasks that the worker found."""
        tasks = self._by_event[protocol.LISTED]["tasks"]
        return tuple(FoundTask(**task) for task in tasks)

    def told(self) -> Message:
        """Return what the worker read from a file."""
        seen: Message = self._by_event[protocol.TOLD]["seen"]
        return seen

    def why_unloadable(self) -> str:
        """Return the worker's reason, with the traceback of a failed import."""
        message = self._by_event[protocol.UNLOADABLE]
        return "\n".join(filter(None, [message["message"], message["traceback"]]))

    def why_not_started(self, stderr: str) -> str:
        """Return how the worker ended before the task could begin."""
        assert self.ended is not None
        if self.ended["killed"] == "host_memory":
            how = "was killed to save this machine's memory"
        elif self.ended["killed"]:
            how = "was stopped"
        elif self.ended["signal"]:
            how = f"crashed with {_signal_name(self.ended['signal'])}"
        else:
            how = f"ended with status {self.ended['exit_status']}"
        text = f"the worker {how} before the task could begin"
        last = stderr.strip().splitlines()[-_STDERR_LINES:]
        return "\n".join([text, *last])

    def outcome(
        self,
        *,
        counters: Mapping[str, int],
        stdout: str,
        stderr: str,
        kept: Mapping[str, Any] = MappingProxyType({}),
    ) -> Outcome:
        """Return all that is known of a run that reached its task.

        Args:
            counters: The shared counters.
            stdout: What the worker wrote.
            stderr: What else it wrote.
            kept: What an instrumented worker had seen by then, if it did not tell.

        Raises:
            EngineError: The messages do not make a run.
        """
        baseline = self._by_event.get("baseline")
        ended = self.ended
        if baseline is None or ended is None:
            raise EngineError("the worker ended without a baseline")
        told = self._by_event.get(protocol.FINISHED, {})
        ending, because = self._ending(told, counters)
        seen = told or kept
        return Outcome(
            ending=ending,
            killed_because=because,
            exit_status=told.get("exit_status") if told else ended["exit_status"],
            signal=_signal_name(ended["signal"]) if not told else None,
            error=_error_of(told),
            result=told.get("result"),
            started_at=counters["started_ns"] / 1e9,
            ended_at=counters["finished_ns"] / 1e9 or self._died_at(),
            duration_seconds=told.get("duration_seconds"),
            cpu_user_seconds=_cpu(told, ended, counters, "user"),
            cpu_system_seconds=_cpu(told, ended, counters, "system"),
            baseline_bytes=baseline["rss_bytes"],
            baseline_high_water_bytes=baseline["high_water_bytes"],
            baseline_flat=baseline["flat"],
            reset_error=baseline["reset_error"],
            sample_at=tuple(self._at),
            sample_bytes=tuple(self._bytes),
            high_water_bytes=ended["high_water_bytes"],
            read_at_end=protocol.DONE in self._by_event,
            largest_child_bytes=ended["largest_child_bytes"],
            children_peak_bytes=told.get("children_peak_bytes", 0),
            maxrss_bytes=ended["maxrss_bytes"],
            launcher_bytes=ended["launcher_bytes"],
            counters=counters,
            distinct_statements=seen.get("distinct"),
            statements=_statements(seen),
            transaction_sizes=tuple(
                (size, count) for size, count in seen.get("transaction_sizes", ())
            ),
            commit_location=_location(seen.get("commit_site")),
            objects_location=_location(seen.get("objects_site")),
            statement_details=_details(seen),
            repeats_complete=seen.get("repeats_complete", True),
            instrument=seen.get("instrument"),
            output=Output(stdout=stdout, stderr=stderr),
            platform=self._by_event[protocol.LOADED]["platform"],
            watcher_cpu_seconds=ended["watcher_cpu_seconds"],
        )

    def _ending(
        self, told: Message, counters: Mapping[str, int]
    ) -> tuple[Ending, KilledBecause | None]:
        ended = self.ended
        assert ended is not None
        if told:
            return told["ending"], None
        if ended["killed"]:
            because: KilledBecause = ended["killed"]
            return ("timeout" if because == "timeout" else "killed"), because
        if ended["signal"]:
            if ended["signal"] == signal.SIGKILL and ended["oom_kills"]:
                return "killed", "out_of_memory"
            return "crashed", None
        if counters["finished_ns"]:  # the task closed the pipes that would have told
            return ("returned" if ended["exit_status"] == 0 else "raised"), None
        return "exited", None

    def _died_at(self) -> float:
        assert self.ended is not None
        killed = self._by_event.get("killed")
        return float(killed["seconds"] if killed else self.ended["seconds"])


def _statements(seen: Mapping[str, Any]) -> tuple[Statement, ...]:
    return tuple(
        Statement(
            text=text,
            calls=calls,
            seconds=seconds,
            rows=rows,
            location=_location(site),
        )
        for text, site, calls, seconds, rows in seen.get("statements", ())
    )


def _details(seen: Mapping[str, Any]) -> tuple[StatementDetails, ...] | None:
    if "statement_details" not in seen:
        return None
    return tuple(
        StatementDetails(rows_read=rows, repeats=repeats, transactions=transactions)
        for rows, repeats, transactions in seen["statement_details"]
    )


def _error_of(told: Message) -> RaisedError | None:
    error = told.get("error")
    return RaisedError(**error) if error else None


def _location(site: "tuple[str, int, str] | None") -> Location | None:
    if site is None:
        return None
    file, line, function = site
    return Location(file=file, line=line, function=function)


def _cpu(
    told: Message, ended: Message, counters: Mapping[str, int], kind: str
) -> float:
    if told:
        return float(told[f"cpu_{kind}_seconds"])
    # The kernel's account of the whole process, less what came before the task.
    before = counters[f"started_cpu_{kind}_ns"] / 1e9
    return max(0.0, float(ended[f"cpu_{kind}_seconds"]) - before)


def _signal_name(number: int | None) -> str | None:
    if not number:
        return None
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
