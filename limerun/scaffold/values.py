"""Choose first values for a task's parameters, from annotation and name. Pure.

The reason for a value that should be checked ends with "check".
"""

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from limerun.scaffold.parsed_code import Candidate, Parameter

_FILE = re.compile(r"(^|_)(path|file|filename|filepath|csv|jsonl|export)$")
_URL = re.compile(r"(^|_)(url|uri|endpoint)$")
_DAY = re.compile(
    r"(^|_)(date|day|since|until|before|after|from|to|start|end|cutoff)($|_)"
)
_LIST = re.compile(r"(^|_)(ids|numbers|names|keys|items|rows|values)$")
_WORDS = (
    (re.compile(r"(^|_)id$|coworker|company|person|deal"), 1),
    (re.compile(r"year"), 2025),
    (re.compile(r"days|hours|minutes|age"), 30),
    (re.compile(r"limit|size|count|max|batch|number_of|rows"), 100),
)
_NUMBER = re.compile(
    r"(^|_)id$|(^|_)(year|days|hours|minutes|limit|size|count|max|batch)($|_)"
)
_TEXTS = (
    (re.compile(r"mail"), "anna@example.com"),
    (re.compile(r"language|locale"), "sv"),
    (re.compile(r"limetype"), "company"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstValue:
    """A parameter's first value, and the reason for it."""

    name: str
    value: object
    why: str
    source: str | None = None
    """The source that the value refers to."""
    is_url: bool = False


def first_values(candidate: Candidate) -> tuple[FirstValue, ...]:
    """Return a value for every required parameter of a task."""
    ids = 0
    written = set(_written(candidate.module.tree))
    values = []
    for parameter in candidate.parameters:
        if parameter.name in written and _FILE.search(parameter.name):
            why = "the task writes this file, so its content is discarded: check"
            values.append(FirstValue(name=parameter.name, value=os.devnull, why=why))
            continue
        given = _given(parameter, candidate)
        if given.value == 1 and type(given.value) is int:
            ids += 1  # several ids refer to different rows
            given = replace(given, value=ids)
        values.append(given)
    return tuple(values)


def _written(tree: ast.Module) -> Iterator[str]:
    """Yield the names of files that the code opens for writing."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        modes = [*node.args[1:2], *(k.value for k in node.keywords if k.arg == "mode")]
        path = node.args[0]
        if ast.unparse(node.func).rpartition(".")[2] != "open":
            continue
        for mode in modes:
            if isinstance(mode, ast.Constant) and str(mode.value)[:1] in "wax":
                yield ast.unparse(path)


def _given(parameter: Parameter, candidate: Candidate) -> FirstValue:
    name = parameter.name
    if name in candidate.scheduled:
        why = "from the code's own schedule"
        return FirstValue(name=name, value=candidate.scheduled[name], why=why)
    annotation = _inner(parameter.annotation)
    if annotation in ("", "str", "Path", "PathLike") and (
        annotation.startswith("Path") or _FILE.search(name) or _URL.search(name)
    ):
        return _source(name, candidate.function.name)
    value = _value(name, annotation, parameter.annotation)
    how = "type and name" if annotation else "name"
    return FirstValue(name=name, value=value, why=f"guessed from its {how}: check")


def _source(name: str, task: str) -> FirstValue:
    is_url = bool(_URL.search(name))
    stem = (_URL if is_url else _FILE).sub("", name)
    words = [each for each in task.split("_") if each]
    # Names in Python may contain any letter, and a task's last word may be a number.
    names = (each for each in (stem, *words[1:][-1:]) if each.isascii())
    source = next((each for each in names if each.isidentifier()), "rows")
    what = "the URL of an API" if is_url else "the path of a file"
    return FirstValue(
        name=name,
        value=f"${{sources.{source}}}",
        why=f"{what} that limerun provides, see sources below: check",
        source=source,
        is_url=is_url,
    )


def _inner(node: ast.expr | None) -> str:
    """Return the type name in an annotation, without module, Optional and `| None`."""
    if node is None:
        return ""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return _inner(ast.parse(node.value, mode="eval").body)
        except SyntaxError:
            return ""
    if isinstance(node, ast.BinOp):
        sides = [_inner(node.left), _inner(node.right)]
        return next((each for each in sides if each not in ("", "None")), "")
    if isinstance(node, ast.Subscript):
        outer = _inner(node.value)
        return _inner(node.slice) if outer in ("Optional", "Annotated") else outer
    if isinstance(node, ast.Tuple):
        return _inner(node.elts[0]) if node.elts else ""
    return ast.unparse(node).rpartition(".")[2]


_COLLECTIONS = frozenset(
    {"list", "List", "Sequence", "Iterable", "Collection", "tuple", "Tuple"}
    | {"set", "Set", "frozenset"}
)
_MAPPINGS = frozenset({"dict", "Dict", "Mapping"})
_MOMENTS = frozenset({"date", "datetime"})


def _value(name: str, annotation: str, node: ast.expr | None) -> object:
    if annotation == "Literal":
        return next(_choices(node), "example")
    if annotation == "bool":
        return False
    if annotation in ("int", "float"):
        return _number(name) * (1.0 if annotation == "float" else 1)
    if annotation in _MAPPINGS:
        return {}
    if annotation in _COLLECTIONS or (not annotation and _LIST.search(name)):
        return _list(name, node)
    if annotation in _MOMENTS or _DAY.search(name):
        return "2025-01-01"
    if not annotation and _NUMBER.search(name):
        return _number(name)
    return next((text for words, text in _TEXTS if words.search(name)), "example")


def _number(name: str) -> int:
    return next((number for words, number in _WORDS if words.search(name)), 10)


def _choices(node: ast.expr | None) -> Iterator[object]:
    for each in ast.walk(node) if node is not None else ():
        if isinstance(each, ast.Constant) and isinstance(each.value, str | int):
            yield each.value


def _list(name: str, node: ast.expr | None) -> list[object]:
    whole = "int" in (ast.unparse(node) if node is not None else "")
    return [1, 2, 3] if whole or name.endswith("ids") else ["example"]
