"""PyYAML's safe loader, made stricter: bounds, and no values that surprise.

Compared with YAML 1.1 as PyYAML reads it, `12:30` and `2026-01-31` stay text and
so does `0123`; they would turn into 750, a date and 83.
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
"""Of a whole number: what has more is no float, nor can it be shown."""
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
    """The safe loader with numbers as people write them, and no dates."""

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
        LookupError: Its tag is not one of YAML's plain ones.
        ValueError: The text does not fit the tag.
    """
    value: str | int | float | bool | None = _SCALARS[node.tag](node)
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        raise ValueError("no number that can be used")
    return value


def advice_on(error: yaml.MarkedYAMLError) -> str:
    """Return what is wrong with the syntax, and the usual cure where there is one."""
    problem = error.problem or "is not YAML"
    if "maximum nesting depth" in problem:  # libyaml's own, which comes first
        return _TOO_DEEP
    if error.context:
        problem = f"{problem} {error.context}"
    if "mapping values are not allowed" in problem or "while parsing a flow" in problem:
        return f"{problem}; text that holds ': ' or braces needs quotes"
    if "cannot start any token" in problem:
        return f"{problem}; indent with spaces, and put text with signs in quotes"
    return problem


def check_expansion(text: str) -> None:
    """Walk the text's events, and stop where it nests too deep or grows too large.

    Aliases are counted as what they stand for, but are never expanded: a "billion
    laughs" is refused at the alias that is one too many.

    Raises:
        yaml.MarkedYAMLError: It does; or the text is not YAML.
    """
    walk = _Walk()
    for event in yaml.parse(text, Loader=StrictLoader):
        walk.take(event)


class _Walk:
    """Counts nodes and depth as if every alias were expanded."""

    def __init__(self) -> None:
        self.nodes = 0
        self.open: list[tuple[str | None, int, int]] = []
        """Anchor, nodes before it, and deepest nesting inside, of what is open."""
        self.sizes: dict[str, tuple[int, int]] = {}
        """Anchor -> nodes and nesting; none while it is open."""

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
            raise _refusal(f"the alias *{anchor} stands inside of itself", event)
        if anchor not in self.sizes:
            raise _refusal(f"the alias *{anchor} has no anchor &{anchor}", event)
        return self.sizes[anchor]

    def _grow(self, event: yaml.Event, nodes: int, depth: int) -> None:
        self.nodes += nodes
        if self.nodes > MOST_NODES:
            expanded = " once its aliases are expanded" if self.sizes else ""
            text = f"holds more than {MOST_NODES:,} values{expanded}"
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
    mark = cast(yaml.error.Mark, event.start_mark)  # or libyaml's, of the same shape
    return yaml.MarkedYAMLError(problem=text, problem_mark=mark)
