"""Be the worker: load a task, say ready, run it once, say how that went."""

import gc
import os
import sys
import time
from contextlib import suppress

from limerun.worker import protocol
from limerun.worker.callsite import CallSites
from limerun.worker.channel import Channel, ChannelLost
from limerun.worker.counters import (
    FINISHED_NS,
    STARTED_CPU_SYSTEM_NS,
    STARTED_CPU_USER_NS,
    STARTED_NS,
    map_counters,
)
from limerun.worker.ending import cpu_seconds, ending_of, result_of
from limerun.worker.load import LoadedTask, Unloadable, load_task

TYPE_CHECKING = False
if TYPE_CHECKING:  # neither belongs into a bare worker
    from limerun.worker.instrumented import Instrumented
    from limerun.worker.objects import ObjectCounter

Message = dict[str, object]


def main(read_fd: int, write_fd: int, counters_path: str) -> None:
    """Go through the protocol once, and end the process."""
    channel = Channel(read_fd, write_fd)
    try:
        work = _Work(channel, map_counters(counters_path))
        try:
            work.load()
            work.open()
        except Unloadable as error:
            channel.send(
                protocol.UNLOADABLE, message=str(error), traceback=error.traceback
            )
            channel.receive()
            _leave(2)
        _leave(work.run())
    except ChannelLost:
        _leave(70)


class _Work:
    def __init__(self, channel: Channel, counters: "memoryview[int]") -> None:
        self._channel = channel
        self._counters = counters
        self._arguments: list[object] = []
        self._parameters: Message = {}
        self._platform: str | None = None
        self._objects: ObjectCounter | None = None
        self._instrumented: Instrumented | None = None

    def load(self) -> None:
        request = self._channel.receive()
        from limerun.lime.install import install

        installed = install()
        if request.get("instrument") is not None:
            from limerun.worker.instrumented import Instrumented

            self._instrumented = Instrumented(request["instrument"])  # type: ignore[arg-type]
        if request["event"] == protocol.READ:
            from limerun.worker.instrumented import read_capture

            seen = read_capture(str(request["path"]), str(request["task_folder"]))
            self._channel.send(protocol.TOLD, seen=seen)
            _leave(0)
        name, paths = str(request["task"]), request["paths"]
        if request["event"] == protocol.LIST:
            from limerun.worker.discover import find_tasks

            self._channel.send(protocol.LISTED, tasks=find_tasks(name, paths))  # type: ignore[arg-type]
            _leave(0)
        if ":" not in name:
            from limerun.worker.discover import refuse_module

            refuse_module(name, paths)  # type: ignore[arg-type]
        self._task: LoadedTask = load_task(name, paths)  # type: ignore[arg-type]
        self._record_lines = bool(request["record_lines"])
        if self._task.takes_application:
            self._platform = installed
        _show_log()
        self._channel.send(
            protocol.LOADED,
            kind=self._task.kind,
            file=self._task.file,
            line=self._task.line,
            takes_application=self._task.takes_application,
            platform=self._platform,
            python=sys.version.partition(" ")[0],
        )

    def open(self) -> None:
        request = self._channel.receive()
        self._parameters = request["parameters"]  # type: ignore[assignment]
        self._task.check_parameters(self._parameters)
        self._call_sites = CallSites(self._task.folder)
        if self._task.takes_application:
            self._open_application(request)
        if request["source_files"]:
            from limerun.worker.sources import count_rows_read

            count_rows_read(request["source_files"], self._counters)  # type: ignore[arg-type]
        self._listen()
        if self._instrumented is not None:
            self._instrumented.open(
                self._call_sites, self._objects, bool(request["source_files"])
            )
        gc.collect()
        self._channel.send(protocol.READY)

    def _open_application(self, request: Message) -> None:
        from limerun.worker.application import open_installed, open_stand_in

        if self._platform == "installed":
            self._arguments = [open_installed(request)]
            return
        application, self._objects = open_stand_in(
            request, self._task.package, self._counters, self._call_sites
        )
        self._arguments = [application]

    def _listen(self) -> None:
        self._recorder = None
        if "sqlalchemy" in sys.modules:
            from limerun.worker.statements import StatementRecorder

            recorder = None
            if self._instrumented is not None:
                recorder = self._instrumented.recorder(self._counters, self._call_sites)
            self._recorder = recorder or StatementRecorder(
                self._counters, self._call_sites if self._record_lines else None
            )
            self._recorder.listen()

    def run(self) -> int:
        """Run the task once the watcher says go; return the exit status."""
        self._channel.receive()
        call, arguments, parameters = (
            self._task.call,
            self._arguments,
            self._parameters,
        )
        instrumented = self._instrumented
        if instrumented is not None:
            instrumented.begin(self._observations)
            # From here, and no deeper: memray would lose this frame's callee.
            instrumented.instrument.start()
        error: BaseException | None = None
        returned: object = None
        cpu_before = cpu_seconds()
        self._counters[STARTED_CPU_USER_NS] = int(cpu_before[0] * 1e9)
        self._counters[STARTED_CPU_SYSTEM_NS] = int(cpu_before[1] * 1e9)
        self._counters[STARTED_NS] = time.monotonic_ns()
        began = time.perf_counter()
        try:
            returned = call(*arguments, **parameters)
            if instrumented is not None:
                instrumented.over()
        except BaseException as raised:
            error = raised
        seconds = time.perf_counter() - began
        self._counters[FINISHED_NS] = time.monotonic_ns()
        cpu_after = cpu_seconds()
        if instrumented is not None:
            instrumented.end()
        try:
            self._channel.send(protocol.DONE)
            self._channel.receive()
            self._tell_sent_tasks()
            observations = self._observations()
            if instrumented is not None:
                instrumented.render()
            self._channel.send(
                protocol.FINISHED,
                duration_seconds=seconds,
                cpu_user_seconds=cpu_after[0] - cpu_before[0],
                cpu_system_seconds=cpu_after[1] - cpu_before[1],
                children_peak_bytes=cpu_after[2],
                result=result_of(returned),
                **ending_of(error),
                **observations,
            )
        except ChannelLost:
            # The task closed our pipes: leave the watcher time for a last reading.
            time.sleep(0.1)
        return 0 if error is None else 3

    def _tell_sent_tasks(self) -> None:
        if self._platform == "stand-in":
            from limerun.lime.sent import tell_sent_tasks

            # A task that closed stderr has nobody to tell.
            with suppress(Exception):
                tell_sent_tasks()

    def _observations(self) -> Message:
        seen: Message = {}
        if self._recorder is not None:
            seen.update(self._recorder.summary())
        if self._objects is not None:
            seen["objects_site"] = self._objects.site()
        if self._instrumented is not None:
            seen["instrument"] = self._instrumented.told()
        return seen


def _show_log() -> None:
    """Send log records to stderr, as a task handler does, if nobody else does."""
    logging = sys.modules.get("logging")
    if logging is not None and not logging.root.handlers:
        logging.basicConfig(
            level=logging.INFO,
            format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        )


def _leave(status: int) -> None:
    """End at once: threads and exit handlers of the task are not waited for."""
    for stream in (sys.stdout, sys.stderr):
        # A stream that the task closed or broke has nothing to keep.
        with suppress(Exception):
            stream.flush()
    os._exit(status)
