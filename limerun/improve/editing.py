"""Apply several edits to a module at once, and keep its imports right. Pure."""

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from limerun.improve.code import Code
from limerun.improve.shapes import find

Edit = Callable[[Any], Any]
"""Returns the new node for one whose children are already edited."""
Statements = Sequence[str | cst.BaseStatement]
"""New statements: as text, or moved from another place."""


def parsed(statements: Statements) -> list[Any]:
    """Return the nodes of statements, without the blank lines before moved ones."""
    return [
        cst.parse_statement(each) if isinstance(each, str) else _without_blanks(each)
        for each in statements
    ]


def _without_blanks(statement: Any) -> Any:
    comments = [line for line in statement.leading_lines if line.comment]
    return statement.with_changes(leading_lines=comments)


class Edits:
    """Edits of single nodes of a module, applied together."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._edits: dict[cst.CSTNode, list[Edit]] = {}
        self._helpers: list[str] = []
        self._modules: list[str] = []
        self._names: list[tuple[str, str]] = []

    def change(self, node: cst.CSTNode, edit: Edit) -> None:
        """Edit a node after the nodes inside it."""
        self._edits.setdefault(node, []).append(edit)

    def replace(self, node: cst.CSTNode, new: cst.CSTNode | str) -> None:
        """Replace a node; a text is parsed as an expression."""
        made = cst.parse_expression(new) if isinstance(new, str) else new
        self.change(node, lambda _: made)

    def remove(self, *statements: cst.CSTNode) -> None:
        """Remove statements; their blocks must not become empty."""
        for each in statements:
            self.change(each, lambda _: cst.RemoveFromParent())

    def before(self, statement: cst.CSTNode, new: Statements) -> None:
        """Insert statements before a statement."""
        lines = parsed(new)

        def insert(updated: Any) -> Any:
            old, *others = _statements(updated)
            above = [*old.leading_lines, *lines[0].leading_lines]
            first = lines[0].with_changes(leading_lines=above)
            moved = old.with_changes(leading_lines=())
            return cst.FlattenSentinel([first, *lines[1:], moved, *others])

        self.change(statement, insert)

    def after(self, statement: cst.CSTNode, new: Statements) -> None:
        """Insert statements after a statement."""
        lines = parsed(new)
        self.change(
            statement, lambda was: cst.FlattenSentinel([*_statements(was), *lines])
        )

    def add_helper(self, source: str) -> None:
        """Add a function at the module's end, once."""
        if source not in self._helpers:
            self._helpers.append(source)

    def import_module(self, name: str) -> None:
        """Make sure that `import name` is there."""
        self._modules.append(name)

    def import_name(self, module: str, name: str) -> None:
        """Make sure that `from module import name` is there."""
        self._names.append((module, name))

    def source(self) -> str:
        """Return the edited source, without imports that are no longer used."""
        text = self._code.module.visit(_Applier(self._edits)).code
        newline = self._code.module.default_newline
        for helper in self._helpers:
            source = helper.replace("\n", newline)
            if source not in text:
                text = f"{text.rstrip()}{newline * 3}{source}"
        module = cst.parse_module(text)
        for name in self._modules:
            module = _with_module(module, name)
        for owner, name in self._names:
            module = _with_name(module, owner, name)
        return _without_unused(module, self._code.module).code


def _statements(edited: Any) -> list[Any]:
    """Return the statements that an earlier edit made of one."""
    return list(edited) if isinstance(edited, cst.FlattenSentinel) else [edited]


class _Applier(cst.CSTTransformer):
    def __init__(self, edits: dict[cst.CSTNode, list[Edit]]) -> None:
        super().__init__()
        self._edits = edits

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        for edit in self._edits.get(original_node, ()):
            updated_node = edit(updated_node)
        return updated_node


# --- imports -------------------------------------------------------------------------


def _imports(module: cst.Module) -> list[tuple[int, Any]]:
    """Return the import statements at the module's top, with their places."""
    return [
        (place, line.body[0])
        for place, line in enumerate(module.body)
        if isinstance(line, cst.SimpleStatementLine)
        and isinstance(line.body[0], cst.Import | cst.ImportFrom)
    ]


def _with_module(module: cst.Module, name: str) -> cst.Module:
    imports = _imports(module)
    for _, each in imports:
        if isinstance(each, cst.Import) and any(
            alias.evaluated_name == name and alias.asname is None
            for alias in each.names
        ):
            return module
    return _inserted(module, f"import {name}\n", _place_of(module, imports, name))


def _place_of(module: cst.Module, imports: list[tuple[int, Any]], name: str) -> int:
    """Return where `import name` belongs: before the first import that sorts after it."""
    after = 0
    if name.startswith("lime_"):
        similar = [place for place, each in imports if _starts_with_lime(module, each)]
        if similar:
            return similar[0]
    for place, each in imports:
        if isinstance(each, cst.ImportFrom) and _owner(module, each) == "__future__":
            after = place + 1
        elif isinstance(each, cst.ImportFrom) or each.names[0].evaluated_name > name:
            return place
        else:
            after = place + 1
    return after or int(module.get_docstring() is not None)


