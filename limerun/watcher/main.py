"""Start the worker, take its baseline, watch it run, and see that all of it ends.

Takes one order and then messages for the worker on stdin, gives events on
stdout, a JSON line each:

| event      | carries                                                              |
| ---------- | -------------------------------------------------------------------- |
| (worker's) | what the worker says, unchanged                                       |
| `born`     | the worker's pid                                                      |
| `baseline` | idle RSS, whether it was flat, whether the peak could be reset        |
| `samples`  | [seconds, the tree's RSS] each                                        |
| `killed`   | why the watcher killed it                                             |
| `ended`    | exit status or signal, the kernel's account, last high-water mark     |

Seconds are those of the monotonic clock, which all processes share.
"""

import select
import signal
import time

from limerun.watcher import host
from limerun.watcher.lines import LineReader, Message, write_message
from limerun.watcher.process import (
    WorkerProcess,
    end_deadline,
    inherited_peak_bytes,
    kill_all_left,
    reap_orphans,
)
from limerun.watcher.procfs import Gone
from limerun.watcher.tree import Tree
from limerun.worker import protocol

_FLAT_BYTES = 250_000
_FLAT_READINGS = 5
_FLAT_INTERVAL = 0.025
_FLAT_DEADLINE = 2.0
_FLUSH_SECONDS = 0.1
_HOST_SECONDS = 0.25
_FLAT_STRETCH = 3  # a wake-up costs 75 us of CPU, far more than the reading
_NEAR_LIMIT = 0.8
_NEAR_INTERVAL = 0.002
_POLL_INTERVAL = 0.01  # where the end of a process is no event


def main() -> None:
    """Obey one order."""
    # Ctrl-C is the CLI's to handle; it says stop, or closes our stdin.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    commands = LineReader(0)
    waiting: list[Message] = []
    while not waiting and not commands.ended:
        waiting = commands.read()
    if waiting:
        _Watch(waiting[0], commands).run(waiting[1:])


