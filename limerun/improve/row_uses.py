"""Check that the rows of a list are iterated over once, so that a generator will do. Pure."""

import libcst as cst

from limerun.improve.code import Code
from limerun.improve.editing import Edits
from limerun.improve.shapes import assigned, last_name

_CONSUMERS = frozenset(
    {"enumerate", "in_batches", "iter", "map", "filter", "sum", "any", "all", "set"}
    | {"frozenset", "min", "max", "dict", "Counter"}
)


class NotOnce(Exception):
    """The rows are used in a way that a generator does not allow; says which."""


def check_call(code: Code, edits: Edits, call: cst.Call) -> None:
    """Check that a call's result is iterated over once; count it again for `len`.

    Raises:
        NotOnce: It is used in another way.
    """
    if _is_iterated(code, call):
        return
    statement = code.statement_of(call)
    found = assigned(statement)
    function = code.function_of(call)
    if found is None or found[1] is not call or function is None:
        raise NotOnce(f"`{code.text(call)}` is used as a list")
    check_name(code, edits, function, found[0], statement, code.text(call))


def check_name(
    code: Code,
    edits: Edits,
    function: cst.FunctionDef,
    name: str,
    statement: cst.CSTNode,
    again: str | None,
) -> None:
    """Check that a name's rows are iterated over once.

    Args:
        code: The module.
        edits: Receives edits of `len(name)`.
        function: The function around it.
        name: The variable.
        statement: The statement that assigns it.
        again: An expression that reads the rows again; None if there is none.

    Raises:
        NotOnce: They are used in another way.
    """
    if len(code.stores(name, function)) != 1:
        raise NotOnce(f"`{name}` is assigned more than once")
    iterated = 0
    for load in code.loads(name, function):
        if code.loop_of(load) is not code.loop_of(statement) and not _is_length(
            code, load
        ):
            raise NotOnce(f"`{name}` is used in a loop")
        if _is_iterated(code, load):
            iterated += 1
        elif _is_length(code, load) and again is not None:
            if code.loop_of(load) is not code.loop_of(statement):
                raise NotOnce(f"`len({name})` is asked in a loop")
            edits.replace(code.parent(code.parent(load)), f"sum(1 for _ in {again})")
        else:
            raise NotOnce(f"`{name}` is used as a list")
    if iterated != 1:
        raise NotOnce(f"`{name}` is iterated over {iterated} times")


def _is_iterated(code: Code, node: cst.CSTNode) -> bool:
    above = code.parent(node)
    if isinstance(above, cst.For):
        return above.iter is node
    if isinstance(above, cst.CompFor):
        outer = code.parent(above)
        return above.iter is node and not isinstance(outer, cst.CompFor)
    if not isinstance(above, cst.Arg) or above.star:
        return False
    call = code.parent(above)
    if not isinstance(call, cst.Call) or last_name(call.func) not in _CONSUMERS:
        return False
    if last_name(call.func) in ("enumerate", "in_batches", "iter", "map", "filter"):
        return _is_iterated(code, call)
    return True


def _is_length(code: Code, load: cst.Name) -> bool:
    call = code.parent(code.parent(load))
    return isinstance(call, cst.Call) and last_name(call.func) == "len"


# --- a list that is read from an open file ---------------------------------------------
