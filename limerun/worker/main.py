"""The worker's main program: load a task, run it once, and report how it ended."""

import gc
import os
import sys
from sys import settrace

from limerun.worker import protocol
from limerun.worker.callsite import CallSites
from limerun.worker.channel import Channel, ChannelLost
from limerun.worker.counters import (
    ACTED_UNSEEN,
    ENDING,
    FINISHED_NS,
    NOT_RUN,
    STARTED_CPU_SYSTEM_NS,
    STARTED_CPU_USER_NS,
    STARTED_NS,
    map_counters,
)
from limerun.worker.ending import (
    cpu_seconds,
    described,
    ending_of,
    exit_status_of,
    kind_of_result,
    not_run,
    result_of,
    sent_tasks,
)
from limerun.worker.listening import Listening
from limerun.worker.load import LoadedTask, Unloadable, load_task
from limerun.worker.process import (
    count_in,
    leave,
    leave_if_forked,
    running_threads,
    show_line_before_own_end,
    show_line_on_signal,
    show_log,
    wait_for_threads,
)
from limerun.worker.standard import now_ns, own_imports, pause, remember_bare_modules
from limerun.worker.task_thread import TaskThread

TYPE_CHECKING = False
if TYPE_CHECKING:  # not loaded by a worker without instruments
    from limerun.worker.application import ObjectCounter
    from limerun.worker.faults.injection import Faults
    from limerun.worker.instrumented import Instrumented
    from limerun.worker.source_files import SourceFiles
    from limerun.worker.statements.recorder import StatementRecorder

Message = dict[str, object]

RETURNED, RAISED, EXITED = range(1, 4)  # positions in protocol.ENDINGS


def main(
    read_fd: int, write_fd: int, counters_path: str, bare_modules: "set[str]"
) -> None:
    """Follow the protocol once, then end the process.

    Args:
        read_fd: The descriptor to receive messages from.
        write_fd: The descriptor to send answers to.
        counters_path: The file with the shared counters.
        bare_modules: Names of the modules that a bare interpreter has loaded.
    """
    remember_bare_modules(bare_modules)
    channel = Channel(read_fd, write_fd)
    show_line_on_signal(channel.write_fd)
    show_line_before_own_end(channel.write_fd)
    try:
        counters = map_counters(counters_path)
        count_in(counters)
        work = _Work(channel, counters)
        try:
            work.load()
            work.open()
        except Unloadable as error:
            channel.send(
                protocol.UNLOADABLE, message=str(error), traceback=error.traceback
            )
            channel.receive()
            leave(2)
        leave(work.run())
    except ChannelLost:
        leave(70)


