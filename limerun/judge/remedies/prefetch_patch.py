"""Replace a lookup per row with a set of keys, where that is certainly correct. Pure.

It is correct if a helper finds one object by one value, the caller's loop only tests
whether that object exists, and the loop commits nothing.
"""

import ast

from limerun.judge.remedies.lookup_helpers import LookupHelper, lookup_of
from limerun.judge.remedies.remedy import Patch
from limerun.judge.remedies.source_code import (
    Function,
    LoopedCall,
    SourceCode,
    lines_of,
    mentions,
    name_of,
    plural,
    text,
)
from limerun.judge.remedies.value_uses import (
    EXISTENCE,
    assigned_name,
    loads_after,
    presence_of,
    use_of,
)

PAGE = 1000
_FETCH = '''\
def {fetch}({application}):
    """Return every {limetype}'s {key}, fetched in pages."""
    {known}, last = set(), 0
    while True:
        response = lime_query.execute_query(
            {{
                "limetype": "{limetype}",
                "responseFormat": {{"object": {{"_id": None, "{key}": None}}}},
                "filter": {{"key": "_id", "op": ">", "exp": last}},
                "orderBy": [{{"_id": "ASC"}}],
                "limit": {page},
            }},
            {application}.database.connection,
            {application}.limetypes,
            {application}.acl,
            {application}.user,
        )
        {known}.update(found["{key}"] for found in response["objects"])
        if len(response["objects"]) < {page}:
            return {known}
        last = response["objects"][-1]["_id"]


'''


def prefetched(code: SourceCode, file: str) -> str | None:
    """Return a diff that queries once, before the loop; None if that may be wrong."""
    patch = prefetch_patch(code)
    return None if patch is None else patch.diff(file)


def prefetch_patch(code: SourceCode) -> Patch | None:
    """Return the change that queries once, before the loop; None if it may be wrong."""
    called = code.looped_call()
    if code.function is None or called is None or not called.direct:
        return None
    lookup = lookup_of(code.function)
    if lookup is None or use_of(code, called.call)[0] != EXISTENCE:
        return None
    given = _given(code.function, called.call)
    if given is None or given.keys() != {lookup.application, lookup.value}:
        return None
    application, value = given[lookup.application], given[lookup.value]
    if not _fits(code, called, application, value):
        return None
    return _patch(code, called, lookup, application, value)


