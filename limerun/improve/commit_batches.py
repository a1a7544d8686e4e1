"""Commit in batches of 50 objects, instead of all at once or one by one. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from limerun.improve.batches import BATCH, can_batch, in_each_batch, is_batch_loop
from limerun.improve.change import Change, Declined, Facts
from limerun.improve.code import Code, fresh_name
from limerun.improve.editing import Edits, pass_on
from limerun.improve.shapes import (
    arguments,
    assigned,
    body_of,
    called,
    expression,
    find,
    last_name,
    leaves_loop,
    owner_of,
    parameters,
    positional,
)

_WHAT = f"commit in batches of {BATCH}"
_CHANGES = ("add", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class _UnitOfWork:
    """A local unit of work: its name, and the statements that create and commit it."""

    name: str
    function: cst.FunctionDef
    value: str
    creation: cst.BaseStatement
    commit: cst.BaseStatement
    uses: list[cst.Name]
    """Every other place that uses it."""


def commit_batches(code: Code, facts: Facts) -> Iterator[Change | Declined]:
    """Yield a change for each unit of work that commits all at once or one by one."""
    for call in find(code.module, cst.Call):
        if last_name(call.func) != "commit" or not code.is_reached(call):
            continue
        statement = code.statement_of(call)
        if expression(statement) is not call or not isinstance(
            call.func, cst.Attribute
        ):
            continue
        function = code.function_of(call)
        name = owner_of(call.func)
        if function is None or "?" in name or "." in name:
            continue
        place = f"{function.name.value}: {code.text(call)}"
        line = code.line(call)
        found = _change(code, function, name, statement)
        if isinstance(found, tuple):
            yield Change(line=line, place=place, what=_WHAT, sources=found)
        elif found is not None:
            yield Declined(line=line, place=place, why=found)


def _change(
    code: Code, function: cst.FunctionDef, name: str, commit: cst.BaseStatement
) -> tuple[str, ...] | str | None:
    """Return the new sources, why there are none, or None if nothing is wrong here."""
    creations = [
        each
        for each in find(function, cst.SimpleStatementLine)
        if (found := assigned(each))
        and found[0] == name
        and (
            called(found[1], "unit_of_work") or called(found[1], "create_unit_of_work")
        )
    ]
    if len(creations) != 1:
        return None  # it is created again: after each batch
    value = assigned(creations[0])
    assert value is not None
    kept = [*find(creations[0], cst.Name), *find(commit, cst.Name)]
    unit = _UnitOfWork(
        name=name,
        function=function,
        value=code.text(value[1]),
        creation=creations[0],
        commit=commit,
        uses=[each for each in code.loads(name, function) if each not in kept],
    )
    if len(code.loads(name, commit)) != 1 or len(code.stores(name, function)) != 1:
        return f"`{name}` is used in more ways than can be followed"
    loop = code.loop_of(commit)
    if loop is None:
        return _all_at_once(code, unit)
    if isinstance(loop, cst.While) or is_batch_loop(code, loop):
        return None
    return _one_by_one(code, unit, loop)


# --- one commit for all ---------------------------------------------------------------


def _all_at_once(code: Code, unit: _UnitOfWork) -> tuple[str, ...] | str | None:
    loops = {code.outermost_loop(each) for each in unit.uses}
    if loops == {None} or not loops:
        return _saves_one(code, unit)
    sources = []
    loop = loops.pop() if len(loops) == 1 else None
    if loop is not None and _wraps(code, unit, loop):
        edits = Edits(code)
        edits.remove(unit.creation, unit.commit)
        in_each_batch(code, edits, loop, [unit.creation], [unit.commit])
        sources.append(edits.source())
    counted = _counted(code, unit)
    if counted is not None:
        sources.append(counted)
    return tuple(sources) or f"`{unit.name}` is used in more ways than can be followed"


def _wraps(code: Code, unit: _UnitOfWork, loop: cst.For) -> bool:
    block = code.block_of(loop)
    if unit.creation not in block or unit.commit not in block or leaves_loop(loop):
        return False
    return can_batch(code) and all(code.loop_of(use) is loop for use in unit.uses)


def _counted(code: Code, unit: _UnitOfWork) -> str | None:
    """Return source that counts the objects, and commits whenever a batch is full."""
    adding = list(dict.fromkeys(code.statement_of(each) for each in unit.uses))
    if not all(_adds(code, each, unit.name) for each in adding):
        return None
    if any(code.loop_of(each) is None for each in adding):
        return None
    edits = Edits(code)
    count = fresh_name(code, "pending", "pending_objects")
    edits.after(unit.creation, [f"{count} = 0"])
    for each in adding:
        full = (
            f"if {count} == {BATCH}:\n"
            f"    {unit.name}.commit()\n"
            f"    {unit.name} = {unit.value}\n"
            f"    {count} = 0\n"
        )
        edits.after(each, [f"{count} += 1", full])
    return edits.source()


def _adds(code: Code, statement: cst.BaseStatement, name: str) -> bool:
    """Return whether a statement adds one object, here or in the function it calls."""
    value = expression(statement)
    found = assigned(statement)
    call = value if value is not None else (found[1] if found else None)
    if not isinstance(call, cst.Call):
        return False
    if owner_of(call.func) == name:
        return last_name(call.func) in _CHANGES
    return any(
        isinstance(a.value, cst.Name) and a.value.value == name for a in call.args
    )


# --- a commit for each row ------------------------------------------------------------


def _one_by_one(
    code: Code, unit: _UnitOfWork, loop: cst.For
) -> tuple[str, ...] | str | None:
    between = code.names_between(unit.commit, loop)
    if cst.Try in between:
        return "each commit is in a `try`: an error would then lose a whole batch"
    if not can_batch(code) or leaves_loop(loop):
        return "the loop is left before its end"
    is_inside = code.loop_of(unit.creation) is loop
    if not is_inside and _is_conditional(code, unit, loop):
        return None  # it counts, and commits whenever a batch is full
    if any(loop not in code.ancestors(each) for each in unit.uses):
        return f"`{unit.name}` is used outside the loop too"
    if cst.Try in code.names_between(unit.creation, loop) and is_inside:
        return "the unit of work is created in a `try`"
    edits = Edits(code)
    edits.remove(unit.creation, unit.commit)
    in_each_batch(code, edits, loop, [unit.creation], [unit.commit])
    return (edits.source(),)


def _is_conditional(code: Code, unit: _UnitOfWork, loop: cst.For) -> bool:
    """Return whether an `if` around the commit counts, for example `if n % 50 == 0`."""
    for each in code.ancestors(unit.commit):
        if each is loop:
            break
        if isinstance(each, cst.If):
            operators = find(each.test, cst.Modulo)
            lengths = [
                c for c in find(each.test, cst.Call) if last_name(c.func) == "len"
            ]
            compares = find(each.test, cst.GreaterThanEqual)
            if operators or lengths or compares:
                return True
    return False


# --- a helper that saves one object ---------------------------------------------------


def _saves_one(code: Code, unit: _UnitOfWork) -> tuple[str, ...] | str | None:
    """Return source in which the callers of a helper collect its objects in batches."""
    body = body_of(unit.function)
    if len(unit.uses) != 1 or body[:1] != [unit.creation] or len(body) != 3:
        return None
    adding = expression(body[1])
    if body[2] is not unit.commit or not isinstance(adding, cst.Call):
        return None
    given = positional(adding, 1)
    if given is None or last_name(adding.func) not in _CHANGES:
        return None
    if code.text(given[0]) not in parameters(unit.function):
        return None
    calls = [each for each in code.calls_of(unit.function) if code.is_reached(each)]
    if not calls or not can_batch(code):
        return None
    steps = {_step(code, each) for each in calls}
    step = steps.pop() if len(steps) == 1 else None
    if step is None:
        return None
    if leaves_loop(step.loop):
        return "the loop is left before its end"
    return _collected(code, unit, calls, step, adding)


@dataclass(frozen=True, slots=True)
class _Step:
    """The loop that repeats a save, and the call in it if a function is in between."""

    loop: cst.For
    caller: cst.Call | None
    function: cst.FunctionDef | None


def _step(code: Code, call: cst.Call) -> _Step | None:
    loop, function = code.loop_of(call), code.function_of(call)
    if isinstance(loop, cst.For):
        return _Step(loop, None, None)
    callers = code.calls_of(function) if function is not None and loop is None else []
    if len(callers) != 1 or function is None or code.uses(function) != 1:
        return None
    outer = code.loop_of(callers[0])
    return _Step(outer, callers[0], function) if isinstance(outer, cst.For) else None


def _collected(
    code: Code,
    unit: _UnitOfWork,
    calls: list[cst.Call],
    step: _Step,
    adding: cst.Call,
) -> tuple[str, ...] | str | None:
    name = fresh_name(code, unit.name, "unit_of_work", "batch_of_changes")
    scopes = [code.function_of(step.loop) or code.module, step.function or step.loop]
    if not any(code.loads(unit.name, scope) for scope in scopes):
        name = unit.name
    edits = Edits(code)
    values = set()
    for call in calls:
        given = arguments(unit.function, call)
        around = code.names_between(call, step.function or step.loop)
        if expression(code.statement_of(call)) is not call or cst.Try in around:
            return "the result of each save is used, or an error in it is caught"
        saved = given[code.text(adding.args[0].value)]
        edits.replace(call, f"{name}.{last_name(adding.func)}({code.text(saved)})")
        values.add(_value_at(code, unit, given, step))
    value = values.pop()
    if values or value is None:
        return "the application is not known where the helper is called"
    if step.caller is not None and step.function is not None:
        if cst.Try in code.names_between(step.caller, step.loop):
            return "an error in each save is caught"
        pass_on(edits, step.function, step.caller, name)
    if code.uses(unit.function) == len(calls) and code.class_of(unit.function) is None:
        edits.remove(unit.function)
    created, committed = f"{name} = {value}", f"{name}.commit()"
    in_each_batch(code, edits, step.loop, [created], [committed])
    return (edits.source(),)


def _value_at(
    code: Code, unit: _UnitOfWork, given: dict[str, cst.BaseExpression], step: _Step
) -> str | None:
    """Return the expression that creates the unit of work, in the loop."""
    owner, _, rest = unit.value.partition(".")
    if owner == "self":
        return unit.value
    value = given.get(owner)
    if step.caller is not None and step.function is not None and value is not None:
        outer = arguments(step.function, step.caller)
        value = outer.get(code.text(value), value)
    if isinstance(value, cst.Name | cst.Attribute):
        return f"{code.text(value)}.{rest}"
    return None
