"""Compare two runs of the statement recorder to see how statements grow. Pure."""

from collections.abc import Sequence

from limerun.records import (
    MemoryGrowth,
    Outcome,
    Run,
    Statement,
    StatementDetails,
    StatementProfile,
    StatementUse,
    TransactionSize,
)

_MOST = 50
_READS = ("SELE", "WITH", "VALU")
SIZES: tuple[tuple[int, int | None], ...] = (
    (1, 1),
    (2, 10),
    (11, 49),
    (50, 99),
    (100, 499),
    (500, 4_999),
    (5_000, None),
)
"""Objects per transaction; the guide recommends about 50."""


def statement_profile_of(
    outcome: Outcome,
    run: Run,
    *,
    rows: int | None,
    smaller: Run | None,
    smaller_rows: int | None,
    why_unproven: str | None,
) -> StatementProfile | None:
    """Return how statements are used; None if no statement could be seen.

    Args:
        outcome: The outcome of the run with detailed recording.
        run: The figures of that run.
        rows: Rows of the task's input in that run.
        smaller: A run on fewer rows of input, on the same database.
        smaller_rows: Rows of its input.
        why_unproven: Why there is no smaller run.
    """
    if run.queries is None:
        return None
    details: Sequence[StatementDetails | None] = outcome.statement_details or [
        None
    ] * len(run.statements)
    before = (
        {} if smaller is None else {_key(each): each for each in smaller.statements}
    )
    more = None if rows is None or smaller_rows is None else rows - smaller_rows
    uses = [
        _use(statement, each, before, more if smaller is not None else None)
        for statement, each in zip(run.statements, details, strict=True)
    ]
    return StatementProfile(
        rows=rows,
        smaller_rows=smaller_rows,
        why_unproven=why_unproven,
        commits=run.queries.commits,
        statements=tuple(sorted(uses, key=lambda use: -use.seconds)[:_MOST]),
        transactions=transaction_sizes(outcome.transaction_sizes),
        repeats_complete=outcome.repeats_complete,
    )


def _key(statement: Statement) -> tuple[object, ...]:
    return statement.text, statement.location


def _use(
    statement: Statement,
    details: StatementDetails | None,
    before: dict[tuple[object, ...], Statement],
    more_rows: int | None,
) -> StatementUse:
    smaller_calls = per_row = None
    if more_rows:
        earlier = before.get(_key(statement))
        smaller_calls = 0 if earlier is None else earlier.calls
        per_row = (statement.calls - smaller_calls) / more_rows
    return StatementUse(
        text=statement.text,
        location=statement.location,
        reads=statement.text.lstrip(" \n\t(")[:4].upper() in _READS,
        calls=statement.calls,
        seconds=statement.seconds,
        rows_read=None if details is None else details.rows_read,
        rows_written=statement.rows,
        smaller_calls=smaller_calls,
        per_row=per_row,
        repeats=None if details is None else details.repeats,
        transactions=None if details is None else details.transactions,
    )


def transaction_sizes(
    counted: Sequence[tuple[int, int]],
) -> tuple[TransactionSize, ...]:
    """Return a histogram of (objects, number of transactions), without empty cells."""
    sizes = []
    for least, most in SIZES:
        count = sum(
            times
            for objects, times in counted
            if objects >= least and (most is None or objects <= most)
        )
        if count:
            sizes.append(TransactionSize(least=least, most=most, transactions=count))
    return tuple(sizes)


def memory_growth_of(
    run: Run, rows: int | None, smaller: Run, smaller_rows: int | None
) -> MemoryGrowth | None:
    """Return the memory per extra row; None if that was not measured."""
    task, smaller_task = run.memory.task_bytes, smaller.memory.task_bytes
    if task is None or smaller_task is None:
        return None
    if rows is None or smaller_rows is None or rows <= smaller_rows:
        return None
    return MemoryGrowth(
        rows=rows,
        smaller_rows=smaller_rows,
        task_bytes=task,
        smaller_task_bytes=smaller_task,
        bytes_per_row=(task - smaller_task) / (rows - smaller_rows),
    )
