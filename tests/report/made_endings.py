"""Records of capacity tests, one for each way to end."""

from dataclasses import replace

from limerun.records import (
    LimeObjectCounts,
    Location,
    Output,
    Queries,
    RaisedError,
    Record,
    Transactions,
    Verdict,
)
from tests.builders import MB
from tests.report.made_base import base, check, finding, unended, with_prediction
from tests.report.made_runs import (
    EXISTS,
    GOOD,
    IMPORTED,
    NAIVE,
    STARTED,
    curve,
    good_run,
    memory,
    naive_run,
)


def passed() -> Record:
    record = base("configs/import-contracts.yaml")
    [run] = record.runs
    return replace(record, runs=(replace(run, effect=IMPORTED),))


def failed() -> Record:
    run = replace(naive_run(), effect=IMPORTED)
    record = base("configs/import-contracts-naive.yaml")
    rate = 120_512 / 120_000
    return replace(
        record,
        task=replace(record.task, file=NAIVE, line=14),
        verdict=Verdict.FAILED,
        exit_code=1,
        runs=(run,),
        checks=(
            check("memory.task", 268_400_000, 200 * MB, "over by 68.4 MB"),
            check("memory.handler", 468_400_000, 400 * MB, "over by 68.4 MB"),
            check("duration.budget", 94.61, 600.0, "8.4 min left"),
            check("speed.queries", rate, 0.1, "over by 0.904"),
        ),
        findings=(
            finding(
                "memory.task",
                "error",
                "The task uses more memory than its budget",
                "It used 268.4 MB above the idle worker; the budget is 200.0 MB.",
                Location(file=NAIVE, line=14),
            ),
            finding(
                "memory.objects",
                "error",
                "Too many Lime objects are kept in memory",
                "120,000 Lime objects were in memory at once.",
                Location(file=NAIVE, line=26, function="import_contracts"),
            ),
            finding(
                "speed.queries",
                "error",
                "One query for each row",
                "This line sent 120,000 queries for 120,000 rows, 1 per row, 41.7 s in total: "
                f"{EXISTS}",
                Location(file=NAIVE, line=47, function="find_contract"),
            ),
            finding(
                "memory.batches",
                "warning",
                "Too many objects in one commit",
                "The largest transaction wrote 60,000 objects; the guide recommends about "
                "50.",
                Location(file=NAIVE, line=38, function="import_contracts"),
            ),
        ),
    )


TRACEBACK = f"""Traceback (most recent call last):
  File "limerun/worker/main.py", line 88, in _run
    result = call()
             ^^^^^^
  File "{GOOD}", line 41, in import_contracts
    save(application, new, companies)
  File "{GOOD}", line 93, in save
    number=contract["number"],
           ~~~~~~~~^^^^^^^^^^
KeyError: 'number'
"""


def raised() -> Record:
    record = base("configs/import-contracts.yaml")
    run = replace(
        good_run(),
        ending="raised",
        exit_status=None,
        error=RaisedError(
            type="KeyError", message="'number'", traceback=TRACEBACK.strip()
        ),
        result=None,
        duration_seconds=12.06,
        database_seconds=2.0,
        database_wait_seconds=0.0,
        cpu_user_seconds=10.9,
        cpu_system_seconds=0.5,
        memory=memory(26.9),
        rows_processed=None,
        rows_low=37_300,
        rows_high=37_650,
        rows_why="the last rows read may not have been used",
        queries=Queries(total=755, reads=378, writes=377, commits=376, distinct=4),
        transactions=Transactions(count=376, median_objects=50.0, max_objects=50),
        series=curve(12.06, 26.78, lambda x: 24.0 * min(1.0, x * 3)),
        output=Output(
            stdout="",
            stderr=(
                "INFO import_contracts: Importing contracts from contracts.jsonl\n"
                "INFO import_contracts: Found 100000 contracts in Lime\n"
                "ERROR import_contracts: Row 37651 has no number: "
                '{"name": "Ramavtal 4711", "status": "active"}\n'
            ),
        ),
    )
    return replace(
        record,
        verdict=Verdict.ERROR,
        exit_code=3,
        runs=(run,),
        checks=unended(
            (
                check("memory.task", 26_900_000, 200 * MB, ""),
                check("memory.handler", 226_900_000, 400 * MB, ""),
                check("duration.budget", 12.06, 600.0, ""),
                check("speed.queries", 755 / 37_650, 0.1, ""),
            )
        ),
    )


