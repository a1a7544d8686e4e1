"""Advise how to send one query instead of one for each row. Pure."""

import ast
import re

from limerun.judge.remedies.prefetch_patch import prefetched
from limerun.judge.remedies.remedy import Remedy
from limerun.judge.remedies.source_code import Loop, SourceCode, name_of, text
from limerun.judge.remedies.value_uses import EXISTENCE, OBJECT, READ, use_of
from limerun.records.statement_text import write_of

_FROM = re.compile(r'\bFROM\s+"?(\w+)"?', re.IGNORECASE)
_WHERE = re.compile(r'\bWHERE\s+\(*(?:"?\w+"?\.)?"?(\w+)"?\s*=\s*[?:%$]', re.IGNORECASE)
_MANY = (
    "Collect the rows of a batch and send them with one call: a list of parameters "
    "for `execute` or the driver's `executemany`"
)
_UNIT_OF_WORK = (
    "With Lime objects, add about 50 to a unit of work and commit them together."
)
BATCHED = {
    "INSERT": f"{_MANY}, or `insert().values([...])`. {_UNIT_OF_WORK}",
    "UPDATE": (
        f"{_MANY}; or one UPDATE with an IN filter where all rows get the same value. "
        f"{_UNIT_OF_WORK}"
    ),
    "DELETE": f"{_MANY}, or one DELETE with an IN filter on the key. {_UNIT_OF_WORK}",
}
"""Advice against one write statement for each row."""


def prefetch(code: SourceCode, file: str, statement: str) -> Remedy | None:
    """Return advice to query once before the loop, or to write in batches."""
    loop = code.repeating_loop()
    write = write_of(statement)
    if loop is None:
        return None
    if write is not None:
        return Remedy(advice=f"{_repeats(code, loop)}. {BATCHED[write]}")
    intent = _query_intent(code, statement)
    called = code.looped_call()
    use = OBJECT
    read: list[str] = []
    if called is not None and called.direct:
        use, read = use_of(code, called.call)
    advice = f"{_repeats(code, loop)}. {_instead(use, read, intent)}"
    return Remedy(advice=advice, diff=prefetched(code, file))


def _instead(use: str, read: list[str], intent: tuple[str, str] | None) -> str:
    of, key = ("", "the key") if intent is None else (f" of {intent[0]}", intent[1])
    if use == EXISTENCE:
        return (
            f"Before that loop, fetch {key}{of} in pages into a set, and look it up "
            "there. If the loop commits new objects, add their keys to the set."
        )
    if use == READ:
        values = ", ".join(read)
        return (
            f"Before that loop, fetch {key} and {values}{of} in pages into a dict with "
            f"{key} as its key, and look them up there."
        )
    return (
        "If only existence matters, a set of keys is enough; if only the id matters, a "
        f"dict of ids. Otherwise fetch what a batch of rows needs{of} with one query "
        f"(an IN filter on {key}) into a dict."
    )


def reuse_results(code: SourceCode, file: str, statement: str) -> Remedy | None:
    """Return advice to keep each result instead of querying it again."""
    loop = code.repeating_loop()
    if loop is None:
        return None
    called = code.looped_call()
    values = code.statement if called is None else called.call
    is_fixed = called is None or called.direct
    if is_fixed and not code.depends_on(loop, values):
        instead = (
            "Nothing in it changes between iterations: query once, before that loop."
        )
    else:
        instead = (
            "Keep each result in a dict that is created before that loop, and query "
            "only what the dict lacks."
        )
    return Remedy(advice=f"{_repeats(code, loop)}. {instead}")


def _repeats(code: SourceCode, loop: Loop) -> str:
    """Return which loop repeats a line, and through which call, as text."""
    called = code.looped_call()
    where = f"The loop in line {loop.lineno}"
    if called is None or code.function is None:
        return f"{where} repeats this"
    return f"{where} repeats this, by calling `{code.function.name}`"


# --- what a line queries -----------------------------------------------------------


def _query_intent(code: SourceCode, statement: str) -> tuple[str, str] | None:
    """Return the limetype and the property that a line filters by; None if unclear.

    Args:
        code: The code around the line.
        statement: The SQL that the line sent.
    """
    limetype = _limetype(code, statement)
    key = None if limetype is None else _compared(code, limetype)
    table, column = _FROM.search(statement), _WHERE.search(statement)
    if limetype is None and table is not None:
        limetype = table[1]
    if key is None and column is not None:
        key = "_id" if column[1] == "id" else column[1]
    return None if limetype is None or key is None else (limetype, key)


def _limetype(code: SourceCode, statement: str) -> str | None:
    """Return the limetype that the line queries."""
    table = _FROM.search(statement)
    queried = table[1].lower() if table is not None else None
    places = [code.statement, code.scope]
    found = [each for place in places for each in _limetypes_in(place)]
    return next((each for each in found if queried in (None, each.lower())), None)


def _limetypes_in(place: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(place):
        if isinstance(node, ast.Attribute):
            owner, name = node.value, node.attr
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            owner, name = node.value, str(node.slice.value)
        else:
            continue
        if isinstance(owner, ast.Attribute) and owner.attr == "limetypes":
            found.append(name)
    return found


def _compared(code: SourceCode, limetype: str) -> str | None:
    """Return the property that the line filters by."""
    for node in ast.walk(code.scope):
        if not isinstance(node, ast.Call):
            continue
        name = name_of(node.func).rpartition(".")[2]
        if name == "EqualsOperator" and len(node.args) == 2:
            key = node.args[0]
            if isinstance(key, ast.Constant):
                return str(key.value)
        gets = (f"{limetype}.get", f'{limetype}"].get')
        if node.args and text(node.func).endswith(gets):
            return "_id"
    return None
