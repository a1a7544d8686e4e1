"""Suggest how to keep less, and to commit in batches, in the user's own names. Pure."""

import ast

from limerun.judge.code import Code, Function, Loop, name_of, singular, target_of, text

BATCH = 50  # the guide, section 2
_WHOLE = ("list", "tuple", "sorted")


def stream(code: Code) -> str | None:
    """Return how to have one row at a time where a line holds them all."""
    statement = code.statement
    if isinstance(statement, Function):
        return None  # the task as a whole: no line is known to hold the rows
    value: ast.AST | None = getattr(statement, "value", None)
    name = target_of(statement)
    if isinstance(value, ast.ListComp) and name:
        return _generator(code, name, value)
    if isinstance(value, ast.Call) and name_of(value.func) in _WHOLE and value.args:
        return f"for {singular(name)} in {text(value.args[0])}:  # no list of them all\n    ..."
    return _read_by_rows(value) or let_go(code)


def _read_by_rows(value: object) -> str | None:
    """Return the loop that reads a file row by row instead of as a whole."""
    if not isinstance(value, ast.Call):
        return None
    function, head = name_of(value.func), ""
    if function.endswith((".readlines", ".read")):
        file, row = function.rpartition(".")[0], "line"
    elif function == "json.load" and value.args:
        file, row = text(value.args[0]), "row"
    else:
        return None
    if not file.isidentifier():
        head, file = f"with {file} as file:\n    ", "file"
    rows = file
    why = "one row at a time, instead of all of them"
    if row == "row":
        # The standard library parses an array as a whole or not at all.
        rows = f'ijson.items({file}, "item")'
        why += "; needs the package ijson"
    body = "        ..." if head else "    ..."
    return f"{head}for {row} in {rows}:  # {why}\n{body}"


def _generator(code: Code, name: str, value: ast.ListComp) -> str:
    row = singular(name)
    opened = code.parents.get(code.statement)
    loop = value.generators[0]
    conditions = "".join(f" if {text(each)}" for each in loop.ifs)
    if not isinstance(opened, ast.With):
        rows = f"({text(value.elt)} for {text(loop.target)} in {text(loop.iter)}{conditions})"
        return f"{name} = {rows}  # a generator: one {row} at a time"
    needed = ", ".join(_given(code, opened, value))
    body = [f"        for {text(loop.target)} in {text(loop.iter)}:"]
    indent = 12
    for condition in loop.ifs:
        body.append(f"{' ' * indent}if {text(condition)}:")
        indent += 4
    items = ", ".join(text(item) for item in opened.items)
    return "\n".join(
        [
            f"def read_{name}({needed}):",
            f"    with {items}:",
            *body,
            f"{' ' * indent}yield {text(value.elt)}",
            "",
            f"for {row} in read_{name}({needed}):  # no list of them all",
            "    ...",
        ]
    )


def _given(code: Code, opened: ast.With, value: ast.ListComp) -> list[str]:
    """Return the function's own names that the reading needs from outside."""
    if code.function is None:
        return []
    parameters = [each.arg for each in code.function.args.args]
    used = {
        node.id
        for part in (*opened.items, value)
        for node in ast.walk(part)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    return [name for name in parameters if name in used]


# --- lists that are only ever added to ------------------------------------------


def let_go(code: Code) -> str | None:
    """Return how to do without the list that a loop puts each object into."""
    kept = _kept(code)
    if kept is None:
        return commit_in_batches(code)
    name, value, loop = kept
    uses = list(code.loads(name, loop))
    counts = [
        node
        for node in uses
        if isinstance(call := code.parents[node], ast.Call)
        and name_of(call.func) == "len"
    ]
    adds = [node for node in uses if isinstance(code.parents[node], ast.Attribute)]
    if len(counts) + len(adds) == len(uses) and counts:
        return "\n".join(
            [
                f"# {name} is only counted: count, and let each {value} go",
                "count = 0  # before the loop",
                f"count += 1  # instead of {name}.append({value})",
            ]
        )
    return _batches(loop, [f"    for {text(loop.target)} in batch:", "        ..."])


def _kept(code: Code) -> tuple[str, str, ast.For] | None:
    """Return the list, what is put into it, and the loop that does so."""
    around = code.around()
    loops = [code.statement] if isinstance(code.statement, ast.For) else []
    if around is not None:
        loops.append(around[0])  # type: ignore[arg-type]
    for loop in loops:
        if not isinstance(loop, ast.For):
            continue
        for node in ast.walk(loop):
            if not isinstance(node, ast.Call) or len(node.args) != 1:
                continue
            owner, _, method = name_of(node.func).rpartition(".")
            if method == "append" and owner:
                return owner, text(node.args[0]), loop
    return None


# --- commits --------------------------------------------------------------------


def commit_in_batches(code: Code) -> str | None:
    """Return the loop that commits every 50 objects."""
    committed = _called_on(code.statement, "commit")
    if committed is None:
        committed = _called_on(code.statement, "add")
        if committed is None or _called_on(code.scope, "commit") != committed:
            return None
    for node in ast.walk(code.scope):
        if not isinstance(node, ast.For):
            continue
        added = _added(node, committed)
        if added is not None:
            opened = code.value_of(committed)
            inside = [
                f"    for {text(node.target)} in batch:",
                "        ...",
                f"        {added}",
            ]
            if opened is not None and not _is_session(committed):
                inside.insert(0, f"    {committed} = {text(opened)}")
            return _batches(node, [*inside, f"    {committed}.commit()"])
    return None


def _is_session(name: str) -> bool:
    return "session" in name or "connection" in name


def _called_on(place: ast.AST, method: str) -> str | None:
    """Return what a method is called on."""
    for node in ast.walk(place):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == method
        ):
            return text(node.func.value)
    return None


def _added(loop: Loop, owner: str) -> str | None:
    """Return the call in a loop that adds to a unit of work."""
    for node in ast.walk(loop):
        if isinstance(node, ast.Call) and name_of(node.func) in (
            f"{owner}.add",
            f"{owner}.delete",
            f"{owner}.execute",
        ):
            return text(node)
    return None


def _batches(loop: ast.For, inside: list[str]) -> str:
    rows = text(loop.iter)
    source = rows if rows.isidentifier() else "remaining"
    return "\n".join(
        [
            f"{source} = iter({rows})",
            f"while batch := list(itertools.islice({source}, {BATCH})):",
            *inside,
        ]
    )
