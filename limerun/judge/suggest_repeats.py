"""Suggest how to ask once for what is asked again, in the user's own names. Pure."""

import ast

from limerun.judge.asked import asked_of
from limerun.judge.code import Code, Loop, LoopedCall, name_of, plural, target_of, text


def remember(code: Code, statement: str) -> str | None:
    """Return how to keep each answer in a dict."""
    around = code.around()
    if around is None:
        return None
    loop, called = around
    asked = code.statement if called is None else code.statement_of(called.call)
    target = target_of(asked)
    value = getattr(asked, "value", None)
    if target and value is not None and not code.depends_on(loop, value):
        return f"{text(asked)}  # once, before the loop"
    call = _call_of(asked) if called is None else called.call
    if call is None or asked is loop:
        return None
    key = _key_of(code, statement, around, call)
    if key is None:
        return None
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


def _key_of(
    code: Code,
    statement: str,
    around: tuple[Loop, LoopedCall | None],
    call: ast.Call,
) -> str | None:
    """Return what decides the answer, as the loop writes it; None: not understood."""
    loop, called = around
    compared = [each for each in ast.walk(code.scope) if _is_comparison(each)]
    if compared:
        # A filter is a new object each time: its value decides, if there is but one.
        asked = asked_of(code, statement, called)
        whole = len(compared) == 1 and asked is not None and asked.value != "..."
        return asked.value if whole and asked is not None else None
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    deciding = [text(each) for each in given if code.depends_on(loop, each)]
    if len(deciding) > 1:
        return f"({', '.join(deciding)})"
    return deciding[0] if deciding else None


def _is_comparison(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and name_of(node.func).endswith("Operator")
