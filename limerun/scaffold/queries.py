"""Find the properties in queries that code writes as dictionaries. Pure."""

import ast
from collections.abc import Iterator, Mapping


def is_query(node: ast.Dict) -> str | None:
    """Return the limetype of `{"limetype": "deal", …}`, or None if it is not a query."""
    limetype = _entries(node).get("limetype")
    if isinstance(limetype, ast.Constant) and isinstance(limetype.value, str):
        return limetype.value
    return None


def properties_of_query(
    query: ast.Dict, limetype: str, relations: Mapping[str, str]
) -> Iterator[tuple[str, str, bool]]:
    """Yield limetype, property, and whether the property is a relation."""
    entries = _entries(query)
    response = _entries(entries.get("responseFormat"))
    yield from _fields(response.get("object"), limetype, relations)
    for part in ("filter", "orderBy"):
        for name in _names_in(entries.get(part), by_key=part == "orderBy"):
            yield limetype, name.partition(".")[0], "." in name


def _fields(
    node: ast.expr | None, limetype: str, relations: Mapping[str, str]
) -> Iterator[tuple[str, str, bool]]:
    for name, value in _entries(node).items():
        is_relation = isinstance(value, ast.Dict)
        if name.startswith("_"):
            continue
        yield limetype, name, is_relation
        if is_relation:
            related = relations.get(f"{limetype}.{name}", name)
            yield from _fields(value, related, relations)


def _names_in(node: ast.expr | None, *, by_key: bool) -> Iterator[str]:
    """Yield the properties in a filter or an order."""
    for each in ast.walk(node) if node is not None else ():
        if not isinstance(each, ast.Dict):
            continue
        entries = _entries(each)
        key = entries.get("key")
        names = [*entries] if by_key else []
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            names = [key.value]
        yield from (name for name in names if not name.startswith("_"))


def _entries(node: ast.expr | None) -> dict[str, ast.expr]:
    """Return the entries of a dictionary whose keys are literal text."""
    if not isinstance(node, ast.Dict):
        return {}
    return {
        key.value: value
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
