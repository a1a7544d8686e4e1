"""Tell what makes it so, from what was counted, by the guide's rules. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from limerun.judge.checks import queries_per_row
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
)
from limerun.rules import RULES_BY_ID
from limerun.statement_text import shortened
from limerun.units import format_count, format_duration, format_size

GUIDE_BATCH = 50  # the guide, section 2: "around 50 objects per transaction"
LARGE_BATCH = 10 * GUIDE_BATCH
MANY_OBJECTS = 10_000  # about 10 MB by the guide's 100 MB for 100,000
PER_ROW = 0.5  # statements of one line for each row: half the rows ask
ENOUGH_CALLS = 100


def findings_of(
    *,
    task: Task,
    dataset: DatasetSummary | None,
    production_rows: Mapping[str, int],
    budget: Budget,
    runs: Sequence[Run],
    checks: Sequence[Check],
) -> tuple[Finding, ...]:
    """Return the findings, errors first; none without a figure behind it."""
    if not runs:
        return ()
    run = max(runs, key=lambda each: each.memory.task_bytes or 0)
    found = [
        *_exceeded(task, run, checks),
        *_idle_baseline(task, budget, run),
        *_objects(run, checks),
        *_batches(run),
        *_queries(run, checks),
        *_size(dataset, production_rows),
    ]
    order: dict[Level, int] = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted(found, key=lambda finding: order[finding.level]))


def make_finding(
    rule_id: str,
    level: Level,
    title: str,
    detail: str,
    location: Location | None,
) -> Finding:
    """Return a finding, with the advice and the section of its rule."""
    rule = RULES_BY_ID[rule_id]
    return Finding(
        rule=rule_id,
        level=level,
        title=title,
        detail=detail,
        advice=rule.advice,
        location=location,
        guide=rule.section,
    )


def _exceeded(task: Task, run: Run, checks: Sequence[Check]) -> Iterator[Finding]:
    place = None
    if task.file is not None and task.line is not None:
        place = Location(file=task.file, line=task.line)
    for check in checks:
        # Queries have a finding of their own, with the line that sends them.
        if check.passed is not False or check.actual is None:
            continue
        if check.name == "memory.task":
            yield make_finding(
                check.name,
                "error",
                "The task takes more memory than its budget",
                f"It took {format_size(check.actual)} above the idle worker; "
                f"the budget is {format_size(check.limit)}.",
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
            "The idle worker alone is larger than the idle task handler may be",
            f"With the task's module imported it takes {format_size(baseline)} "
            f"before the task begins; `budget.idle_baseline` is "
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
        "Lime objects are kept instead of let go",
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
            f"objects; the guide says about {GUIDE_BATCH}.",
            run.commit_location,
        )
    elif transactions.count > ENOUGH_CALLS and transactions.median_objects == 1:
        yield make_finding(
            "memory.batches",
            "warning",
            "Every object has a commit of its own",
            f"{format_count(transactions.count)} transactions, most of one object "
            f"each; the guide says about {GUIDE_BATCH} objects a transaction.",
            run.commit_location,
        )


def _queries(run: Run, checks: Sequence[Check]) -> Iterator[Finding]:
    exceeded = [c for c in checks if c.name == "speed.queries" and c.passed is False]
    level: Level = "error" if exceeded else "warning"
    per_row = _asked_per_row(run)
    if per_row is not None:
        # What a reader has taken ahead counts as read: known is only what it is at most.
        most = "" if run.ending == "returned" else "at most "
        rows = run.rows_processed or 1
        yield make_finding(
            "speed.queries",
            level,
            "One query for each row",
            f"This line sent {format_count(per_row.calls)} queries for "
            f"{most}{format_count(rows)} rows, {format_duration(per_row.seconds)} in all: "
            f"{shortened(per_row.text)}",
            per_row.location,
        )
    elif exceeded and (rate := queries_per_row(run)) is not None:
        yield make_finding(
            "speed.queries",
            level,
            "More queries for each row than the budget",
            f"{rate:.3g} queries a row; the budget is {exceeded[0].limit:g}.",
            run.statements[0].location if run.statements else None,
        )


def _asked_per_row(run: Run) -> Statement | None:
    if not run.rows_processed:
        return None
    least = max(ENOUGH_CALLS, PER_ROW * run.rows_processed)
    committing = {each.location for each in run.statements if not _reads(each)}
    asking = [
        statement
        for statement in run.statements
        if statement.calls >= least
        and statement.location not in committing  # what a commit reads is its own
        and _reads(statement)
    ]
    return max(asking, key=lambda statement: statement.seconds, default=None)


def _reads(statement: Statement) -> bool:
    return statement.text.lstrip(" (")[:4].upper() in _READS


_READS = {"SELE", "WITH", "VALU"}


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
            f"Rows made of production's rows: {', '.join(smaller)}.",
            None,
        )
