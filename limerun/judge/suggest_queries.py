"""Say how to ask once instead of for each row, or again and again. Pure."""

import ast
import re

from limerun.judge.prefetch_patch import prefetched
from limerun.judge.remedy import Remedy
from limerun.judge.source_code import Loop, SourceCode, name_of, text
from limerun.judge.value_uses import EXISTENCE, OBJECT, READ, use_of
from limerun.records.statement_text import write_of

_FROM = re.compile(r'\bFROM\s+"?(\w+)"?', re.IGNORECASE)
_WHERE = re.compile(r'\bWHERE\s+\(*(?:"?\w+"?\.)?"?(\w+)"?\s*=\s*[?:%$]', re.IGNORECASE)
_MANY = (
    "Collect the rows of a batch, and send them with one call: a list of parameters "
    "for `execute` or the driver's `executemany`"
)
_UNIT_OF_WORK = (
    "With Lime objects, add many to a unit of work and commit them together, about "
    "50 at a time."
)
BATCHED = {
    "INSERT": f"{_MANY}, or `insert().values([...])`. {_UNIT_OF_WORK}",
    "UPDATE": (
        f"{_MANY}; or one UPDATE with an IN filter where all rows get the same value. "
        f"{_UNIT_OF_WORK}"
    ),
    "DELETE": f"{_MANY}, or one DELETE with an IN filter on the key. {_UNIT_OF_WORK}",
}
"""What to do instead of one statement for each row that writes."""


def prefetch(code: SourceCode, file: str, statement: str) -> Remedy | None:
    """Return how to ask once, before the loop that repeats a query, or write at once."""
    loop = code.repeating_loop()
    write = write_of(statement)
    if loop is None:
        return None
    if write is not None:
        return Remedy(words=f"{_repeats(code, loop)}. {BATCHED[write]}")
    asked = _query_intent(code, statement)
    called = code.looped_call()
    use = OBJECT
    read: list[str] = []
    if called is not None and called.direct:
        use, read = use_of(code, called.call)
    words = f"{_repeats(code, loop)}. {_instead(use, read, asked)}"
    return Remedy(words=words, diff=prefetched(code, file))


def _instead(use: str, read: list[str], asked: tuple[str, str] | None) -> str:
    of, key = ("", "the key") if asked is None else (f" of {asked[0]}", asked[1])
    if use == EXISTENCE:
        return (
            f"Before that loop, fetch {key}{of} by pages into a set, and look there. If "
            "the loop commits new ones, add theirs."
        )
    if use == READ:
        values = ", ".join(read)
        return (
            f"Before that loop, fetch {key} and {values}{of} by pages into a dict by "
            f"{key}, and look there."
        )
    return (
        "A set of keys is enough only where nothing but existence matters. Else fetch "
        f"what a batch of rows needs{of} with one query, an IN filter on {key}, into a "
        "dict; or a dict of ids, where an id is enough."
    )


def remember(code: SourceCode, file: str, statement: str) -> Remedy | None:
    """Return that each answer is to be kept, and where."""
    loop = code.repeating_loop()
    if loop is None:
        return None
    called = code.looped_call()
    values = code.statement if called is None else called.call
    is_fixed = called is None or called.direct
    if is_fixed and not code.depends_on(loop, values):
        instead = "Nothing in it changes from turn to turn: ask once, before that loop."
    else:
        instead = (
            "Keep each answer in a dict that is made before that loop, and ask only "
            "for what is not in it yet."
        )
    return Remedy(words=f"{_repeats(code, loop)}. {instead}")


def _repeats(code: SourceCode, loop: Loop) -> str:
    """Return which loop repeats a line, and through which call."""
    called = code.looped_call()
    where = f"The loop in line {loop.lineno}"
    if called is None or code.function is None:
        return f"{where} repeats this"
    return f"{where} repeats this, by calling `{code.function.name}`"


# --- what a line asks for ----------------------------------------------------------


def _query_intent(code: SourceCode, statement: str) -> tuple[str, str] | None:
    """Return the limetype and property by which a line asks; None: not understood.

    Args:
        code: The code around the line.
        statement: What it sent.
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
    """Return the limetype that the line asks for."""
    table = _FROM.search(statement)
    asked = table[1].lower() if table is not None else None
    places = [code.statement, code.scope]
    found = [each for place in places for each in _limetypes_in(place)]
    return next((each for each in found if asked in (None, each.lower())), None)


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
    """Return the property by which the line finds objects."""
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
