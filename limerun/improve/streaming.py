"""Read rows one by one through a generator, instead of into a list. Pure."""

from collections.abc import Iterator
from typing import Any

import libcst as cst

from limerun.improve.change import Change, Declined, Facts
from limerun.improve.code import Code, fresh_name
from limerun.improve.editing import Edits
from limerun.improve.row_uses import NotOnce, check_call, check_name
from limerun.improve.shapes import (
    assigned,
    body_of,
    called,
    expression,
    find,
    last_name,
    owner_of,
    parameters,
    positional,
    small_statement,
)

_READERS = ("reader", "DictReader")


def stream(code: Code, facts: Facts) -> Iterator[Change | Declined]:
    """Yield a change for each list of rows that can be read one by one."""
    for function in code.functions:
        if function.name.value not in code.reached or find(function, cst.Yield):
            continue
        yield from _changes(code, _returned_list(code, function), function)
        for block in find(function, cst.With):
            if code.function_of(block) is function:
                yield from _changes(code, _opened_list(code, block, function), function)
        for line in find(function, cst.SimpleStatementLine):
            if code.function_of(line) is function:
                yield from _changes(code, _copied_list(code, line, function), function)


def _changes(
    code: Code, found: Iterator[tuple[cst.CSTNode, str]], function: cst.FunctionDef
) -> Iterator[Change | Declined]:
    name = function.name.value
    try:
        for node, source in found:
            first = code.text(node).split("\n")[0]
            what = "read rows one by one instead of into a list"
            yield Change(
                line=code.line(node),
                place=f"{name}: {first}",
                what=what,
                sources=(source,),
            )
    except NotOnce as error:
        yield Declined(line=code.line(function), place=name, why=str(error))


# --- a function that returns a list -----------------------------------------------------


def _returned_list(
    code: Code, function: cst.FunctionDef
) -> Iterator[tuple[cst.CSTNode, str]]:
    calls = code.calls_of(function)
    if not calls or code.uses(function) != len(calls) or function.decorators:
        return
    edits = Edits(code)
    if not (_appended(code, edits, function) or _made_at_return(code, edits, function)):
        return
    for call in calls:
        check_call(code, edits, call)
    _as_iterator(code, edits, function)
    yield function, edits.source()


def _appended(code: Code, edits: Edits, function: cst.FunctionDef) -> bool:
    """Turn `rows = []`, `rows.append(row)`, `return rows` into `yield row`."""
    body = body_of(function)
    last = small_statement(body[-1]) if body else None
    if not isinstance(last, cst.Return) or not isinstance(last.value, cst.Name):
        return False
    name = last.value.value
    starts = [each for each in body if _is_empty_list(code, each, name)]
    if len(starts) != 1 or len(code.stores(name, function)) != 1:
        return False
    returns = find(function, cst.Return)
    loads = [x for x in code.loads(name, function) if code.parent(x) not in returns]
    if not all(_yielded(code, edits, each) for each in loads):
        return False
    for back in returns:
        if back.value is None or code.text(back.value) not in (name, "[]"):
            return False
        if back is not last:
            edits.change(code.statement_of(back), lambda was: _line(was, "return"))
    edits.remove(starts[0], body[-1])
    return True


def _is_empty_list(code: Code, statement: cst.BaseStatement, name: str) -> bool:
    found = assigned(statement)
    return (
        found is not None
        and found[0] == name
        and code.text(found[1]) in ("[]", "list()")
    )


def _yielded(code: Code, edits: Edits, load: cst.Name) -> bool:
    """Turn the statement `rows.append(row)` into `yield row`; return whether it is one."""
    statement = code.statement_of(load)
    call = expression(statement)
    given = positional(call, 1) if isinstance(call, cst.Call) else None
    if not isinstance(call, cst.Call) or given is None:
        return False
    method = last_name(call.func)
    is_owner = code.parent(load) is call.func
    if not is_owner or method not in ("append", "extend") or not code.loop_of(load):
        return False
    text = f"yield {'from ' * (method == 'extend')}{code.text(given[0])}"
    edits.change(statement, lambda was: _line(was, text))
    return True


def _line(was: Any, text: str) -> Any:
    """Return a statement line with another statement, and its own comments."""
    new: Any = cst.parse_statement(text)
    return was.with_changes(body=new.body)


def _made_at_return(code: Code, edits: Edits, function: cst.FunctionDef) -> bool:
    """Turn `return [f(line) for line in file]` into a loop that yields."""
    returns = find(function, cst.Return)
    if len(returns) != 1 or returns[0].value is None:
        return False
    lines = _yielding(code, returns[0].value)
    if lines is None:
        return False
    new: Any = cst.parse_statement(lines)
    statement = code.statement_of(returns[0])
    edits.change(
        statement, lambda was: new.with_changes(leading_lines=was.leading_lines)
    )
    return True


