"""Write the source that queries once for each batch of rows, or once before the loop. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from limerun.improve.batches import batch_name, in_each_batch, row_name
from limerun.improve.change import Facts
from limerun.improve.code import Code, fresh_name
from limerun.improve.editing import Edits, pass_on
from limerun.improve.lookups import filter_statement
from limerun.improve.relations import FIRST, Lookup, key_kind
from limerun.improve.row_values import NotExpressible, in_function, in_loop
from limerun.improve.shapes import (
    arguments,
    assigned,
    called,
    expression,
    find,
    last_name,
    owner_of,
    parameters,
)
from limerun.judge.remedies.prefetch_patch import prefetch_patch
from limerun.judge.remedies.source_code import SourceCode

_FETCH = '''\
def {fetch}(application, keys):
    """Return {objects} by their {key}, found with one query."""
    found = {{}}
    wanted = {{each for each in keys if each is not None}}
    if wanted:
        condition = Filter(InOperator("{field}", wanted))
        for {each} in application.limetypes.{limetype}.get_all(filter=condition):
            {keep}
    return found
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A lookup that a loop over rows repeats."""

    node: cst.Call
    """The expression to replace."""
    lookup: Lookup
    """Its value is an expression at the place of the node."""
    loop: cst.For
    caller: cst.Call | None
    """The call in the loop, if the lookup is in a function that the loop calls."""
    helper: cst.FunctionDef | None
    """The function that did the lookup."""


def sources_of(code: Code, site: Site, facts: Facts) -> Iterator[str]:
    """Yield the ways to write it: created objects may have to be found, too."""
    known = _known_keys(code, site, facts)
    if known is not None:
        yield known
    key = _key(code, site)
    yield _source(code, site, facts, key, remember=None)
    created = _creation(code, site)
    if created is not None:
        yield _source(code, site, facts, key, remember=created)
    if key_kind(site.lookup, facts).endswith(".value"):
        yield _source(code, site, facts, key, remember=created, empty_keys=True)


def _known_keys(code: Code, site: Site, facts: Facts) -> str | None:
    """Return source that fetches all keys before the loop; None if objects are used."""
    if site.helper is None or site.caller is not None:
        return None
    queries = [c for c in find(site.helper, cst.Call) if last_name(c.func) == "get_all"]
    patch = prefetch_patch(SourceCode(code.source, code.line(queries[0]), code.task))
    changed = None if patch is None else patch.changed()
    if changed is None:
        return None
    new = Code(changed, code.task)
    [helper] = [f for f in new.functions if f.name.value == site.helper.name.value]
    edits = Edits(new)
    if new.uses(helper) == 0 and _is_private(new, helper, facts):
        edits.remove(helper)
    lines = edits.source().splitlines(keepends=True)
    if "import lime_query\n" in lines and "import lime_query" not in code.source:
        lines.remove("import lime_query\n")  # sorted in below
    sorted_in = Edits(Code("".join(lines)))
    sorted_in.import_module("lime_query")
    return sorted_in.source()


def _is_private(code: Code, helper: cst.FunctionDef, facts: Facts) -> bool:
    is_alone = helper.name.value not in facts.named_elsewhere
    return is_alone and code.class_of(helper) is None


def _key(code: Code, site: Site) -> str:
    """Return the looked-up value in terms of the loop's variable."""
    value: cst.BaseExpression = site.lookup.value
    at: cst.CSTNode = site.node
    if site.caller is not None:
        function = code.function_of(site.node)
        assert function is not None
        value = in_function(code, value, function, arguments(function, site.caller))
        at = site.caller
    return code.text(in_loop(code, value, site.loop, at))


def _application(code: Code, site: Site) -> str:
    name = site.lookup.application
    function = code.function_of(site.node)
    if (
        site.caller is not None
        and function is not None
        and name in parameters(function)
    ):
        given = arguments(function, site.caller)
        if name not in given:
            raise NotExpressible("the application is not known in the loop")
        name = code.text(given[name])
    if code.stores(name.partition(".")[0], site.loop):
        raise NotExpressible("the application changes in the loop")
    return name


