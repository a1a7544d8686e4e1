"""Builders of ordinary records, for all tests.

A run is that of a small task that returned within every budget. A test changes what it
is about with `dataclasses.replace` or with the builder's arguments.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from limerun.records import (
    Budget,
    BudgetLevel,
    Check,
    DatabaseInfluence,
    DatabaseRun,
    DatasetSummary,
    Finding,
    GrowthRun,
    HotLine,
    InstrumentName,
    InstrumentOrder,
    InstrumentResult,
    Level,
    Location,
    LogCall,
    LogLine,
    Memory,
    Opening,
    Outcome,
    Output,
    Prediction,
    Processes,
    Queries,
    Run,
    RunLog,
    Scheduling,
    Series,
    StatementUse,
    Task,
    Transactions,
)
from limerun.worker.protocol import COUNTERS

if TYPE_CHECKING:
    from limerun.measure.growth.size_points import RunsAtSizes

MB = 1_000_000
IDLE = 200 * MB
UNITS: Mapping[str, Any] = {
    "duration.budget": "seconds",
    "speed.queries": "queries/row",
}
EXACT = "VmHWM, reset at the baseline"
SIZES = tuple(1_000 * 2**k for k in range(7))
CALIBRATION = 0.010

TASK = Task(
    name="import_contracts",
    file="tasks/imports.py",
    line=12,
    parameters={},
    kind="lime",
)
DATASET = DatasetSummary(
    seed=1,
    locale="sv_SE",
    fingerprint="0" * 64,
    rows={"company": 10, "contract": 100},
    total_rows=110,
    sources={},
    seconds=0.1,
    cached=False,
)
OPENING = Opening(
    parameters={},
    database=None,
    limetypes={},
    latency_seconds=0,
    source_files=(),
    rows_total=None,
)
LINE = Location(file="t.py", line=3, function="find")
USE = StatementUse(
    text="SELECT contract.id FROM contract WHERE contract.number = ?",
    location=LINE,
    reads=True,
    calls=1000,
    seconds=2.0,
    rows_read=500,
    rows_written=None,
    smaller_calls=500,
    per_row=1.0,
    repeats=0,
    transactions=1,
)
NO_PROCESSES = Processes(
    started=False,
    largest_bytes=0,
    low_bytes=0,
    high_bytes=0,
    unread_peak_bytes=0,
    baseline_bytes=0,
    huge_bytes=0,
    orphans_cpu_seconds=0.0,
    unmapped_bytes=0,
)


SCHEDULING = Scheduling(
    thread_cpu_seconds=0.0,
    thread_delay_seconds=0.0,
    alone_delay_seconds=0.0,
    others_cpu_seconds=0.0,
    others_delay_seconds=0.0,
    busiest_cpu_seconds=0.0,
    unread_seconds=0.0,
    complete=True,
    cpus=2,
    steal_seconds=0.0,
)
"""Of a task with one thread on a quiet machine."""


# --- plans ------------------------------------------------------------------------


def a_budget(
    *,
    memory: int = 200 * MB,
    idle: int = IDLE,
    duration: float | None = None,
    queries: float | None = None,
    levels: Mapping[str, BudgetLevel] | None = None,
) -> Budget:
    return Budget(
        memory_bytes=memory,
        idle_baseline_bytes=idle,
        duration_seconds=duration,
        queries_per_row=queries,
        levels=levels or {},
    )


BUDGET = a_budget()


# --- runs -------------------------------------------------------------------------


def a_memory(
    task_bytes: int | None = 10 * MB, *, baseline_bytes: int = 50 * MB
) -> Memory:
    """Return the memory of a run; None: the task memory was not measured."""
    peak = baseline_bytes + (task_bytes or 0)
    return Memory(
        baseline_bytes=baseline_bytes,
        sampled_peak_bytes=peak,
        high_water_bytes=peak,
        peak_bytes=peak,
        task_bytes=task_bytes,
        task_low_bytes=task_bytes,
        task_high_bytes=task_bytes,
        handler_total_bytes=None if task_bytes is None else IDLE + task_bytes,
        largest_child_bytes=None,
        method=EXACT,
        exact=True,
    )


def a_run(task_bytes: int | None = 10 * MB) -> Run:
    return Run(
        ending="returned",
        killed_because=None,
        exit_status=None,
        signal=None,
        error=None,
        result=None,
        duration_seconds=30.0,
        cpu_user_seconds=20.0,
        cpu_system_seconds=1.0,
        memory=a_memory(task_bytes),
        rows_processed=1000,
        queries=Queries(total=50, reads=10, writes=40, commits=20, distinct=3),
        transactions=Transactions(count=20, median_objects=50, max_objects=50),
        lime_objects=None,
        statements=(),
        commit_location=None,
        series=Series(t_seconds=(0.0, 1.0), rss_bytes=(50 * MB, 60 * MB)),
        worst_gap_seconds=0.011,
        output=Output(stdout="", stderr=""),
        platform="stand-in",
    )


def a_log(lines: int = 3, *, message: str = "row 1") -> RunLog:
    """Return the log of a task that logs its start, one line per row, and its end."""
    first, row, last = (
        LogLine(
            seconds=at,
            level="INFO",
            logger="imports",
            message=text,
            location=Location(file="tasks/imports.py", line=line, function="run"),
        )
        for at, text, line in (
            (0.0, "begins", 14),
            (1.0, message, 17),
            (9.0, "done", 19),
        )
    )
    repeated = LogCall(
        count=lines - 2,
        level=row.level,
        logger=row.logger,
        message=message,
        location=row.location,
    )
    return RunLog(
        lines=lines,
        by_level={"INFO": lines},
        by_logger={"imports": lines},
        first=(first, row, last) if lines == 3 else (first, row, row),
        last=() if lines == 3 else (row, last),
        repeated=(repeated,) if lines > 3 else (),
        info_lines=lines,
        before_rows=1,
        after_rows=1,
        unkept_lines=0,
        seconds=0.01,
    )


def with_times(run: Run, contention: float | None = 0.0) -> Run:
    """Return a run whose duration is divided into parts.

    Args:
        run: It has its duration, CPU time, and time in the database.
        contention: None: the system does not say.
    """
    if run.duration_seconds is None or run.total_cpu_seconds is None:
        return run
    left = run.duration_seconds - (contention or 0.0)
    database = min(left, run.database_seconds or 0.0)
    computed = database - (run.database_wait_seconds or 0.0)
    cpu = min(left - database, max(0.0, run.total_cpu_seconds - computed))
    uncontended = None if contention is None else left
    return replace(
        run,
        cpu_seconds=cpu,
        waiting_seconds=left - database - cpu,
        contention_seconds=contention,
        uncontended_seconds=uncontended,
        uncontended_low_seconds=uncontended,
        uncontended_high_seconds=uncontended,
    )


def an_outcome(
    *,
    baseline: int = 50,
    samples: Sequence[int] = (50, 60),
    high_water: int = 60,
    **counters: int,
) -> Outcome:
    """Return an outcome; memory in MB, samples 10 ms apart from second 100 on."""
    return Outcome(
        ending="returned",
        killed_because=None,
        exit_status=None,
        signal=None,
        error=None,
        result=None,
        started_at=100.0,
        ended_at=102.0,
        duration_seconds=2.0,
        cpu_user_seconds=1.5,
        cpu_system_seconds=0.1,
        baseline_bytes=baseline * MB,
        baseline_high_water_bytes=baseline * MB,
        baseline_flat=True,
        reset_error=None,
        sample_at=tuple(100 + 0.01 * i for i in range(len(samples))),
        sample_bytes=tuple(size * MB for size in samples),
        high_water_bytes=high_water * MB,
        read_at_end=True,
        mark_fell=False,
        processes=NO_PROCESSES,
        children_peak_bytes=0,
        children_cpu_seconds=0.0,
        maxrss_bytes=0,
        launcher_bytes=12 * MB,
        counters={**dict.fromkeys(COUNTERS, 0), **counters},
        distinct_statements=None,
        statements=(),
        transaction_sizes=(),
        commit_location=None,
        objects_location=None,
        instrument=None,
        output=Output(stdout="", stderr=""),
        platform=None,
        watcher_cpu_seconds=0.01,
    )


# --- under an instrument ------------------------------------------------------------


def an_order(name: InstrumentName, folder: Path, **changed: Any) -> InstrumentOrder:
    plain = InstrumentOrder(
        name=name,
        title="t.py:go",
        folder=folder,
        stop_after_seconds=None,
        stop_above_bytes=None,
        interval_seconds=0.001,
        durable=False,
    )
    return replace(plain, **changed)


def a_hot_line(
    share: float,
    location: Location = LINE,
    amount: float = 1.0,
    *,
    calls: int | None = None,
    text: str = "if x in y:",
) -> HotLine:
    return HotLine(
        location=location, amount=amount, share=share, calls=calls, text=text
    )


def an_instrument(
    name: InstrumentName, *lines: HotLine, **changed: Any
) -> InstrumentResult:
    plain = InstrumentResult(
        name=name,
        tool="pyinstrument",
        unit="bytes" if name == "memory" else "seconds",
        total=2.0,
        lines=lines,
        duration_seconds=2.0,
        slowdown=1.5,
    )
    return replace(plain, **changed)


# --- at rising sizes --------------------------------------------------------------


def a_growth_run(rows: int = 10, seconds: float = 0.2, **changed: Any) -> GrowthRun:
    """Return a run with this CPU time that sent nothing to a database."""
    figures: dict[str, Any] = {
        "rows": rows,
        "duration_seconds": seconds,
        "cpu_seconds": seconds,
        "database_seconds": None,
        "task_bytes": 5 * MB,
        "rows_processed": rows,
        "queries": None,
        "commits": None,
        "calibration_seconds": CALIBRATION,
    }
    return GrowthRun(**figures | changed)


def growth_runs(  # noqa: PLR0913 - one law for each figure
    cpu: Callable[[int], float],
    *,
    sizes: Sequence[int] = SIZES,
    repeats: int = 3,
    noise: float = 0.0,
    seed: int = 1,
    memory: Callable[[int], float] = lambda n: 5 * MB,
    database: Callable[[int], float] = lambda n: 0.0,
    wait: Callable[[int], float] = lambda n: 0.0,
    queries: Callable[[int], int] | None = None,
) -> tuple[GrowthRun, ...]:
    """Return runs that follow a law of growth; noise only adds, as on a real machine."""
    drawn = random.Random(seed)
    runs = []
    for _ in range(repeats):
        for n in sizes:
            slower = 1 + noise * drawn.expovariate(1.0)
            run = a_growth_run(
                n,
                duration_seconds=(cpu(n) + database(n) + wait(n)) * slower,
                cpu_seconds=cpu(n) * slower,
                database_seconds=database(n) * slower,
                task_bytes=round(memory(n)),
                queries=None if queries is None else queries(n),
                commits=None if queries is None else 1,
            )
            runs.append(run)
    return tuple(runs)


def runs_at_sizes(runs: tuple[GrowthRun, ...], to_rows: int) -> "RunsAtSizes":
    # Imported here, as some environments of tests/lime do not have numpy.
    from limerun.measure.growth.size_points import RunsAtSizes

    return RunsAtSizes(
        grow="sources", to_rows=to_rows, within_seconds=120.0, seconds=60.0, runs=runs
    )


def a_database_influence(
    rows: int,
    to_rows: int,
    *,
    inputs: tuple[int, int] = (SIZES[0], SIZES[-2]),
    seconds: Callable[[int, float], float] = lambda n, d: 2e-5 * n,
    memory: Callable[[int, float], float] = lambda n, d: 5 * MB,
    queries: Callable[[int, float], float] | None = None,
) -> DatabaseInfluence:
    """Return runs with parts of a database of contracts, without slopes."""
    return DatabaseInfluence(
        limetype="contract",
        rows={"company": rows // 5, "contract": rows},
        to_rows={"company": to_rows // 5, "contract": to_rows},
        is_production=True,
        runs=tuple(
            DatabaseRun(
                share=share,
                run=a_growth_run(
                    n,
                    seconds(n, rows * share),
                    task_bytes=round(memory(n, rows * share)),
                    queries=queries and round(queries(n, rows * share)),
                ),
            )
            for n in inputs * 2
            for share in (0.25, 0.5, 1.0)
        ),
    )


def a_prediction(
    low: float, high: float, limit: float | None, name: str = "duration.budget"
) -> Prediction:
    return Prediction(
        name=name,
        unit=UNITS.get(name, "bytes"),
        low=low,
        likely=(low + high) / 2,
        high=high,
        measured=False,
        limit=limit,
    )


# --- checks -----------------------------------------------------------------------


def a_check(
    actual: float | None,
    limit: float,
    unit: Any = None,
    *,
    name: str = "memory.task",
    why: str = "?",
) -> Check:
    """Return a check that passed if the value is within its limit."""
    return Check(
        name=name,
        limit=limit,
        actual=actual,
        unit=unit or UNITS.get(name, "bytes"),
        passed=None if actual is None else actual <= limit,
        why=why,
    )


def a_finding(
    rule: str = "memory.task", level: Level = "error", title: str = "too much"
) -> Finding:
    return Finding(
        rule=rule,
        level=level,
        title=title,
        detail="200 % of it",
        advice="less",
        location=None,
        guide="2. Memory",
    )