def _yielding(code: Code, value: cst.BaseExpression) -> str | None:
    """Return statements that yield what a list would contain; None if unclear."""
    if isinstance(value, cst.ListComp):
        text = f"yield {code.text(value.elt)}"
        parts: list[str] = []
        each: cst.CompFor | None = value.for_in
        while each is not None:
            if each.asynchronous is not None:
                return None
            parts.append(f"for {code.text(each.target)} in {code.text(each.iter)}:")
            parts += [f"if {code.text(test.test)}:" for test in each.ifs]
            each = each.inner_for_in
        parts.append(text)
        return "".join(f"{'    ' * depth}{part}\n" for depth, part in enumerate(parts))
    listed = called(value, "list")
    given = positional(listed, 1) if listed is not None else None
    if given is not None:
        return f"yield from {code.text(given[0])}\n"
    if isinstance(value, cst.Call) and last_name(value.func) == "readlines":
        return f"yield from {owner_of(value.func)}\n" if not value.args else None
    return None


def _as_iterator(code: Code, edits: Edits, function: cst.FunctionDef) -> None:
    """Change the annotation `list[dict]` to `Iterator[dict]`."""
    if function.returns is None:
        return
    for each in find(function.returns, cst.Name):
        if each.value in ("list", "List"):
            edits.replace(each, "Iterator")
            edits.import_name("collections.abc", "Iterator")
            return


def _opened_list(
    code: Code, block: cst.With, function: cst.FunctionDef
) -> Iterator[tuple[cst.CSTNode, str]]:
    """Yield source with a new generator for `with open(…) as f: rows = [… for … in f]`."""
    statements = list(block.body.body)
    found = assigned(statements[0]) if len(statements) == 1 else None
    if found is None or "open" not in code.text(block.items[0].item):
        return
    lines = _yielding(code, found[1])
    if lines is None:
        return
    edits = Edits(code)
    name = found[0]
    reader = fresh_name(code, f"read_{name}", f"iterate_{name}")
    given = [
        each
        for each in _locals(code, function, block)
        if each != name and code.loads(each, block)
    ]
    if given[:1] == ["self"]:
        return
    call = f"{reader}({', '.join(given)})"
    check_name(code, edits, function, name, statements[0], call)
    new: Any = cst.parse_statement(f"{name} = {call}")
    edits.change(block, lambda was: new.with_changes(leading_lines=was.leading_lines))
    header = code.text(block).split("\n")[0]
    if not header.endswith(":"):
        return
    inner = "".join(f"        {line}\n" for line in lines.splitlines())
    edits.add_helper(
        f"def {reader}({', '.join(given)}):\n"
        f'    """Yield the {name} one by one."""\n'
        f"    {header}\n{inner}"
    )
    yield block, edits.source()


def _locals(code: Code, function: cst.FunctionDef, block: cst.With) -> list[str]:
    """Return the function's variables that exist before a block."""
    line = code.line(block)
    made = [
        each.value
        for each in find(function, cst.Name)
        if code.line(each) < line and each in code.stores(each.value, function)
    ]
    return list(dict.fromkeys([*parameters(function), *made]))


# --- a list made from what can be iterated over -------------------------------------------


def _copied_list(
    code: Code, line: cst.SimpleStatementLine, function: cst.FunctionDef
) -> Iterator[tuple[cst.CSTNode, str]]:
    """Yield source without the `list` of `rows = list(reader)`."""
    found = assigned(line)
    call = called(found[1], "list") if found is not None else None
    given = positional(call, 1) if call is not None else None
    if found is None or call is None or given is None or not _is_lazy(code, given[0]):
        return
    if code.parent(line) is not function.body and not _is_block_for_all(
        code, line, function, found[0]
    ):
        return
    edits = Edits(code)
    check_name(code, edits, function, found[0], line, None)
    edits.replace(call, given[0])
    yield line, edits.source()


def _is_lazy(code: Code, value: cst.BaseExpression) -> bool:
    if not isinstance(value, cst.Call):
        return False
    own = code.function_called(value)
    if own is not None:
        return bool(find(own, cst.Yield))
    return last_name(value.func) in ("get_all", *_READERS)


def _is_block_for_all(
    code: Code, line: cst.SimpleStatementLine, function: cst.FunctionDef, name: str
) -> bool:
    """Return whether all uses of a name are in the block of its statement."""
    block = code.parent(line)
    return all(block in code.ancestors(each) for each in code.loads(name, function))