class _Watch:
    def __init__(self, order: Message, commands: LineReader) -> None:
        self._order = order
        self._interval: float = order["sampling_seconds"]
        self._launcher_bytes = inherited_peak_bytes()
        self._oom_kills = host.oom_kills()
        self._process = WorkerProcess(order)
        self._tree = Tree(self._process.pid)
        self._commands = commands
        self._answers = LineReader(self._process.answer_fd)
        self._poller = select.poll()
        for fd in (commands.fd, self._answers.fd, self._process.exit_fd):
            if fd is not None:
                self._poller.register(fd, select.POLLIN)
        self._samples: list[tuple[float, int]] = []
        self._high_water = 0
        self._baseline = 0
        self._flat_bytes = self._flat_samples = 0
        self._ready = self._running = self._exited = False
        self._killed: str | None = None
        self._next_flush = self._next_host = 0.0

    def run(self, waiting: list[Message]) -> None:
        """Go through the worker's whole life."""
        self._say({"event": "born", "pid": self._process.pid})
        for command in waiting:
            self._obey(command)
        while not (self._ready or self._exited):
            self._pump(_POLL_INTERVAL)
            self._protect_host(time.monotonic())
        if self._ready:
            self._take_baseline()
        if self._running:
            self._sample_until_done()
        while not self._exited:
            self._pump(_POLL_INTERVAL)
            self._protect_host(time.monotonic())
        self._end()

    # --- messages ---------------------------------------------------------------

    def _pump(self, seconds: float) -> None:
        """Wait so long at most, and deal with whatever comes first."""
        for fd, _ in self._poller.poll(max(0.0, seconds * 1000)):
            if fd == self._commands.fd:
                self._read_commands()
            elif fd == self._answers.fd:
                self._read_answers()
            else:
                self._exited = True
        if self._process.exit_fd is None and self._process.has_ended():
            self._exited = True
        while self._exited and not self._answers.ended and self._has_answer():
            self._read_answers()  # what it said last

    def _read_commands(self) -> None:
        for command in self._commands.read():
            self._obey(command)
        if self._commands.ended:  # the CLI is gone
            self._poller.unregister(self._commands.fd)
            self._kill("interrupted")

    def _read_answers(self) -> None:
        for answer in self._answers.read():
            self._pass_on(answer)
        if self._answers.ended:
            self._poller.unregister(self._answers.fd)

    def _has_answer(self) -> bool:
        return bool(select.select([self._answers.fd], [], [], 0)[0])

    def _obey(self, command: Message) -> None:
        if "stop" in command:
            self._kill(str(command["stop"]))
        else:
            write_message(self._process.command_fd, command)

    def _pass_on(self, answer: Message) -> None:
        event = answer["event"]
        if event == protocol.DONE:
            self._finish()
        if event == protocol.READY:
            self._ready = True
        self._say(answer)

    def _say(self, message: Message) -> None:
        write_message(1, message)

    # --- measuring --------------------------------------------------------------

    def _take_baseline(self) -> None:
        """Wait until the idle worker is flat; reset its peak; let it go."""
        readings: list[int] = []
        deadline = time.monotonic() + _FLAT_DEADLINE
        flat = False
        try:
            while not flat and not self._exited and time.monotonic() < deadline:
                rss = self._tree.worker.rss_bytes()
                readings = [*readings, rss][-_FLAT_READINGS:]
                flat = (
                    len(readings) == _FLAT_READINGS
                    and max(readings) - min(readings) <= _FLAT_BYTES
                )
                if not flat:
                    self._pump(_FLAT_INTERVAL)
            reset_error = (
                self._tree.worker.reset_high_water()
                if self._order["reset"]
                else "not asked for"
            )
            self._baseline = self._tree.rss_bytes(time.monotonic())
            self._high_water = self._tree.worker.high_water_bytes()
        except Gone:
            return
        self._say(
            {
                "event": "baseline",
                "rss_bytes": self._baseline,
                "high_water_bytes": self._high_water,
                "flat": flat,
                "reset_error": reset_error,
            }
        )
        self._running = True
        write_message(self._process.command_fd, {"event": protocol.GO})

    def _sample_until_done(self) -> None:
        timeout = self._order["timeout_seconds"]
        started = time.monotonic()
        deadline = None if timeout is None else started + timeout
        following = started
        while self._running and not self._exited:
            now = time.monotonic()
            if now < following:
                self._pump(following - now)
                continue
            task_bytes = self._note(now)
            if deadline is not None and now >= deadline:
                self._kill("timeout")
            self._protect_host(now)
            following = max(now, following + self._guard(task_bytes))
        self._flush()

    def _note(self, now: float) -> int:
        """Take one sample; return what the task adds to the baseline."""
        try:
            total = self._tree.rss_bytes(now)
        except Gone:
            return 0
        self._samples.append((now, total))
        if now >= self._next_flush:
            self._next_flush = now + _FLUSH_SECONDS
            self._read_mark()
            self._flush()
        return total - self._baseline

    def _read_mark(self) -> None:
        """Read the high-water mark; what has ended keeps its last one."""
        try:
            self._high_water = self._tree.worker.high_water_bytes()
        except Gone:
            return

    def _guard(self, task_bytes: int) -> float:
        """Kill at the cloud's limit; return the time to the next sample.

        That is shorter near the limit, and longer while memory is flat: the peak
        is the kernel's, the samples draw the curve.
        """
        limit = self._order["kill_task_bytes"]
        if limit is not None:
            if task_bytes > limit:
                self._kill("cloud_limit")
            if task_bytes > _NEAR_LIMIT * limit:
                return min(self._interval, _NEAR_INTERVAL)
        if abs(task_bytes - self._flat_bytes) > _FLAT_BYTES:
            self._flat_bytes, self._flat_samples = task_bytes, 0
        self._flat_samples += 1
        if self._flat_samples > _FLAT_READINGS:
            return self._interval * _FLAT_STRETCH
        return self._interval

    def _protect_host(self, now: float) -> None:
        if now < self._next_host:
            return
        self._next_host = now + _HOST_SECONDS
        available = host.available_bytes()
        if available is not None and available < self._order["reserve_bytes"]:
            self._kill("host_memory")

    def _finish(self) -> None:
        """Take the last reading while the worker waits, then let it tell."""
        self._note(time.monotonic())
        self._read_mark()
        self._flush()
        self._running = False
        write_message(self._process.command_fd, {"event": protocol.TELL})

    def _flush(self) -> None:
        if self._samples:
            self._say({"event": "samples", "samples": self._samples})
            self._samples = []

    # --- the end ----------------------------------------------------------------

    def _kill(self, why: str) -> None:
        if self._killed is None and not self._exited:
            self._killed = why
            self._read_mark()
            self._process.kill()
            self._say({"event": "killed", "why": why, "seconds": time.monotonic()})

    def _end(self) -> None:
        account = self._process.reap()
        deadline = end_deadline()
        while time.monotonic() < deadline:
            kill_all_left(self._tree.pids())
            if not reap_orphans():
                break
            time.sleep(0.002)
        self._say(
            {
                "event": "ended",
                **account,
                "killed": self._killed,
                "seconds": time.monotonic(),
                "high_water_bytes": self._high_water,
                "largest_child_bytes": self._tree.largest_child_bytes,
                "launcher_bytes": self._launcher_bytes,
                "oom_kills": host.oom_kills() - self._oom_kills,
                "watcher_cpu_seconds": time.process_time(),
            }
        )
