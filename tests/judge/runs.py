"""A run to vary: a small task that returned within every budget."""

from limerun.records import (
    Budget,
    DatasetSummary,
    Memory,
    Output,
    Queries,
    Run,
    Series,
    Task,
    Transactions,
)

MB = 1_000_000

BUDGET = Budget(
    memory_bytes=200 * MB,
    idle_baseline_bytes=200 * MB,
    duration_seconds=None,
    queries_per_row=None,
)
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


def a_memory(task_bytes: int | None = 10 * MB) -> Memory:
    return Memory(
        baseline_bytes=50 * MB,
        sampled_peak_bytes=60 * MB,
        high_water_bytes=60 * MB,
        peak_bytes=60 * MB,
        task_bytes=task_bytes,
        handler_total_bytes=None if task_bytes is None else 200 * MB + task_bytes,
        largest_child_bytes=None,
        method="VmHWM, reset at the baseline",
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
