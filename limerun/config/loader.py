"""PyYAML's safe loader, made stricter: limited size, and no surprising values.

`12:30`, `2026-01-31` and `0123` stay text. YAML 1.1, as PyYAML reads it, turns them
into 750, a date and 83.
"""

import re
from typing import cast

import yaml
from yaml.constructor import SafeConstructor

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # PyYAML was built without libyaml
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

DEEPEST = 50
MOST_NODES = 100_000
_MOST_BITS = 1_000
"""Most bits of a whole number; a larger one does not fit a float and is too long."""
_TOO_DEEP = f"nested deeper than {DEEPEST} levels"
NOT_PRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_TAG = "tag:yaml.org,2002:"
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|0b[01_]+)$")
_FLOAT = re.compile(
    r"(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?$"
    r"|[-+]?\.(?:inf|Inf|INF)$|\.(?:nan|NaN|NAN)$"
)
_REPLACED = {f"{_TAG}{kind}" for kind in ("int", "float", "timestamp", "value")}


class StrictLoader(_SafeLoader):
    """The safe loader with decimal numbers only, and no dates."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own attribute
        first: [pair for pair in pairs if pair[0] not in _REPLACED]
        for first, pairs in _SafeLoader.yaml_implicit_resolvers.items()
    }


StrictLoader.add_implicit_resolver(f"{_TAG}int", _INTEGER, list("-+0123456789"))
StrictLoader.add_implicit_resolver(f"{_TAG}float", _FLOAT, list("-+.0123456789"))

_constructor = SafeConstructor()
_SCALARS = {
    f"{_TAG}null": _constructor.construct_yaml_null,
    f"{_TAG}bool": _constructor.construct_yaml_bool,
    f"{_TAG}int": _constructor.construct_yaml_int,
    f"{_TAG}float": _constructor.construct_yaml_float,
    f"{_TAG}str": _constructor.construct_yaml_str,
    f"{_TAG}merge": _constructor.construct_yaml_str,
}


def read_scalar(node: yaml.ScalarNode) -> str | int | float | bool | None:
    """Return a scalar's value.

    Raises:
        LookupError: Its tag is not a standard scalar tag.
        ValueError: The text does not fit the tag.
    """
    value: str | int | float | bool | None = _SCALARS[node.tag](node)
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        raise ValueError("number too large")
    return value


def advice_on(error: yaml.MarkedYAMLError) -> str:
    """Return the syntax error, and how to fix it where that is known."""
    problem = error.problem or "is not YAML"
    if "maximum nesting depth" in problem:  # libyaml's own limit, checked first
        return _TOO_DEEP
    if error.context:
        problem = f"{problem} {error.context}"
    if "mapping values are not allowed" in problem or "while parsing a flow" in problem:
        return f"{problem}; put text that contains ': ' or braces in quotes"
    if "cannot start any token" in problem:
        return f"{problem}; indent with spaces, and quote text with special characters"
    return problem


def check_expansion(text: str) -> None:
    """Reject a text that is nested too deeply or has too many values.

    Aliases count as many values as they stand for, but are never expanded. So a
    "billion laughs" attack is refused at the first alias that exceeds the limit.

    Raises:
        yaml.MarkedYAMLError: The text is over a limit, or is not YAML.
    """
    walk = _Walk()
    for event in yaml.parse(text, Loader=StrictLoader):
        walk.take(event)


class _Walk:
    """Counts nodes and depth as if every alias were expanded."""

    def __init__(self) -> None:
        self.nodes = 0
        self.open: list[tuple[str | None, int, int]] = []
        """For each open collection: its anchor, the nodes before it, its deepest
        nesting."""
        self.sizes: dict[str, tuple[int, int]] = {}
        """For each anchor of a closed collection or scalar: its nodes and nesting."""

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            size, depth = self._size_of(event)
            self._grow(event, size, depth)
        elif isinstance(event, yaml.ScalarEvent):
            self._grow(event, 1, 0)
            if event.anchor is not None:
                self.sizes[event.anchor] = (1, 0)
        elif isinstance(event, yaml.CollectionStartEvent):
            self.open.append((event.anchor, self.nodes, 0))
            self._grow(event, 1, 0)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()

    def _size_of(self, event: yaml.AliasEvent) -> tuple[int, int]:
        anchor = str(event.anchor)
        if any(each == anchor for each, _, _ in self.open):
            raise _refusal(f"the alias *{anchor} refers to itself", event)
        if anchor not in self.sizes:
            raise _refusal(f"the alias *{anchor} has no anchor &{anchor}", event)
        return self.sizes[anchor]

    def _grow(self, event: yaml.Event, nodes: int, depth: int) -> None:
        self.nodes += nodes
        if self.nodes > MOST_NODES:
            expanded = " once its aliases are expanded" if self.sizes else ""
            text = f"contains more than {MOST_NODES:,} values{expanded}"
            raise _refusal(text, event)
        if len(self.open) + depth > DEEPEST:
            raise _refusal(_TOO_DEEP, event)
        if self.open:
            anchor, before, deepest = self.open[-1]
            self.open[-1] = (anchor, before, max(deepest, depth))

    def _close(self) -> None:
        anchor, before, deepest = self.open.pop()
        if anchor is not None:
            self.sizes[anchor] = (self.nodes - before, deepest + 1)
        if self.open:
            outer, outer_before, outer_deepest = self.open[-1]
            deepest = max(outer_deepest, deepest + 1)
            self.open[-1] = (outer, outer_before, deepest)


def _refusal(text: str, event: yaml.Event) -> yaml.MarkedYAMLError:
    mark = cast(yaml.error.Mark, event.start_mark)  # libyaml's mark has the same fields
    return yaml.MarkedYAMLError(problem=text, problem_mark=mark)
