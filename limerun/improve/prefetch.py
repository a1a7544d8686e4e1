"""Send one query for each batch of rows, instead of one for each row. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import libcst as cst

from limerun.improve.batches import can_batch
from limerun.improve.change import Change, Declined, Facts
from limerun.improve.code import Code
from limerun.improve.lookups import first_of, lookup_at
from limerun.improve.prefetch_source import Site, sources_of
from limerun.improve.relations import Lookup, is_exact
from limerun.improve.row_values import NotExpressible, in_function
from limerun.improve.shapes import arguments, called, find, leaves_loop, parameters


def prefetch(code: Code, facts: Facts) -> Iterator[Change | Declined]:
    """Yield a change for each lookup that a loop repeats for each row."""
    for node in find(code.module, cst.Call):
        if not code.is_reached(node) or _is_inside_lookup(code, node):
            continue
        helper = code.function_called(node)
        lookup = _lookup(code, node, helper, facts)
        function = code.function_of(node)
        if lookup is None or function is None:
            continue
        place = f"{function.name.value}: {code.text(node)}"
        line = code.line(node)
        try:
            site = _site(code, node, lookup, helper)
            if site is None:
                continue
            if not is_exact(lookup, facts):
                raise NotExpressible(
                    f"values of `{lookup.key}` may compare differently in Python"
                )
            sources = tuple(sources_of(code, site, facts))
        except NotExpressible as error:
            yield Declined(line=line, place=place, why=str(error))
            continue
        what = f"query {lookup.objects} once for each batch of rows"
        yield Change(line=line, place=place, what=what, sources=sources)


def _is_inside_lookup(code: Code, node: cst.Call) -> bool:
    """Return whether the query belongs to a helper whose calls are replaced instead."""
    function = code.function_of(node)
    return function is not None and first_of(code, function) is not None


def _lookup(
    code: Code, node: cst.Call, helper: cst.FunctionDef | None, facts: Facts
) -> Lookup | None:
    if helper is None:
        above = code.parent(code.parent(node))
        if lookup_at(code, above, facts) is not None and called(above, "iter"):
            return None
        outer = code.parent(code.parent(above)) if called(above, "iter") else None
        if outer is not None and lookup_at(code, outer, facts) is not None:
            return None  # next(iter(…), None) is replaced as a whole
        return lookup_at(code, node, facts)
    found = first_of(code, helper)
    given = arguments(helper, node)
    if found is None:
        return None
    application: Any = found.application
    if application in parameters(helper):
        if application not in given:
            return None
        application = code.text(given[application])
    try:
        value = in_function(code, found.value, helper, given)
    except NotExpressible:
        return None
    return replace(found, application=application, value=value)


def _site(
    code: Code, node: cst.Call, lookup: Lookup, helper: cst.FunctionDef | None
) -> Site | None:
    """Return the place of a lookup in a loop; None if no loop repeats it.

    Raises:
        NotExpressible: The loop is of a kind that cannot be changed.
    """
    loop = code.loop_of(node)
    caller: cst.Call | None = None
    if loop is None:
        function = code.function_of(node)
        calls = code.calls_of(function) if function is not None else []
        loops = [code.loop_of(each) for each in calls]
        if len(calls) != 1 or loops[0] is None or function is None:
            return None
        if code.uses(function) != 1 or not _takes_more(function):
            raise NotExpressible(f"`{function.name.value}` is used in more ways")
        [caller], loop = calls, loops[0]
    if any(
        isinstance(each, cst.BaseComp | cst.CompFor | cst.Lambda)
        for each in code.ancestors(node)
    ):
        raise NotExpressible("it is in a comprehension")
    if isinstance(loop, cst.While):
        raise NotExpressible("the loop is a `while`")
    if leaves_loop(loop) or not can_batch(code):
        raise NotExpressible("the loop is left before its end")
    return Site(node=node, lookup=lookup, loop=loop, caller=caller, helper=helper)


def _takes_more(function: cst.FunctionDef) -> bool:
    given = function.params
    return not (
        given.kwonly_params
        or isinstance(given.star_arg, cst.Param)
        or given.star_kwarg
        or any(each.default for each in given.params)
        or function.decorators
    )