def _starts_with_lime(module: cst.Module, statement: Any) -> bool:
    text = module.code_for_node(statement).split()
    return text[1].startswith("lime_")


def _owner(module: cst.Module, statement: cst.ImportFrom) -> str:
    dots = "." * len(statement.relative)
    named = module.code_for_node(statement.module) if statement.module else ""
    return f"{dots}{named}"


def _inserted(module: cst.Module, text: str, place: int) -> cst.Module:
    line: Any = cst.parse_statement(text)
    body: list[Any] = list(module.body)
    if place < len(body) and place in dict(_imports(module)):
        line = line.with_changes(leading_lines=body[place].leading_lines)
        body[place] = body[place].with_changes(leading_lines=())
    elif place:
        line = line.with_changes(leading_lines=[cst.EmptyLine(indent=False)])
    body.insert(place, line)
    return module.with_changes(body=body)


def _with_name(module: cst.Module, owner: str, name: str) -> cst.Module:
    imports = _imports(module)
    for place, each in imports:
        if isinstance(each, cst.ImportFrom) and _owner(module, each) == owner:
            if isinstance(each.names, cst.ImportStar):
                return module
            names = [alias.evaluated_name for alias in each.names]
            if name in names:
                return module
            return _extended(module, place, each, name)
    text = f"from {owner} import {name}\n"
    places = [
        place
        for place, each in imports
        if isinstance(each, cst.ImportFrom) and _owner(module, each) > owner
    ]
    last = imports[-1][0] + 1 if imports else int(module.get_docstring() is not None)
    return _inserted(module, text, places[0] if places else last)


def _extended(
    module: cst.Module, place: int, statement: cst.ImportFrom, name: str
) -> cst.Module:
    aliases: list[Any] = list(statement.names)  # type: ignore[arg-type]
    at = sum(alias.evaluated_name < name for alias in aliases)
    comma = aliases[0].comma
    if not isinstance(comma, cst.Comma):
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    ending = aliases[-1].comma
    aliases.insert(at, cst.ImportAlias(name=cst.Name(name), comma=comma))
    aliases = [each.with_changes(comma=comma) for each in aliases[:-1]] + [
        aliases[-1].with_changes(comma=ending)
    ]
    return _with_aliases(module, place, statement, aliases)


def _with_aliases(
    module: cst.Module, place: int, statement: Any, aliases: list[Any]
) -> cst.Module:
    body: list[Any] = list(module.body)
    changed = statement.with_changes(names=aliases)
    body[place] = body[place].with_changes(body=[changed])
    return module.with_changes(body=body)


def _without_unused(module: cst.Module, before: cst.Module) -> cst.Module:
    """Remove imported names that were used before, and no longer are."""
    used_before, used = _used(before), _used(module)
    gone = used_before - used
    for place, each in reversed(_imports(module)):
        if isinstance(each.names, cst.ImportStar):
            continue
        kept = [alias for alias in each.names if _bound(alias) not in gone]
        if len(kept) == len(each.names):
            continue
        if not kept:
            module = module.with_changes(body=_without(module.body, place))
            continue
        kept[-1] = kept[-1].with_changes(comma=each.names[-1].comma)
        module = _with_aliases(module, place, each, kept)
    return module


def _without(body: Sequence[Any], place: int) -> list[Any]:
    """Return statements without one; the next one keeps its blank lines."""
    made = list(body)
    removed = made.pop(place)
    if place < len(made) and not made[place].leading_lines:
        made[place] = made[place].with_changes(leading_lines=removed.leading_lines)
    return made


def _bound(alias: Any) -> str:
    name: str = alias.evaluated_alias or alias.evaluated_name
    return name.partition(".")[0]


def _used(module: cst.Module) -> set[str]:
    """Return the names that a module uses outside its imports, also in quoted types."""
    found: set[str] = set()
    for line in module.body:
        if isinstance(line, cst.SimpleStatementLine) and isinstance(
            line.body[0], cst.Import | cst.ImportFrom
        ):
            continue
        found |= {each.value for each in find(line, cst.Name)}
        found |= {each.value.strip("\"'") for each in find(line, cst.SimpleString)}
    return found


def pass_on(edits: Edits, function: cst.FunctionDef, call: cst.Call, name: str) -> None:
    """Give a function one more parameter, and its call the variable of this name."""

    def longer(updated: Any) -> Any:
        return updated.with_changes(
            params=[*_ended(updated.params), cst.Param(cst.Name(name))]
        )

    def given(updated: Any) -> Any:
        is_named = bool(updated.args) and updated.args[-1].keyword is not None
        extra: Any = cst.parse_expression(
            f"f({name}={name})" if is_named else f"f({name})"
        )
        return updated.with_changes(args=[*_ended(updated.args), *extra.args])

    edits.change(function.params, longer)
    edits.change(call, given)


def _ended(items: Any) -> list[Any]:
    """Return arguments or parameters, the last one with a comma."""
    made = list(items)
    if made:
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        made[-1] = made[-1].with_changes(comma=comma)
    return made
