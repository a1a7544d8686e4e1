"""Turn counts and checks into findings according to the guide's rules. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from limerun.judge.budget_checks import queries_per_row
from limerun.judge.effect import running_findings
from limerun.judge.remedies.suggest_queries import BATCHED
from limerun.records import (
    Budget,
    Check,
    DatasetSummary,
    Finding,
    Level,
    Location,
    Run,
    Statement,
    Task,
    Transactions,
)
from limerun.records.rules import make_finding, place_of
from limerun.records.statement_text import shortened, write_of
from limerun.units import format_count, format_duration, format_size

GUIDE_BATCH = 50  # the guide, section 2: "around 50 objects per transaction"
LARGE_BATCH = 10 * GUIDE_BATCH
MANY_OBJECTS = 10_000  # about 10 MB: the guide names 100 MB for 100,000
PER_ROW = 0.5  # statements that a line sends per row: at least one for every second row
PER_ROW_INSIDE = 0.1  # the same limit for a line in a loop over other rows
ENOUGH_CALLS = 100
FEW_OBJECTS = 10  # objects per commit; a fifth of the guide's batch


def findings_of(
    *,
    task: Task,
    dataset: DatasetSummary | None,
    production_rows: Mapping[str, int],
    budget: Budget,
    runs: Sequence[Run],
    checks: Sequence[Check],
) -> tuple[Finding, ...]:
    """Return the findings, errors first; each is backed by a figure."""
    if not runs:
        return ()
    run = max(runs, key=lambda each: each.memory.task_bytes or 0)
    found = [
        *_exceeded(task, run, checks),
        *_idle_baseline(task, budget, run),
        *_objects(run, checks),
        *_batches(run),
        *_queries(task, run, checks),
        *_size(dataset, production_rows),
        *running_findings(task, runs),
    ]
    order: dict[Level, int] = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted(found, key=lambda finding: order[finding.level]))


def _exceeded(task: Task, run: Run, checks: Sequence[Check]) -> Iterator[Finding]:
    place = place_of(task)
    for check in checks:
        # `_queries` reports speed.queries, with the line that sends the queries.
        if check.passed is not False or check.actual is None:
            continue
        if check.name == "memory.task":
            yield make_finding(
                check.name,
                "error",
                "The task uses more memory than its budget",
                f"It used {format_size(check.actual)} above the idle worker; "
                f"the budget is {format_size(check.limit)}.",
                place,
            )
        elif check.name == "limits.task":
            yield make_finding(
                check.name,
                "error",
                f"The task {check.why}",
                f"The limit of {format_duration(check.limit)} is set by the task or its "
                "handler; production enforces it too.",
                place,
            )
        elif check.name == "duration.budget":
            yield make_finding(
                check.name,
                "error",
                "The task takes longer than its budget",
                f"{_took(run)} {format_duration(check.actual)}; "
                f"the budget is {format_duration(check.limit)}.",
                place,
            )


def _took(run: Run) -> str:
    return "It took" if run.stopped_early is None else "It would take at least"


def _idle_baseline(task: Task, budget: Budget, run: Run) -> Iterator[Finding]:
    baseline = run.memory.baseline_bytes
    if baseline is not None and baseline > budget.idle_baseline_bytes:
        place = Location(file=task.file, line=1) if task.file else None
        yield make_finding(
            "memory.handler",
            "warning",
            "The idle worker uses more memory than its budget",
            f"With the task's module imported, it uses {format_size(baseline)} "
            f"before the task starts; `budget.idle_baseline` is "
            f"{format_size(budget.idle_baseline_bytes)}.",
            place,
        )


def _objects(run: Run, checks: Sequence[Check]) -> Iterator[Finding]:
    objects = run.lime_objects
    if objects is None or objects.max_alive < MANY_OBJECTS:
        return
    too_much = any(
        check.name == "memory.task" and check.passed is False for check in checks
    )
    yield make_finding(
        "memory.objects",
        "error" if too_much else "warning",
        "Too many Lime objects are kept in memory",
        f"{format_count(objects.max_alive)} Lime objects were in memory at once.",
        objects.location,
    )


def _batches(run: Run) -> Iterator[Finding]:
    transactions = run.transactions
    if transactions is None:
        return
    if transactions.max_objects > LARGE_BATCH:
        yield make_finding(
            "memory.batches",
            "warning",
            "Too many objects in one commit",
            f"The largest transaction wrote {format_count(transactions.max_objects)} "
            f"objects; the guide recommends about {GUIDE_BATCH}.",
            run.commit_location,
        )
    elif _is_commit_per_row(run, transactions):
        few = transactions.median_objects or 0
        yield make_finding(
            "memory.batches",
            "warning",
            (
                "One commit for each object"
                if few <= 1
                else "One commit for every few objects"
            ),
            f"{format_count(transactions.count)} transactions, most with "
            f"{format_count(few)} object{'s' * (few > 1)}; the guide recommends about "
            f"{GUIDE_BATCH} objects per transaction.",
            run.commit_location,
        )


def _is_commit_per_row(run: Run, transactions: Transactions) -> bool:
    """Return whether the task commits for each row instead of for each batch.

    A batch of many rows with few changes also writes few objects. So more than one
    object per commit counts only if there are about as many commits as rows.
    """
    few = transactions.median_objects
    if transactions.count <= ENOUGH_CALLS or not few:
        return False
    rows = run.rows_processed or run.rows_high
    return few == 1 or (
        few <= FEW_OBJECTS and (not rows or transactions.count >= rows / FEW_OBJECTS)
    )


def _queries(task: Task, run: Run, checks: Sequence[Check]) -> Iterator[Finding]:
    exceeded = [c for c in checks if c.name == "speed.queries" and c.passed is False]
    level: Level = "error" if exceeded else "warning"
    per_row = _slowest_read_per_row(run)
    if per_row is not None:
        rows = run.rows_processed or run.rows_high
        often = not rows or per_row.calls >= PER_ROW * rows
        yield make_finding(
            "speed.queries",
            level,
            "One query for each row" if often else "Queries grow with the rows",
            f"This line sent {format_count(per_row.calls)} queries"
            f"{_for_rows(per_row, run)}, {format_duration(per_row.seconds)} in total: "
            f"{shortened(per_row.text)}{_call_path(per_row, task)}",
            per_row.location,
        )
    elif exceeded and (rate := queries_per_row(run)) is not None:
        most = max(run.statements, key=lambda each: each.calls, default=None)
        finding = make_finding(
            "speed.queries",
            level,
            "The task sends more queries per row than its budget",
            f"{rate:.3g} queries per row; the budget is {exceeded[0].limit:g}."
            f"{_call_path(most, task)}",
            most.location if most is not None else None,
        )
        write = write_of(most.text) if most is not None else None
        yield replace(finding, advice=BATCHED[write]) if write else finding


def _for_rows(statement: Statement, run: Run) -> str:
    rows = run.rows_processed or run.rows_high
    if not rows:
        return ", inside a loop over other rows"
    at_most, at_least = ("", "") if run.rows_processed else ("at most ", "at least ")
    return (
        f" for {at_most}{format_count(rows)} rows, "
        f"{at_least}{statement.calls / rows:.2g} per row"
    )


def _call_path(statement: Statement | None, task: Task) -> str:
    """Return the calls from the task to the line; "" if it is in the task itself."""
    if statement is None or statement.location is None:
        return ""
    steps = []
    for each in (statement.location, *statement.called_from):
        if not (each.function or "").startswith("<"):  # such as a list comprehension
            steps.append(each)
        if each.file == task.file and each.function == task.name.rpartition(".")[2]:
            break
    *through, first = steps or [statement.location]
    if not through:
        return ""
    called = ", called from "
    shown = called.join(f"{_line(each)} in {each.function}" for each in through)
    return f" ({shown}{called}{_line(first)})"


def _line(location: Location) -> str:
    return f"{PurePath(location.file).name}:{location.line}"


def _slowest_read_per_row(run: Run) -> Statement | None:
    """Return the slowest of the reads that are repeated for each input row."""
    rows = run.rows_processed or run.rows_high
    committing = {each.location for each in run.statements if not _reads(each)}
    repeated = [
        statement
        for statement in run.statements
        if statement.calls >= ENOUGH_CALLS
        and statement.location not in committing  # reads that belong to a commit
        and _reads(statement)
        and _follows_rows(statement, rows)
    ]
    return max(repeated, key=lambda statement: statement.seconds, default=None)


def _follows_rows(statement: Statement, rows: int | None) -> bool:
    if not rows:
        return statement.for_each_row
    if statement.for_each_row:
        return statement.calls > PER_ROW_INSIDE * rows
    return statement.calls >= PER_ROW * rows


def _reads(statement: Statement) -> bool:
    return statement.rows is None


def _size(
    dataset: DatasetSummary | None, production_rows: Mapping[str, int]
) -> Iterator[Finding]:
    made = dict(dataset.rows) if dataset is not None else {}
    smaller = [
        f"{limetype} {format_count(made.get(limetype, 0))} of {format_count(rows)}"
        for limetype, rows in production_rows.items()
        if made.get(limetype, 0) < rows
    ]
    if smaller:
        yield make_finding(
            "duration.size",
            "warning",
            "The dataset is smaller than production",
            f"Rows in the dataset and in production: {', '.join(smaller)}.",
            None,
        )
