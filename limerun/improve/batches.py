"""Put a loop over rows inside a loop over batches of rows. Pure."""

from typing import Any

import libcst as cst

from limerun.improve.code import Code, find, last_name
from limerun.improve.editing import Edits, Statements, fresh_name, parsed

BATCH = 50  # the guide, section 2
HELPER = f'''\
def in_batches(rows, size={BATCH}):
    """Yield the rows in lists of at most `size`."""
    rows = iter(rows)
    while batch := list(itertools.islice(rows, size)):
        yield batch
'''


def can_batch(code: Code) -> bool:
    """Return whether the helper's name is free, or already names this helper."""
    return "in_batches" not in code.names() or HELPER in code.source


def batch_around(code: Code, loop: cst.For) -> str | None:
    """Return the variable of the batch that a loop iterates over; None if there is none."""
    outer = code.loop_of(loop)
    if outer is None or code.block_of(loop) != list(outer.body.body):
        return None
    name = code.text(loop.iter)
    if isinstance(outer, cst.For):
        batched = last_name(outer.iter.func) if isinstance(outer.iter, cst.Call) else ""
        return (
            name if (batched, code.text(outer.target)) == ("in_batches", name) else None
        )
    test = outer.test
    if isinstance(test, cst.NamedExpr) and code.text(test.target) == name:
        slices = [
            each for each in find(test, cst.Call) if last_name(each.func) == "islice"
        ]
        return name if slices else None
    return None


def batch_name(code: Code, loop: cst.For) -> str:
    """Return the name of the batch variable for a loop."""
    return batch_around(code, loop) or fresh_name(code, "batch", "batch_of_rows")


def in_each_batch(
    code: Code, edits: Edits, loop: cst.For, before: Statements, after: Statements
) -> None:
    """Run statements before and after each batch of a loop's rows.

    Args:
        code: The module.
        edits: The edits to add to.
        loop: The loop over the rows; nothing may leave it early.
        before: Statements before each batch; they may use the variable `batch_name`.
        after: Statements after each batch.
    """
    if batch_around(code, loop) is not None:
        if before:
            edits.before(loop, before)
        if after:
            edits.after(loop, after)
        return
    batch = batch_name(code, loop)
    edits.add_helper(HELPER)
    edits.import_module("itertools")

    def wrap(updated: Any) -> cst.For:
        inner = updated.with_changes(iter=cst.Name(batch), leading_lines=())
        rows = cst.Call(func=cst.Name("in_batches"), args=[cst.Arg(updated.iter)])
        statements: list[Any] = [
            *parsed(before),
            inner,
            *parsed(after),
        ]
        return cst.For(
            target=cst.Name(batch),
            iter=rows,
            body=cst.IndentedBlock(body=statements),
            leading_lines=updated.leading_lines,
        )

    edits.change(loop, wrap)
