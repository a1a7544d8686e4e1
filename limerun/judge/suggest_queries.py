"""Suggest what to ask the database instead, in the user's own names. Pure."""

import ast

from limerun.judge.asked import FROM, WHERE, Asked, asked_of
from limerun.judge.code import Code, LoopedCall, plural, target_of, text


def prefetch(code: Code, statement: str) -> str | None:
    """Return how to ask once before the loop, and look in a set inside it."""
    around = code.around()
    if around is None:
        return None
    called = around[1]
    asked = asked_of(code, statement, called)
    if asked is None:
        return _prefetch_in_sql(code, statement)
    instead = f", instead of {text(called.call)}" if called is not None else ""
    if asked.key == "_id":
        target = target_of(code.statement)
        return "\n".join(_by_id(asked, target, _used(code, target), instead))
    held = _held(code, called)
    if held is not None:
        return "\n".join(_by_key(asked, *held, instead))
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


def _by_id(asked: Asked, target: str, used: list[str], instead: str) -> list[str]:
    """Return the lines that have every object of a limetype at hand by its id."""
    known = plural(asked.limetype)
    wanted = ", ".join(f'"{name}": None' for name in ["_id", *used])
    return [
        *_asked_once(asked, f"{{{wanted}}}"),
        f'{known} = {{found["_id"]: found for found in response["objects"]}}',
        f"# in the loop{instead}",
        f"{target or asked.limetype} = {known}[{asked.value}]",
    ]


def _held(code: Code, called: LoopedCall | None) -> tuple[str, list[str]] | None:
    """Return the name of what was found, and its properties that the loop reads.

    None: the loop asks no more than whether it is there, or changes it, for which it
    needs the object itself.
    """
    asked = code.statement if called is None else code.statement_of(called.call)
    target = target_of(asked)
    loop = code.loop(asked)
    if not target.isidentifier() or loop is None:
        return None
    read: list[str] = []
    linked = False
    for node in code.loads(target, loop):
        above = code.parents[node]
        if isinstance(above, ast.keyword):
            made = code.parents[above]
            linked |= isinstance(made, ast.Call) and ".limetypes" in text(made.func)
        elif isinstance(above, ast.Attribute) and above.attr == "properties":
            named = code.parents[above]
            read += [named.attr] if isinstance(named, ast.Attribute) else []
        elif isinstance(above, ast.Attribute) and above.attr == "id":
            linked = True
        elif isinstance(above, ast.Call) and node in above.args:
            return None
    if _is_changed(loop, target) or not (linked or read):
        return None
    return target, list(dict.fromkeys(read))


def _is_changed(loop: ast.AST, target: str) -> bool:
    """Say whether a loop assigns to properties of what was found."""
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and text(node).startswith(f"{target}.")
        for node in ast.walk(loop)
    )


def _by_key(asked: Asked, target: str, used: list[str], instead: str) -> list[str]:
    """Return the lines that have what the loop needs of each object by its key."""
    known = plural(asked.limetype)
    wanted = ", ".join(f'"{name}": None' for name in ["_id", asked.key, *used])
    return [
        *_asked_once(asked, f"{{{wanted}}}"),
        f'{known} = {{found["{asked.key}"]: found for found in response["objects"]}}',
        f"# in the loop{instead}",
        f"{target} = {known}.get({asked.value})",
        f'# where it is linked to: {asked.limetype}={target}["_id"]',
    ]


def _asked_once(asked: Asked, wanted: str) -> list[str]:
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
    table, column = FROM.search(statement), WHERE.search(statement)
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