def crashed() -> Record:
    record = raised()
    run = replace(
        record.runs[0],
        ending="crashed",
        signal="SIGSEGV",
        error=None,
        memory=memory(
            26.9,
            exact=False,
            why="it ended by itself: growth in its last moment may be missing",
        ),
        output=Output(
            stdout="",
            stderr=(
                "INFO import_contracts: Importing contracts from contracts.jsonl\n"
                "Fatal Python error: Segmentation fault\n\n"
                "Current thread 0x00007f6f2c1fb740 (most recent call first):\n"
                f'  File "{GOOD}", line 57 in read_contracts\n'
            ),
        ),
    )
    return replace(record, runs=(run,))


def killed() -> Record:
    record = base(
        "configs/import-contracts-naive.yaml", values={"environment": "cloud"}
    )
    run = replace(
        naive_run(),
        ending="killed",
        killed_because="cloud_limit",
        exit_status=None,
        signal="SIGKILL",
        result=None,
        output=STARTED,
        duration_seconds=66.3,
        database_seconds=33.1,
        database_wait_seconds=0.0,
        cpu_user_seconds=56.1,
        cpu_system_seconds=3.0,
        memory=memory(
            201.9,
            exact=False,
            why="it was killed: growth in its last moment may be missing",
        ),
        rows_processed=None,
        rows_low=83_500,
        rows_high=83_912,
        rows_why="the last rows read may not have been used",
        queries=Queries(total=83_912, reads=83_912, writes=0, commits=0, distinct=2),
        transactions=Transactions(count=0, median_objects=None, max_objects=0),
        lime_objects=LimeObjectCounts(
            max_alive=83_912,
            location=Location(file=NAIVE, line=26, function="import_contracts"),
        ),
        series=curve(
            66.3, 201.78, lambda x: 62 * min(1, x * 15) + 147 * max(0, x - 0.05)
        ),
    )
    found = failed().findings
    return replace(
        record,
        task=replace(record.task, file=NAIVE, line=14),
        verdict=Verdict.KILLED,
        exit_code=4,
        runs=(run,),
        checks=unended(
            (
                check("memory.task", 201_900_000, 200 * MB, "over by 1.9 MB"),
                check("memory.handler", 401_900_000, 400 * MB, "over by 1.9 MB"),
                check("duration.budget", 66.3, 600.0, ""),
                check("speed.queries", 1.0, 0.1, "over by 0.9"),
            )
        ),
        findings=(
            replace(
                found[0],
                detail="It used 201.9 MB above the idle worker; "
                "the budget is 200.0 MB.",
            ),
            replace(found[1], detail="83,912 Lime objects were in memory at once."),
        ),
    )


def timeout() -> Record:
    record = base(
        "configs/import-contracts-naive.yaml",
        values={"timeout": 60.0, "database.latency": 0.002},
    )
    run = replace(
        naive_run(),
        ending="timeout",
        killed_because="timeout",
        exit_status=None,
        signal="SIGKILL",
        result=None,
        output=STARTED,
        duration_seconds=60.0,
        database_seconds=12.5,
        database_wait_seconds=0.0,
        cpu_user_seconds=13.4,
        cpu_system_seconds=1.1,
        memory=memory(97.2),
        rows_processed=None,
        rows_low=21_000,
        rows_high=21_408,
        rows_why="the last rows read may not have been used",
        queries=Queries(total=21_408, reads=21_408, writes=0, commits=0, distinct=1),
        transactions=Transactions(count=0, median_objects=None, max_objects=0),
        lime_objects=LimeObjectCounts(max_alive=21_408, location=None),
        series=curve(
            60.0, 97.08, lambda x: 62 * min(1, x * 20) + 35 * max(0, x - 0.05)
        ),
    )
    found = failed().findings[2]
    ended = replace(
        record,
        task=replace(record.task, file=NAIVE, line=14),
        verdict=Verdict.TIMEOUT,
        exit_code=5,
        runs=(run,),
        checks=unended(
            (
                check("memory.task", 97_200_000, 200 * MB, ""),
                check("memory.handler", 297_200_000, 400 * MB, ""),
                check("duration.budget", 60.0, 600.0, ""),
                check("speed.queries", 1.0, 0.1, "over by 0.9"),
            )
        ),
        findings=(
            replace(
                found,
                detail="This line sent 21,408 queries for 21,408 rows, 1 per row, 44.9 s in "
                f"total: {EXISTS}",
            ),
        ),
    )
    return with_prediction(ended, 101.0, 203.0, 309.0, 21_408)


def interrupted() -> Record:
    record = raised()
    run = replace(
        record.runs[0],
        ending="killed",
        killed_because="interrupted",
        signal="SIGKILL",
        error=None,
        output=STARTED,
    )
    record = replace(record, verdict=Verdict.INCONCLUSIVE, exit_code=130, runs=(run,))
    return with_prediction(record, 19.4, 38.5, 58.2, 37_650)
