"""Suggest what to ask the database instead, in the user's own names. Pure."""

import ast
import re
from dataclasses import dataclass

from limerun.judge.code import Code, LoopedCall, name_of, plural, target_of, text

_FROM = re.compile(r'\bFROM\s+"?(\w+)"?', re.IGNORECASE)
_WHERE = re.compile(r'\bWHERE\s+\(*(?:"?\w+"?\.)?"?(\w+)"?\s*=\s*[?:%$]', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a line asks for: a property of a limetype, by a value."""

    application: str
    limetype: str
    key: str
    value: str


def prefetch(code: Code, statement: str) -> str | None:
    """Return how to ask once before the loop, and look in a set inside it."""
    around = code.around()
    if around is None:
        return None
    called = around[1]
    asked = _asked(code, statement, called)
    if asked is None:
        return _prefetch_in_sql(code, statement)
    instead = f", instead of {text(called.call)}" if called is not None else ""
    if asked.key == "_id":
        target = target_of(code.statement)
        return "\n".join(_by_id(asked, target, _used(code, target), instead))
    known = plural(asked.key)
    return "\n".join(
        [
            *_asked_once(asked, f'{{"{asked.key}": None}}'),
            f'{known} = {{found["{asked.key}"] for found in response["objects"]}}',
            f"# in the loop{instead}",
            f"if {asked.value} in {known}:",
            "    ...",
        ]
    )


def _used(code: Code, target: str) -> list[str]:
    """Return the properties that the line's function uses of what it fetched."""
    names = [
        node.attr
        for node in ast.walk(code.scope)
        if isinstance(node, ast.Attribute)
        and text(node.value) == f"{target}.properties"
    ]
    return list(dict.fromkeys(names))


def _by_id(asked: _Asked, target: str, used: list[str], instead: str) -> list[str]:
    """Return the lines that have every object of a limetype at hand by its id."""
    known = plural(asked.limetype)
    wanted = ", ".join(f'"{name}": None' for name in ["_id", *used])
    return [
        *_asked_once(asked, f"{{{wanted}}}"),
        f'{known} = {{found["_id"]: found for found in response["objects"]}}',
        f"# in the loop{instead}",
        f"{target or asked.limetype} = {known}[{asked.value}]",
    ]


def _asked_once(asked: _Asked, wanted: str) -> list[str]:
    return [
        "# once, before the loop",
        "response = lime_query.execute_query(",
        "    {",
        f'        "limetype": "{asked.limetype}",',
        f'        "responseFormat": {{"object": {wanted}}},',
        "    },",
        f"    {asked.application}.database.connection,",
        f"    {asked.application}.limetypes,",
        f"    {asked.application}.acl,",
        f"    {asked.application}.user,",
        ")",
    ]


def _prefetch_in_sql(code: Code, statement: str) -> str | None:
    """Return the same for a task that writes its own SQL."""
    table, column = _FROM.search(statement), _WHERE.search(statement)
    connection = _executed_by(code)
    if table is None or column is None or connection is None:
        return None
    known = plural(column[1])
    return "\n".join(
        [
            "# once, before the loop",
            f'everything = text("SELECT {column[1]} FROM {table[1]}")',
            f"{known} = {{row[0] for row in {connection}.execute(everything)}}",
            "# in the loop",
            f"if ... in {known}:",
            "    ...",
        ]
    )


def _executed_by(code: Code) -> str | None:
    for node in ast.walk(code.statement):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("execute", "scalar", "scalars")
        ):
            return text(node.func.value)
    return None


# --- what is asked for ----------------------------------------------------------


def _asked(code: Code, statement: str, called: LoopedCall | None) -> _Asked | None:
    found = _limetype(code, statement)
    if found is None:
        return None
    application, limetype = found
    compared = _compared(code, limetype)
    if compared is None:
        column = _WHERE.search(statement)
        if column is None:
            return None
        compared = column[1], None
    key, value = compared
    return _Asked(
        application=_seen_from_loop(code, application, called),
        limetype=limetype,
        key=key,
        value="..." if value is None else _seen_from_loop(code, text(value), called),
    )


def _limetype(code: Code, statement: str) -> tuple[str, str] | None:
    """Return the application's name and the limetype that the line asks for."""
    table = _FROM.search(statement)
    asked = table[1].lower() if table is not None else None
    places = [code.statement, code.scope]
    found = [each for place in places for each in _limetypes_in(place)]
    for application, limetype in found:
        if asked in (None, limetype.lower()):
            return application, limetype
    return None


def _limetypes_in(place: ast.AST) -> list[tuple[str, str]]:
    found = []
    for node in ast.walk(place):
        if isinstance(node, ast.Attribute):
            owner, name = node.value, node.attr
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            owner, name = node.value, str(node.slice.value)
        else:
            continue
        if isinstance(owner, ast.Attribute) and owner.attr == "limetypes":
            found.append((text(owner.value), name))
    return found


def _compared(code: Code, limetype: str) -> tuple[str, ast.expr | None] | None:
    """Return the property, and the expression, by which the line finds objects."""
    for node in ast.walk(code.scope):
        if not isinstance(node, ast.Call):
            continue
        name = name_of(node.func).rpartition(".")[2]
        if name == "EqualsOperator" and len(node.args) == 2:
            key, value = node.args
            if isinstance(key, ast.Constant):
                return str(key.value), value
        if name == "get" and node.args and text(node.func).endswith(f"{limetype}.get"):
            return "_id", node.args[0]
    return None


def _seen_from_loop(code: Code, expression: str, called: LoopedCall | None) -> str:
    """Return an expression of the line's function as the caller's loop writes it."""
    if called is None:
        return expression
    head = re.match(r"\w+", expression)
    given = code.argument(called.call, head[0]) if head is not None else None
    if head is None or given is None:
        return expression
    return text(given) + expression[head.end() :]


# --- what is asked again --------------------------------------------------------


def remember(code: Code, statement: str) -> str | None:
    """Return how to keep each answer in a dict."""
    around = code.around()
    if around is None:
        return None
    loop, called = around
    asked = code.statement if called is None else code.statement_of(called.call)
    target = target_of(asked)
    call = _call_of(asked) if called is None else called.call
    if call is None or asked is loop:
        return None
    key = _key_of(call)
    if key is None:
        return f"{text(asked)}  # once, before the loop" if target else None
    answers = plural(target) if target.isidentifier() else "answers"
    lines = [
        "# before the loop",
        f"{answers} = {{}}",
        "# in the loop",
        f"if {key} not in {answers}:",
        f"    {answers}[{key}] = {text(call)}",
    ]
    if target:
        lines.append(f"{target} = {answers}[{key}]")
    return "\n".join(lines)


def _call_of(statement: ast.stmt) -> ast.Call | None:
    value = getattr(statement, "value", None)
    return value if isinstance(value, ast.Call) else None


def _key_of(call: ast.Call) -> str | None:
    """Return the argument that decides the answer: the last one that is a value."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    values = [
        each
        for each in given
        if isinstance(each, ast.Subscript | ast.Attribute)
        or (isinstance(each, ast.Name) and "app" not in each.id)
    ]
    return text(values[-1]) if values else None