class _Work:
    def __init__(self, channel: Channel, counters: "memoryview[int]") -> None:
        self._channel = channel
        self._counters = counters
        self._arguments: list[object] = []
        self._parameters: Message = {}
        self._platform: str | None = None
        self._objects: ObjectCounter | None = None
        self._files: SourceFiles | None = None
        self._instrumented: Instrumented | None = None
        self._faults: Faults | None = None
        self._thread = TaskThread()

    def load(self) -> None:
        request = self._channel.receive()
        from limerun.lime.install import install

        installed = install(own_imports)
        if request.get("instrument") is not None:
            from limerun.worker.instrumented import Instrumented

            self._instrumented = Instrumented(request["instrument"])  # type: ignore[arg-type]
        if request["event"] == protocol.READ:
            from limerun.worker.instrumented import read_capture

            seen = read_capture(str(request["path"]), str(request["task_folder"]))
            self._channel.send(protocol.TOLD, seen=seen)
            leave(0)
        paths = request["paths"]
        if request["event"] == protocol.LIST:
            from limerun.worker.discover import find_tasks

            tasks, notes = find_tasks(request["places"], paths)  # type: ignore[arg-type]
            self._channel.send(protocol.LISTED, tasks=tasks, notes=notes)
            leave(0)
        name = str(request["task"])
        sys.argv = [name.rpartition(":")[0] or name]
        if ":" not in name:
            from limerun.worker.discover import refuse_module

            refuse_module(name, paths)  # type: ignore[arg-type]
        self._listening = Listening(self._counters, request["log_folder"])  # type: ignore[arg-type]
        self._task: LoadedTask = load_task(name, paths)  # type: ignore[arg-type]
        self._platform = installed if self._task.takes_application else None
        show_log()
        self._channel.send(
            protocol.LOADED,
            kind=self._task.kind,
            file=self._task.file,
            line=self._task.line,
            takes_application=self._task.takes_application,
            platform=self._platform,
            python=sys.version.partition(" ")[0],
            user_folder=self._task.folder,
            library_folder=os.path.dirname(os.path.abspath(os.__file__)),
        )

    def open(self) -> None:
        request = self._channel.receive()
        self._grace_seconds = float(request["grace_seconds"])  # type: ignore[arg-type]
        self._parameters = request["parameters"]  # type: ignore[assignment]
        self._task.check_parameters(self._parameters)
        self._task.open(request["handler"], self._channel.send)  # type: ignore[arg-type]
        self._call_sites = CallSites(self._task.folder)
        if self._task.takes_application:
            self._open_application(request)
        self._arguments, self._parameters = self._task.arrange(
            self._arguments, self._parameters
        )
        with own_imports():
            if request["source_files"] or self._task.takes_application:
                from limerun.worker.source_files import SourceFiles

                self._files = SourceFiles(request["source_files"], self._counters)  # type: ignore[arg-type]
            if request["fault"] is not None:
                from limerun.worker.faults.injection import Faults

                self._faults = Faults(request, self._counters, self._call_sites)
            self._listening.begin(self._make_recorder)
            if self._objects is not None and self._listening.recorder is not None:
                self._objects.report_reads_to(self._listening.recorder)
            if self._instrumented is not None:
                self._instrumented.open(
                    self._call_sites, self._objects, bool(request["source_files"])
                )
            self._listening.count_exceptions(
                self._call_sites.is_users, self._instrumented
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

    def _make_recorder(self) -> "StatementRecorder":
        from limerun.worker.statements.recorder import StatementRecorder

        if self._instrumented is not None:
            recorder = self._instrumented.recorder(
                self._counters, self._call_sites, self._thread
            )
            if recorder is not None:
                return recorder
        if self._faults is not None:
            return self._faults.recorder(self._thread)
        return StatementRecorder(self._counters, self._call_sites, self._thread)

    def run(self) -> int:
        """Run the task when the watcher sends go; return the exit status."""
        self._channel.receive()
        call = self._task.call
        arguments, parameters = self._arguments, self._parameters
        instrumented = self._instrumented
        if instrumented is not None:
            instrumented.begin(self._observations)
            # Start here, not deeper: memray would lose this frame's callee.
            instrumented.instrument.start()
        error, returned = None, None
        counters = self._counters
        threads_before = running_threads()
        cpu_before = cpu_seconds()
        self._note_start(cpu_before)
        counters[STARTED_NS] = now_ns()
        # Record the ending before any other code can run, since a thread of the task
        # may end the process at any moment. A forked child must not record it.
        try:
            returned = call(*arguments, **parameters)
            settrace(None)  # the task's trace function must not trace limerun
            leave_if_forked()
            counters[ENDING] = RETURNED
            if instrumented is not None:
                instrumented.over()
        except BaseException as raised:
            settrace(None)
            leave_if_forked(exit_status_of(raised))
            counters[ENDING] = EXITED if isinstance(raised, SystemExit) else RAISED
            error = raised
        counters[FINISHED_NS] = now_ns()
        self._thread.note_end(counters)
        self._listening.stop()
        counters[NOT_RUN] = not_run(returned) is not None
        cpu_after = cpu_seconds()
        # A peak that has not risen is that of a child started by an import.
        children_peak = cpu_after[2] if cpu_after[2] > cpu_before[2] else 0
        if instrumented is not None:
            instrumented.end()
        try:
            wait_for_threads(self._channel.send, threads_before, self._grace_seconds)
            self._channel.receive()  # this message means that the peak has been read
            self._report(
                returned,
                error,
                cpu_user_seconds=cpu_after[0] - cpu_before[0],
                cpu_system_seconds=cpu_after[1] - cpu_before[1],
                children_peak_bytes=children_peak,
                children_cpu_seconds=cpu_after[3] - cpu_before[3],
            )
        except ChannelLost:
            pause(0.1)  # the task closed our pipes: give the watcher time to read
        return 0 if error is None else 3

    def _note_start(self, cpu: "tuple[float, ...]") -> None:
        self._counters[STARTED_CPU_USER_NS] = int(cpu[0] * 1e9)
        self._counters[STARTED_CPU_SYSTEM_NS] = int(cpu[1] * 1e9)
        self._listening.start()
        self._thread.note_start(self._counters)

    def _report(
        self, returned: object, error: BaseException | None, **figures: float
    ) -> None:
        """Send everything known about the call; the peak has been read already."""
        sent = sent_tasks()
        if self._files is not None:
            self._files.note_other_ways()
        if sent or self._files is None or figures["children_peak_bytes"]:
            # Not counted: work of sent tasks, and files that the task or a child wrote.
            self._counters[ACTED_UNSEEN] = 1
        observations = self._observations()
        if self._instrumented is not None:
            self._instrumented.render()
        self._channel.send(
            protocol.FINISHED,
            not_run=not_run(returned),
            result=kind_of_result(returned),
            sent=sent,
            **figures,
            **ending_of(error, self._call_sites.is_users),
            **observations,
        )
        # Last, because the code of an error or a result may never end.
        self._channel.send(
            protocol.DESCRIBED, error=described(error), result=result_of(returned)
        )

    def _observations(self) -> Message:
        seen: Message = self._listening.summary()
        if self._objects is not None:
            seen["objects_site"] = self._objects.site()
        if self._instrumented is not None:
            seen["instrument"] = self._instrumented.told()
        return seen
