"""Whether the uncontended duration is the same on a quiet and on a busy machine."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from limerun.engine.local import LocalWorker
from limerun.engine.probes import calibrate
from limerun.judge.budget_checks import checks_of
from limerun.measure.contention import at_usual_speed
from limerun.measure.summary import summarize
from limerun.progress import Progress
from limerun.records import MachineSpeed, Run
from limerun.watcher.scheduling import SchedulingReader
from limerun.worker.task_thread import TaskThread
from tests.bench.contended_tasks import PORT, SEVERAL, SINGLE
from tests.bench.figures import figure, heading
from tests.bench.measuring import LAUNCH
from tests.builders import IDLE, OPENING, a_budget

TASKS = Path(__file__).with_name("contended_tasks.py")
LOOPS = 8
RUNS = 3
_MEMORY_BOUND = ("look_up_objects",)
_BUDGETS = (0.8, 1.25)
_SERVER = """
import http.server, time
class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    def do_GET(self):
        time.sleep(0.005)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
print(server.server_port, flush=True)
server.serve_forever()
"""
_NEAR = 1.1
"""Durations of the same task differ by so much on a quiet machine too."""


def contention() -> None:
    """Compare durations of the same tasks without and with busy loops beside them.

    `alone` means without our own loops: the load is what other programs add.
    """
    load = os.getloadavg()[0]
    heading(f"Uncontended duration, alone (load {load:.0f}) and beside {LOOPS} loops")
    with _distant_server() as port:
        _compare_all(port)
    _costs()


def _compare_all(port: int) -> None:
    changed = doubtful = 0
    worst_sum = 0.0
    usual = min(calibrate() for _ in range(RUNS))
    for task in (*SINGLE, *SEVERAL):
        quiet = _median_run(task, port)
        usual = min(usual, calibrate())
        with busy_loops(LOOPS):
            busy = _median_run(task, port)
            now = calibrate()
        _compare(task, quiet, busy)
        if now > usual:
            speed = MachineSpeed(now_seconds=now, usual_seconds=usual)
            busy = at_usual_speed(busy, speed)
        idle = quiet.uncontended_low_seconds or 0.0
        verdicts = [_verdicts(run, idle) for run in (quiet, busy)]
        for one, other in zip(*verdicts, strict=True):
            doubtful += other is None
            changed += None not in (one, other) and one != other
        worst_sum = max(worst_sum, *map(_sum_error, (quiet, busy)))
    figure(
        "verdicts changed, budgets at 0.8x and 1.25x", str(changed), "0", not changed
    )
    figure("  inconclusive beside the loops", str(doubtful), "", None)
    figure(
        "sum of the four parts against the duration",
        f"{worst_sum * 100:.2f} % off at most",
        "1 %",
        worst_sum <= 0.01,
    )


def _compare(task: str, quiet: Run, busy: Run) -> None:
    low, high = busy.uncontended_low_seconds, busy.uncontended_high_seconds
    idle = quiet.uncontended_high_seconds
    if low is None or high is None or not idle:
        figure(task, "contention is not measured", "", None)
        return
    wall = (busy.duration_seconds or 0.0) / (quiet.duration_seconds or 1.0)
    if task in SINGLE:
        ratio, most = high / idle, 0.15 if task in _MEMORY_BOUND else 0.10
        # A ratio that the CPU time has too shows a slower clock or shared caches.
        cpu = (busy.total_cpu_seconds or 0.0) / (quiet.total_cpu_seconds or 1.0)
        told = f"{ratio:.2f} (wall {wall:.1f}, CPU {cpu:.2f})"
        reached = low == high and abs(ratio - 1) <= most
        figure(f"{task}, {idle:.2f} s", told, f"within {most * 100:.0f} %", reached)
        return
    idle_low = quiet.uncontended_low_seconds or 0.0
    told = f"{low:.2f} to {high:.2f} s"
    contains = low <= idle * _NEAR and idle_low <= high * _NEAR
    alone = f"{task}, alone {idle_low:.2f} to {idle:.2f} s"
    figure(alone, told, "contains it", contains)


def _verdicts(run: Run, idle: float) -> list[bool | None]:
    budgets = (a_budget(duration=idle * share) for share in _BUDGETS)
    return [
        check.passed
        for budget in budgets
        for check in checks_of(budget, [run])
        if check.name == "duration.budget"
    ]


def _sum_error(run: Run) -> float:
    parts = (
        run.cpu_seconds,
        run.database_seconds,
        run.waiting_seconds,
        run.contention_seconds,
    )
    whole = run.duration_seconds or 1.0
    return abs(sum(each or 0.0 for each in parts) - whole) / whole


def _median_run(task: str, port: int) -> Run:
    runs = sorted(
        (_run(task, port) for _ in range(RUNS)), key=lambda run: run.judged_seconds or 0
    )
    return runs[RUNS // 2]


def _run(task: str, port: int) -> Run:
    environment = {**LAUNCH.environment, PORT: str(port)}
    launch = replace(LAUNCH, task=f"{TASKS}:{task}", environment=environment)
    with LocalWorker(launch, Progress()) as worker:
        worker.load()
        outcome = worker.run(OPENING)
    return summarize(outcome, idle_baseline_bytes=IDLE, source_rows=None)


@contextmanager
def busy_loops(count: int) -> Iterator[None]:
    """Keep this number of processes computing."""
    command = [sys.executable, "-c", "while True: pass"]
    # Linux shares the processors between sessions: each loop has one, like the worker.
    loops = [subprocess.Popen(command, start_new_session=True) for _ in range(count)]
    try:
        yield
    finally:
        for each in loops:
            each.kill()
        for each in loops:
            each.wait()


@contextmanager
def _distant_server() -> Iterator[int]:
    """Answer after 5 ms, like a server whose machine is not busy: with priority."""
    command = ["nice", "-n", "-20", sys.executable, "-c", _SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()


def _costs() -> None:
    thread = TaskThread()
    worker = _microseconds(thread.delay_ns)
    figure(
        "a reading in the worker, at most one in 2 ms",
        f"{worker:.1f} us, {worker / 20:.2f} %",
        "0.1 %",
        worker <= 2,
    )
    watched = SchedulingReader(os.getpid())
    watched.begin([], 0.0)
    watcher = _microseconds(lambda: watched.sample([], 0.0))
    figure(
        "a reading in the watcher, every 10 ms",
        f"{watcher:.1f} us, {watcher / 100:.2f} %",
        "",
        None,
    )


def _microseconds(read: Callable[[], object], times: int = 1000) -> float:
    """Return the median CPU time of a reading, in microseconds."""
    taken = []
    for _ in range(9):
        began = time.thread_time()
        for _ in range(times):
            read()
        taken.append((time.thread_time() - began) / times * 1e6)
    return statistics.median(taken)
