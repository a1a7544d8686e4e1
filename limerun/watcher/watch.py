"""Start the worker, take its baseline, watch it, and make sure that everything ends.

The watcher reads one order and then messages for the worker from stdin, and writes
events to stdout, one JSON object per line:

| event      | carries                                                              |
| ---------- | -------------------------------------------------------------------- |
| (worker's) | the worker's own messages, unchanged                                  |
| `born`     | the worker's pid                                                      |
| `alive`    | nothing; it shows that the watcher works                              |
| `baseline` | idle RSS, whether it was flat, whether the peak could be reset        |
| `samples`  | [seconds, the tree's RSS] each; contention of all threads until now   |
| `started`  | when the worker was told to run the task                              |
| `killed`   | why the watcher killed it                                             |
| `ended`    | exit status or signal, the kernel's account, last high-water mark,    |
|            | the lines of the worker's stack, or why there are none                |

Seconds are those of the monotonic clock, which all processes share.
"""

import select
import time

from limerun.watcher import host
from limerun.watcher.last_line import ask_for_line
from limerun.watcher.limits import LimitWatch
from limerun.watcher.lines import LineReader, Message, is_of_worker, write_message
from limerun.watcher.process import (
    WorkerProcess,
    end_all_left,
    inherited_peak_bytes,
    is_helper,
    leave_signals_to_the_runner,
)
from limerun.watcher.procfs import Gone
from limerun.watcher.sampling import MemorySampler
from limerun.worker import protocol

_HOST_SECONDS = 0.25
_POLL_INTERVAL = 0.01  # for systems without pidfd
_BEAT_SECONDS = 1.0
_STARTING = (protocol.LOAD, protocol.LIST, protocol.OPEN)
_STARTED = (protocol.LOADED, protocol.LISTED, protocol.READY, protocol.UNLOADABLE)


def main() -> None:
    """Execute one order from stdin."""
    leave_signals_to_the_runner()
    commands = LineReader(0)
    waiting: list[Message] = []
    while not waiting and not commands.ended:
        waiting = commands.read()
    if waiting:
        _Watch(waiting[0], commands).run(waiting[1:])


