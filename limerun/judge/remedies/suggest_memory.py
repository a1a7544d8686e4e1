"""Advise how to keep less in memory, and to commit in batches. Pure."""

import ast

from limerun.judge.remedies.kept_rows import cache_of, kept_by
from limerun.judge.remedies.remedy import Remedy
from limerun.judge.remedies.source_code import Function, SourceCode, name_of, text
from limerun.judge.remedies.value_uses import is_only_counted

BATCH = 50  # the guide, section 2
_WHOLE = ("list", "tuple", "sorted", "json.load")
_RELEASE = "Release each one after its batch, or keep only its key or id."


def keep_less(code: SourceCode, file: str) -> Remedy | None:
    """Return advice for a line that keeps every row in memory."""
    advice = _cached(code) or _loaded_whole(code) or _added(code)
    return None if advice is None else Remedy(advice=advice)


def _cached(code: SourceCode) -> str | None:
    decorator = None if code.function is None else cache_of(code.function)
    if decorator is None or code.function is None:
        return None
    return (
        f"`{text(decorator)}` keeps every result of `{code.function.name}` until the "
        "process ends. Set a maxsize, or use a dict for one batch."
    )


def _loaded_whole(code: SourceCode) -> str | None:
    """Return advice for a line that loads everything into a list."""
    statement = code.statement
    if isinstance(statement, Function):
        return None  # whole task: the line that keeps the rows is unknown
    value: ast.AST | None = getattr(statement, "value", None)
    if isinstance(value, ast.ListComp):
        source = value.generators[0].iter
    elif isinstance(value, ast.Call) and value.args and name_of(value.func) in _WHOLE:
        source = value.args[0]
    elif isinstance(value, ast.Call) and name_of(value.func).endswith(".readlines"):
        source = value.func.value  # type: ignore[attr-defined]
    else:
        return None
    return (
        f"This line keeps all of `{text(source)}` in memory at once. Process it one by "
        f"one with a generator, or in batches of {BATCH} with itertools.islice, and "
        "keep only what the next batch needs."
    )


def _added(code: SourceCode) -> str | None:
    """Return advice for a line that adds to a collection that outlives the loop."""
    kept = _kept_near(code)
    if kept is None:
        return None
    name, value = kept
    owner = f"`{name}`"
    if _is_module_level(code, name.split(".")[0].split("[")[0]):
        return (
            f"{owner} is defined at module level: it keeps each `{value}` until the "
            f"process ends, even after the run. {_RELEASE}"
        )
    if name.isidentifier() and is_only_counted(code, name, code.statement):
        return f"{owner} is only used for its length: use a counter instead of keeping each `{value}`."
    return f"{owner} keeps each `{value}`. {_RELEASE}"


def _kept_near(code: SourceCode) -> tuple[str, str] | None:
    """Return the collection that the line or its loop adds to, and what is added."""
    loop = code.loop(code.statement)
    inside = [] if loop is None else list(ast.walk(loop))
    for node in (code.statement, *inside):
        kept = kept_by(node) if isinstance(node, ast.stmt) else None
        if kept is not None and kept[1]:
            return text(kept[0]), text(kept[1][-1])
    return None


def _is_module_level(code: SourceCode, name: str) -> bool:
    return any(
        isinstance(node, ast.Assign | ast.AnnAssign | ast.ClassDef)
        and name in _defined(node)
        for node in code.tree.body
    )


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]  # type: ignore[attr-defined]
    return [text(each) for each in targets]


def commit_in_batches(code: SourceCode, file: str) -> Remedy | None:
    """Return advice that names the loop that should commit every 50 objects."""
    loop = code.repeating_loop()
    if loop is None:
        adding = [
            node
            for node in ast.walk(code.scope)
            if isinstance(node, ast.For) and ".add(" in text(node)
        ]
        loop = adding[0] if adding else None
    if loop is None:
        return None
    return Remedy(
        advice=f"In the loop in line {loop.lineno}, commit every {BATCH} objects and "
        "open a new unit of work. Commit once more after the loop, for the rest."
    )