def _given(function: Function, call: ast.Call) -> dict[str, ast.expr] | None:
    """Return the argument that a call passes for each parameter."""
    names = [each.arg for each in function.args.args]
    if any(isinstance(each, ast.Starred) for each in call.args):
        return None
    given = dict(zip(names, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg is None:
            return None
        given[keyword.arg] = keyword.value
    return given


# --- is it correct here? ----------------------------------------------------------

_COMMITTING = ("commit", "execute", "flush", "save")
_READS_ONLY = ("get_all", "get", "add", "delete", "unit_of_work")


def _fits(
    code: SourceCode, called: LoopedCall, application: ast.expr, value: ast.expr
) -> bool:
    caller = code.function_of(called.call)
    if caller is None or caller is not code.task_function:
        return False  # unknown callers
    parameters = [each.arg for each in caller.args.args]
    if not isinstance(application, ast.Name) or application.id not in parameters:
        return False
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(caller)):
        return False
    return _is_key(value) and not _may_commit(code, called, application.id)


def _is_key(value: ast.expr) -> bool:
    """Return whether a set finds a value in the same cases as the database."""
    if isinstance(value, ast.Subscript):
        return isinstance(value.slice, ast.Constant) and isinstance(
            value.value, ast.Name
        )
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        # Without a default, a missing key would be looked up as None.
        is_get = value.func.attr == "get" and len(value.args) == 2
        return is_get and all(isinstance(each, ast.Constant) for each in value.args)
    return isinstance(value, ast.Name | ast.JoinedStr)


def _may_commit(code: SourceCode, called: LoopedCall, application: str) -> bool:
    """Return whether the loop, or code it calls, may commit and so change the result."""
    caller = code.function_of(called.call)
    writers = _writers(caller or code.tree, called.call, application)
    for place in code.reached_from(called.loop):
        for node in ast.walk(place):
            if isinstance(node, ast.withitem) and mentions(node, writers):
                return True
            if isinstance(node, ast.Call) and _commits(code, node, writers):
                return True
    return False


def _writers(caller: ast.AST, lookup: ast.Call, application: str) -> set[str]:
    """Return the variables that could commit: an application, a unit of work, ..."""
    writers = {application}
    for node in ast.walk(caller):
        if not isinstance(node, ast.Assign) or ".limetypes" in text(node.value):
            continue
        if node.value is not lookup and mentions(node.value, writers):
            writers |= {each.id for each in node.targets if isinstance(each, ast.Name)}
    return writers


def _commits(code: SourceCode, call: ast.Call, writers: set[str]) -> bool:
    owner, _, name = name_of(call.func).rpartition(".")
    if name in code.functions:
        return False  # the caller examines its body
    if name in _COMMITTING:
        return True
    if name in _READS_ONLY or ".limetypes" in owner:
        return False
    given = [*call.args, *(each.value for each in call.keywords)]
    passed_on = any(isinstance(n, ast.Name) and n.id in writers for n in given)
    return passed_on or owner.split(".")[0] in writers


# --- the diff -----------------------------------------------------------------------


def _patch(
    code: SourceCode,
    called: LoopedCall,
    lookup: LookupHelper,
    application: ast.expr,
    value: ast.expr,
) -> Patch | None:
    known = plural(lookup.key)
    fetch = f"fetch_{known}"
    caller = code.function_of(called.call)
    if caller is None or _is_taken(code, known) or _is_taken(code, fetch):
        return None
    patch = Patch(code.source)
    _test_in_set(code, called.call, text(value), known, patch)
    loop = code.statement_of(called.loop)
    line = lines_of(code.source)[loop.lineno - 1]
    indent = line[: len(line) - len(line.lstrip())]
    patch.insert(loop.lineno, f"{indent}{known} = {fetch}({text(application)})\n")
    first = min([caller.lineno, *(each.lineno for each in caller.decorator_list)])
    if code.parents[caller] is not code.tree:
        return None
    patch.insert(
        first,
        _FETCH.format(
            fetch=fetch,
            known=known,
            limetype=lookup.limetype,
            key=lookup.key,
            application=lookup.application,
            page=PAGE,
        ),
    )
    return patch if _imports_lime_query(code, patch) else None


def _test_in_set(
    code: SourceCode, call: ast.Call, value: str, known: str, patch: Patch
) -> None:
    presence = presence_of(code, call)
    if presence is not None:
        _replace(
            presence, f"{value} in {known}", f"{value} not in {known}", code, patch
        )
        return
    name = assigned_name(code, call)
    assert name is not None
    patch.replace(call, f"{value} in {known}")
    for node in loads_after(code, call, name):
        if (test := presence_of(code, node)) is not None:
            _replace(test, name, f"not {name}", code, patch)


def _replace(
    test: tuple[ast.expr, bool], yes: str, no: str, code: SourceCode, patch: Patch
) -> None:
    expression, is_there = test
    whole = yes if is_there else no
    # In a larger expression, for example `a + (x is None)`, precedence matters.
    is_whole = isinstance(code.parents[expression], ast.stmt | ast.comprehension)
    line = lines_of(code.source)[expression.lineno - 1].encode()
    in_brackets = line[: expression.col_offset].endswith(b"(")
    fits = is_whole or in_brackets or whole.isidentifier()
    patch.replace(expression, whole if fits else f"({whole})")


def _is_taken(code: SourceCode, name: str) -> bool:
    return any(
        name == getattr(node, attribute, None)
        for node in ast.walk(code.tree)
        for attribute in ("id", "name", "arg", "asname")
    )


def _imports_lime_query(code: SourceCode, patch: Patch) -> bool:
    """Import lime_query before the first import; return False if there is no import."""
    imports = [
        each for each in code.tree.body if isinstance(each, ast.Import | ast.ImportFrom)
    ]
    if any(text(each) == "import lime_query" for each in imports):
        return True
    plain = [each for each in imports if getattr(each, "module", "") != "__future__"]
    if plain:
        patch.insert(plain[0].lineno, "import lime_query\n")
    return bool(plain)