class _Watch:
    def __init__(self, order: Message, commands: LineReader) -> None:
        self._order = order
        self._launcher_bytes = inherited_peak_bytes()
        self._oom_kills = host.oom_kills()
        self._process = WorkerProcess(order)
        # Not before the worker has started: psutil takes 30 ms and 4 MB, and the worker
        # inherits this process's memory at that time as its `ru_maxrss`.
        from limerun.watcher.tree import Tree

        self._tree = Tree(self._process.pid)
        self._commands = commands
        self._answers = LineReader(self._process.answer_fd)
        self._poller = select.poll()
        for fd in (commands.fd, self._answers.fd, self._process.exit_fd):
            if fd is not None:
                self._poller.register(fd, select.POLLIN)
        self._sampler = MemorySampler(self._tree, order, self._say)
        self._ready = self._running = self._exited = False
        self._killed: str | None = None
        self._line_why: str | None = "the process ended before it could show its line"
        self._limits = LimitWatch(self._process.pid, self._say, self._kill)
        self._next_host = self._next_sample = 0.0
        self._deadline: float | None = None
        self._next_beat: float | None = None
        self._pids_at_return: list[int] = []
        self._wait_until = 0.0
        self._done: Message = {}

    def run(self, waiting: list[Message]) -> None:
        """Go through the worker's whole life cycle."""
        self._say({"event": "born", "pid": self._process.pid})
        for command in waiting:
            self._obey(command)
        while not (self._ready or self._exited):
            self._wait("start")
        if self._ready:
            self._take_baseline()
        if self._running:
            self._sample_until_done()
        while not self._exited:
            self._wait("stuck")
        self._end()

    def _wait(self, too_late: str) -> None:
        self._pump(_POLL_INTERVAL)
        now = time.monotonic()
        self._protect_host(now)
        if self._deadline is not None and now >= self._deadline:
            self._kill(too_late)

    # --- messages ---------------------------------------------------------------

    def _pump(self, seconds: float) -> None:
        """Wait at most this long, and handle the first messages that arrive."""
        if self._next_beat is not None and time.monotonic() >= self._next_beat:
            self._say({"event": "alive"})
        for fd, _ in self._poller.poll(max(0.0, seconds * 1000)):
            if fd == self._commands.fd:
                self._read_commands()
            elif fd == self._answers.fd:
                if not self._answers.ended:  # a kill above may have read it all
                    self._read_answers()
            else:
                self._exited = True
        if self._process.exit_fd is None and self._process.has_ended():
            self._exited = True
        while self._exited and not self._answers.ended and self._has_answer():
            self._read_answers()  # the worker's last messages

    def _read_commands(self) -> None:
        for command in self._commands.read():
            self._obey(command)
        if self._commands.ended:  # the runner has ended
            self._poller.unregister(self._commands.fd)
            self._kill("interrupted")

    def _read_answers(self) -> None:
        for answer in filter(is_of_worker, self._answers.read()):
            self._pass_on(answer)
        if self._answers.ended:
            self._poller.unregister(self._answers.fd)

    def _has_answer(self, seconds: float = 0) -> bool:
        return bool(select.select([self._answers.fd], [], [], seconds)[0])

    def _obey(self, command: Message) -> None:
        event = command["event"]
        if event == protocol.STOP:
            self._kill(str(command["why"]))
            return
        now = time.monotonic()
        if event in _STARTING:
            self._deadline = now + self._order["start_seconds"]
        self._next_beat = now + _BEAT_SECONDS
        write_message(self._process.command_fd, command)

    def _pass_on(self, answer: Message) -> None:
        event = answer["event"]
        if event in _STARTED:
            self._deadline = None
        if event == protocol.LOADED:
            self._next_beat = None  # the runner does not listen until it sends `open`
        self._tree.idle_pids = answer.get("idle_pids", ())
        if event == protocol.RETURNED:
            self._returned(answer)
        elif event == protocol.DONE:
            self._done = answer
            self._next_sample = 0.0  # take the next sample now
            return
        elif event == protocol.READY:
            self._ready = True
        if event == protocol.LIMITS:
            self._limits.begin(answer, time.monotonic())
        self._say(answer)

    def _say(self, message: Message) -> None:
        write_message(1, message)
        if self._next_beat is not None:
            self._next_beat = time.monotonic() + _BEAT_SECONDS

    # --- measuring --------------------------------------------------------------

    def _take_baseline(self) -> None:
        """Take the baseline of the idle worker, and let the task begin."""

        def wait(seconds: float) -> bool:
            self._pump(seconds)
            return not self._exited

        try:
            self._sampler.take_baseline(wait)
        except Gone:
            return
        self._running = True
        self._say({"event": "started", "seconds": time.monotonic()})
        write_message(self._process.command_fd, {"event": protocol.GO})

    def _sample_until_done(self) -> None:
        timeout = self._order["timeout_seconds"]
        limit = self._order["kill_task_bytes"]
        self._next_sample = time.monotonic()
        self._deadline = None if timeout is None else self._next_sample + timeout
        while self._running and not self._exited:
            now = time.monotonic()
            if now < self._next_sample:
                self._pump(self._next_sample - now)
                continue
            task_bytes = self._sampler.sample(now)
            if limit is not None and task_bytes > limit:
                self._kill("cloud_limit")
            if self._deadline is not None and now >= self._deadline:
                self._kill("timeout")
            self._limits.enforce(now)
            if self._done and (now >= self._wait_until or not self._tree.running()):
                self._finish()
                break
            self._protect_host(now)
            interval = self._sampler.interval(task_bytes)
            self._next_sample = max(now, self._next_sample + interval)
        self._sampler.flush()

    def _protect_host(self, now: float) -> None:
        if now < self._next_host:
            return
        self._next_host = now + _HOST_SECONDS
        available = host.available_bytes()
        if available is not None and available < self._order["reserve_bytes"]:
            self._kill("host_memory")

    def _returned(self, answer: Message) -> None:
        """Record when the task returned; what still runs may end by itself."""
        now = time.monotonic()
        answer["seconds"] = now
        self._deadline = None
        self._limits.end()
        self._wait_until = now + self._order["grace_seconds"]
        self._sampler.sample(now, look=True)
        self._sampler.scheduling.end()
        self._pids_at_return = self._tree.running()

    def _finish(self) -> None:
        """Take the last reading while the worker waits, then let it send its report."""
        self._sampler.sample(time.monotonic(), look=True)
        self._sampler.read_mark()
        self._sampler.flush()
        # A helper of multiprocessing is recognizable only some time after its start.
        at_return = [pid for pid in self._pids_at_return if not is_helper(pid)]
        self._say(
            {
                **self._done,
                "processes": len(at_return),
                "processes_left": len(self._tree.running()),
            }
        )
        self._running = False
        self._deadline = time.monotonic() + self._order["tell_seconds"]
        write_message(self._process.command_fd, {"event": protocol.TELL})

    # --- ending ----------------------------------------------------------------

    def _kill(self, why: str) -> None:
        if self._killed is None and not self._exited:
            self._killed = why
            self._deadline = None
            killed_at = time.monotonic()
            self._sampler.read_mark()
            self._line_why = ask_for_line(
                self._process.pid, self._answers, self._read_answers, why
            )
            self._process.kill()
            self._say({"event": "killed", "why": why, "seconds": killed_at})

    def _end(self) -> None:
        account = self._process.reap()
        end_all_left(self._tree.pids, self._tree.note_end)
        self._say(
            {
                "event": "ended",
                **account,
                "killed": self._killed,
                "stack": self._answers.other,
                "line_why": self._line_why,
                "seconds": time.monotonic(),
                "high_water_bytes": self._sampler.high_water_bytes,
                "mark_fell": self._tree.mark_fell,
                "processes": self._tree.summary(),
                "scheduling": self._sampler.scheduling.summary(),
                "launcher_bytes": self._launcher_bytes,
                "oom_kills": host.oom_kills() - self._oom_kills,
                "watcher_cpu_seconds": time.process_time(),
            }
        )
