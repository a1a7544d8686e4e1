"""Check the docstring and the annotations of a task. Pure."""

import ast
import re
from collections.abc import Iterator

from limerun.lint.functions import last_name
from limerun.lint.known_values import Values
from limerun.lint.suspicions import suspicion
from limerun.records import Finding, Level

_WORD = re.compile(r"[a-zA-ZåäöÅÄÖ]+")
_FILLERS = frozenset(
    {"a", "an", "the", "this", "is", "task", "function", "for", "to", "of", "and"}
    | {"all", "it", "that", "todo", "run", "runs", "main", "from", "in", "into"}
)
_ENOUGH_WORDS = 6
_IMPLICIT = ("self", "cls")


def documentation_findings(values: Values) -> Iterator[Finding]:
    """Yield the findings about the docstring and annotations of a function."""
    if values.function.is_task:
        yield from _docstring(values)
        yield from _annotations(values)


def _docstring(values: Values) -> Iterator[Finding]:
    node = values.function.node
    docstring = ast.get_docstring(node) or ""
    words = [each.lower() for each in _WORD.findall(docstring)]
    level: Level = "warning"
    if not words:
        title = "The task has no docstring"
        detail = f"No docstring explains what {node.name} does, and how."
    elif not [each for each in words if not _says_nothing(each, node.name)]:
        title = "The docstring only repeats the task's name"
        detail = f'"{" ".join(docstring.split())[:80]}" says no more than {node.name}.'
    elif len(words) < _ENOUGH_WORDS:
        level, title = "note", "The docstring is very short"
        detail = (
            "Say what the task does, where the data comes from and goes to, and what "
            "to watch out for."
        )
    else:
        return
    yield suspicion("docs.docstring", level, values.function, node, title, detail)


def _says_nothing(word: str, name: str) -> bool:
    own = name.lower()
    return word in _FILLERS or word in own or word.rstrip("s") in own


def _annotations(values: Values) -> Iterator[Finding]:
    function, node = values.function, values.function.node
    parameters = [each for each in function.parameters() if each.arg not in _IMPLICIT]
    missing = [each.arg for each in parameters if each.annotation is None]
    unclear = [each.arg for each in parameters if last_name(each.annotation) == "Any"]
    lacks = []
    if missing:
        lacks.append(f"no type for {', '.join(missing)}")
    if unclear:
        lacks.append(f"the type of {', '.join(unclear)} is Any")
    if node.returns is None:
        lacks.append("no type for the result")
    elif last_name(node.returns) == "Any":
        lacks.append("the type of the result is Any")
    if lacks:
        yield suspicion(
            "docs.types",
            "warning",
            function,
            node,
            "Type annotations of the task are missing",
            f"{function.name}: {'; '.join(lacks)}.",
        )
