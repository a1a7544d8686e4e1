"""Keep a count or ids instead of a list of objects. Pure."""

from collections.abc import Iterator

import libcst as cst

from limerun.improve.change import Change, Declined, Facts
from limerun.improve.code import Code, fresh_name
from limerun.improve.editing import Edits
from limerun.improve.shapes import assigned, expression, find, last_name, positional


def keep_less(code: Code, facts: Facts) -> Iterator[Change | Declined]:
    """Yield a change for each list of which only the length or the ids are used."""
    for line in find(code.module, cst.SimpleStatementLine):
        function, found = code.function_of(line), assigned(line)
        if function is None or found is None or not code.is_reached(line):
            continue
        name, value = found
        if not _is_empty_list(code, value) or len(code.stores(name, function)) != 1:
            continue
        appends = [
            call
            for call in find(function, cst.Call)
            if code.text(call.func) == f"{name}.append"
            and expression(code.statement_of(call)) is call
            and positional(call, 1)
        ]
        if not any(code.loop_of(each) for each in appends):
            continue
        others = [
            each
            for each in code.loads(name, function)
            if code.parent(each) not in [call.func for call in appends]
        ]
        place = f"{function.name.value}: {name}"
        made = _counted(code, line, name, appends, others)
        what = f"count `{name}` instead of keeping them"
        if made is None:
            made = _ids(code, appends, others)
            what = f"keep only the ids of `{name}`"
        if made is not None:
            yield Change(line=code.line(line), place=place, what=what, sources=(made,))


def _is_empty_list(code: Code, value: cst.BaseExpression) -> bool:
    return code.text(value) in ("[]", "list()")


def _counted(
    code: Code,
    line: cst.SimpleStatementLine,
    name: str,
    appends: list[cst.Call],
    others: list[cst.Name],
) -> str | None:
    lengths = [code.parent(code.parent(each)) for each in others]
    if not lengths or not all(_is_len(each) for each in lengths):
        return None
    edits = Edits(code)
    count = fresh_name(code, f"{name}_count", f"number_of_{name}")
    start, more = (cst.parse_statement(f"{count} {how}") for how in ("= 0", "+= 1"))
    edits.change(line, lambda was: _with_small(was, start))
    for each in appends:
        edits.change(code.statement_of(each), lambda was: _with_small(was, more))
    for length in lengths:
        edits.replace(length, count)
    return edits.source()


def _with_small(line: cst.SimpleStatementLine, new: object) -> cst.SimpleStatementLine:
    """Return a line with the statement of another one, and its own comments."""
    assert isinstance(new, cst.SimpleStatementLine)
    return line.with_changes(body=new.body)


def _is_len(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Call) and last_name(node.func) == "len"


def _ids(code: Code, appends: list[cst.Call], others: list[cst.Name]) -> str | None:
    """Return source that keeps the ids; None if more than the ids is read."""
    reads: list[cst.Attribute] = []
    for each in others:
        above = code.parent(each)
        if _is_len(code.parent(above)):
            continue
        found = _id_reads(code, above, each)
        if not found:
            return None
        reads += found
    if not reads:
        return None
    edits = Edits(code)
    for read in reads:
        edits.replace(read, read.value)
    for call in appends:
        kept = call.args[0].value
        if not isinstance(kept, cst.Name):
            return None
        edits.replace(kept, f"{kept.value}.id")
    return edits.source()


def _id_reads(code: Code, above: cst.CSTNode, name: cst.Name) -> list[cst.Attribute]:
    """Return the reads `each.id` of a loop over the list; [] if it reads more."""
    if not isinstance(above, cst.For | cst.CompFor) or above.iter is not name:
        return []
    if not isinstance(above.target, cst.Name):
        return []
    scope = above if isinstance(above, cst.For) else code.parent(above)
    loads = code.loads(above.target.value, scope)
    reads = [code.parent(each) for each in loads]
    ids = [
        each
        for each in reads
        if isinstance(each, cst.Attribute) and each.attr.value == "id"
    ]
    return ids if len(ids) == len(reads) else []