def _creation(code: Code, site: Site) -> tuple[cst.BaseStatement, str] | None:
    """Return the statement after which a new object has the key, and the object's name."""
    function = code.function_of(site.node)
    if function is None:
        return None
    wanted = code.text(site.lookup.value)
    for line in find(function, cst.SimpleStatementLine):
        found = assigned(line)
        made = called(found[1], site.lookup.limetype) if found else None
        if found is None or made is None or "limetypes" not in owner_of(made.func):
            continue
        same = [
            each
            for each in made.args
            if each.keyword is not None
            and each.keyword.value == site.lookup.key
            and code.text(each.value) == wanted
        ]
        if same:
            return _added(code, line, found[0]), found[0]
    return None


def _added(code: Code, line: cst.BaseStatement, name: str) -> cst.BaseStatement:
    """Return the statement that adds a new object, else the one that creates it."""
    for each in code.block_of(line):
        call = expression(each)
        if isinstance(call, cst.Call) and code.text(call).endswith(f".add({name})"):
            return each
    return line


def _source(
    code: Code,
    site: Site,
    facts: Facts,
    key: str,
    *,
    remember: tuple[cst.BaseStatement, str] | None,
    empty_keys: bool = False,
) -> str:
    lookup, edits = site.lookup, Edits(code)
    known = fresh_name(code, lookup.by_key, f"known_{lookup.by_key}")
    fetch = fresh_name(code, f"find_{lookup.by_key}", f"fetch_{lookup.by_key}")
    default = "" if lookup.result == FIRST else ", []"
    wanted = code.text(lookup.value)
    found = f"{known}.get({wanted}{default})"
    if empty_keys:  # the database may find an empty value for None, and the reverse
        found = f"({found} if {wanted} else {code.text(site.node)})"
    elif lookup.must_exist:  # the query then raises the same error
        found = f"({found} or {code.text(site.node)})"
    edits.replace(site.node, found)
    if remember is not None:
        edits.after(remember[0], [_remembering(lookup, known, wanted, remember[1])])
    if site.caller is not None:
        function = code.function_of(site.node)
        assert function is not None
        pass_on(edits, function, site.caller, known)
    unused = filter_statement(code, site.node)
    if unused is not None and site.helper is None and not empty_keys:
        edits.remove(unused)
    helper = None if empty_keys else site.helper
    if helper is not None and _is_last_use(code, helper, facts):
        edits.remove(helper)
    target = row_name(code, site.loop)
    batch = batch_name(code, site.loop)
    keys = fresh_name(code, "keys", f"{known}_keys")
    fetched = [
        f"{keys} = {{{key} for {target} in {batch}}}",
        f"{known} = {fetch}({_application(code, site)}, {keys})",
    ]
    in_each_batch(code, edits, site.loop, fetched, [])
    edits.import_name("lime_filter", "Filter")
    edits.import_name("lime_filter", "InOperator")
    edits.add_helper(_fetching(lookup, facts, fetch))
    return edits.source()


def _remembering(lookup: Lookup, known: str, wanted: str, created: str) -> str:
    """Return the statement that lets later rows find a created object."""
    if lookup.result == FIRST:
        return f"{known}[{wanted}] = {created}"
    return f"{known}.setdefault({wanted}, []).append({created})"


def _is_last_use(code: Code, helper: cst.FunctionDef, facts: Facts) -> bool:
    return code.uses(helper) == 1 and _is_private(code, helper, facts)


def _fetching(lookup: Lookup, facts: Facts, fetch: str) -> str:
    """Return the function that fetches the objects of a batch."""
    each = lookup.limetype
    key = f"{each}.{key_kind(lookup, facts)}"
    keep = f"found.setdefault({key}, {each})"
    if lookup.result != FIRST:
        keep = f"found.setdefault({key}, []).append({each})"
    return _FETCH.format(
        fetch=fetch,
        objects=lookup.objects,
        key=lookup.key.strip("_"),
        field=lookup.key,
        limetype=lookup.limetype,
        each=each,
        keep=keep,
    )
