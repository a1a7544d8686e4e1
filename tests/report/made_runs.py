"""Two invented runs of the contract import: as the guide recommends it, and naive."""

import math
from collections.abc import Callable
from dataclasses import replace

from limerun.effects.digest import Fingerprint
from limerun.records import (
    LimeObjectCounts,
    LimetypeEffect,
    Location,
    Memory,
    Output,
    Queries,
    Run,
    Series,
    Statement,
    Transactions,
)
from tests.builders import MB, a_memory, a_run

GOOD = "fixtures/tasks/import_contracts.py"
NAIVE = "fixtures/tasks/import_contracts_naive.py"
BASELINE = 61_440_000
EXISTS = (
    "SELECT contract._id, contract.number, contract.name, contract.status "
    "FROM contract WHERE contract.number = ? ORDER BY contract._id"
)
INSERT = (
    "INSERT INTO contract (number, name, status, value, startdate, enddate, "
    "comment, company) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


def curve(
    seconds: float, peak_mb: float, shape: Callable[[float], float], points: int = 120
) -> Series:
    """Return memory over time; `shape` maps 0..1 to the share above the baseline."""
    shares = [index / (points - 1) for index in range(points)]
    scale = peak_mb / max(map(shape, shares))
    return Series(
        t_seconds=tuple(round(seconds * share, 3) for share in shares),
        rss_bytes=tuple(
            BASELINE + round(shape(share) * scale * MB) for share in shares
        ),
    )


def memory(task_mb: float, *, exact: bool = True, why: str | None = None) -> Memory:
    task = round(task_mb * MB)
    return replace(
        a_memory(task, baseline_bytes=BASELINE),
        sampled_peak_bytes=BASELINE + task - 120_000,
        exact=exact,
        why=why,
    )


STARTED = Output(
    stdout="",
    stderr="INFO import_contracts: Importing contracts from contracts.jsonl\n",
)


IMPORTED = {
    "company": LimetypeEffect(created=0, updated=0, deleted=0, fingerprint={}),
    "contract": LimetypeEffect(
        created=60_000,
        updated=0,
        deleted=0,
        fingerprint={
            name: str(Fingerprint(created=number, keys=number, values=number))
            for number, name in enumerate(("number", "name", "value", "company"), 1)
        },
    ),
}
"""The effect of the import, in a shortened form."""


def good_run() -> Run:
    """Return a run of the import as recommended: little memory, small batches."""
    return replace(
        a_run(),
        exit_status=0,
        result={"created": 60_000, "existing": 60_000},
        duration_seconds=38.42,
        cpu_user_seconds=34.9,
        cpu_system_seconds=1.6,
        memory=memory(27.3),
        rows_processed=120_000,
        queries=Queries(
            total=2_402, reads=1_202, writes=1_200, commits=1_200, distinct=4
        ),
        transactions=Transactions(count=1_200, median_objects=50.0, max_objects=50),
        lime_objects=LimeObjectCounts(
            max_alive=50, location=Location(file=GOOD, line=91, function="save")
        ),
        statements=(
            Statement(
                text=INSERT,
                calls=1_200,
                seconds=6.21,
                rows=60_000,
                location=Location(file=GOOD, line=101, function="save"),
            ),
            Statement(
                text="SELECT contract.number FROM contract",
                calls=1,
                seconds=0.19,
                rows=100_000,
                location=Location(file=GOOD, line=78, function="run_query"),
            ),
        ),
        commit_location=Location(file=GOOD, line=101, function="save"),
        series=curve(
            38.42,
            27.18,
            lambda x: (
                24.0 * min(1.0, x * 9) + 1.2 * (1 + math.sin(x * 57)) * (x > 0.11)
            ),
        ),
        worst_gap_seconds=0.0141,
        output=Output(
            stdout="",
            stderr=(
                "INFO import_contracts: Importing contracts from contracts.jsonl\n"
                "INFO import_contracts: Found 100000 contracts in Lime\n"
                "INFO import_contracts: Created 60000 contracts, 60000 existed already\n"
            ),
        ),
        database_seconds=6.4,
        database_wait_seconds=0.0,
    )


def naive_run() -> Run:
    """Return a run of the naive import: it keeps every row and sends a query for each."""
    return replace(
        good_run(),
        result={"created": 60_000, "existing": 60_000},
        duration_seconds=94.61,
        cpu_user_seconds=80.3,
        cpu_system_seconds=4.2,
        database_seconds=47.6,
        database_wait_seconds=0.0,
        memory=memory(268.4),
        queries=Queries(
            total=120_512, reads=120_000, writes=512, commits=1, distinct=3
        ),
        transactions=Transactions(count=1, median_objects=60_000.0, max_objects=60_000),
        lime_objects=LimeObjectCounts(
            max_alive=120_000,
            location=Location(file=NAIVE, line=26, function="import_contracts"),
        ),
        statements=(
            Statement(
                text=EXISTS,
                calls=120_000,
                seconds=41.7,
                rows=60_000,
                location=Location(file=NAIVE, line=47, function="find_contract"),
            ),
            Statement(
                text=INSERT,
                calls=512,
                seconds=5.9,
                rows=60_000,
                location=Location(file=NAIVE, line=38, function="import_contracts"),
            ),
        ),
        commit_location=Location(file=NAIVE, line=38, function="import_contracts"),
        series=curve(
            94.61, 268.28, lambda x: 62 * min(1, x * 22) + 206 * max(0, x - 0.045)
        ),
        output=Output(
            stdout="",
            stderr=(
                "INFO import_contracts_naive: Importing contracts from contracts.jsonl\n"
                "INFO import_contracts_naive: Created 60000 of 120000 contracts\n"
            ),
        ),
    )
