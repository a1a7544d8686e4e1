"""Put a loop over rows inside a loop over batches of rows. Pure."""

from typing import Any

import libcst as cst

from limerun.improve.code import Code, fresh_name
from limerun.improve.editing import Edits, Statements, parsed
from limerun.improve.shapes import assigned, find, last_name, owner_of, positional

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
    return "in_batches" not in code.names() or HELPER in "\n".join(
        [*code.source.splitlines(), ""]
    )


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


def is_batch_loop(code: Code, loop: cst.For | cst.While) -> bool:
    """Return whether each turn of a loop has a batch of rows."""
    if isinstance(loop, cst.While):
        calls = find(loop.test, cst.Call)
        return any(last_name(each.func) == "islice" for each in calls)
    return isinstance(loop.iter, cst.Call) and last_name(loop.iter.func) == "in_batches"


def parsed_row(code: Code, loop: cst.For) -> tuple[str, str, cst.CSTNode] | None:
    """Return the row, the function and the statement of `row = json.loads(line)`.

    None if the loop does not begin with it, or uses the line in other places too.
    """
    first = loop.body.body[0]
    found = assigned(first)
    if found is None or not isinstance(loop.target, cst.Name):
        return None
    call, line = found[1], loop.target.value
    given = positional(call, 1) if isinstance(call, cst.Call) else None
    if not isinstance(call, cst.Call) or not given or code.text(given[0]) != line:
        return None
    function = code.function_of(loop) or code.module
    is_plain = owner_of(call.func) != "?" and len(code.loads(line, function)) == 1
    if not is_plain or batch_around(code, loop) is not None:
        return None
    return found[0], code.text(call.func), first


def row_name(code: Code, loop: cst.For) -> str:
    """Return the target of the loop over the rows of a batch."""
    parsed = parsed_row(code, loop)
    return code.text(loop.target) if parsed is None else parsed[0]


def batch_name(code: Code, loop: cst.For) -> str:
    """Return the name of the batch variable for a loop."""
    return batch_around(code, loop) or fresh_name(code, "batch", "batch_of_rows")


def _argument(value: cst.BaseExpression) -> cst.Arg:
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return cst.Arg(value, comma=comma)


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
    parse = parsed_row(code, loop)
    if parse is not None:
        edits.remove(parse[2])

    def wrap(updated: Any) -> cst.For:
        inner = updated.with_changes(iter=cst.Name(batch), leading_lines=())
        rows: Any = updated.iter
        if parse is not None:
            name, function, _ = parse
            inner = inner.with_changes(target=cst.Name(name))
            parser = cst.parse_expression(function)
            rows = cst.Call(cst.Name("map"), [_argument(parser), cst.Arg(rows)])
        rows = cst.Call(func=cst.Name("in_batches"), args=[cst.Arg(rows)])
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
