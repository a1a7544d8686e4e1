"""Read a DSL's YAML text into mappings that know the line of each key."""

from collections.abc import Mapping
from typing import Any

from lime_errors import InvalidValueError
from limerun.lime.lacking import StandInLoader


class Lines(dict[Any, Any]):
    """A mapping read from YAML that remembers the line number of each key."""

    lines: dict[Any, int]


def read_dsl(dsl: Mapping[str, Any] | str) -> Mapping[str, Any]:
    """Return a DSL as a mapping, read from YAML if it is text."""
    found = _read_text(dsl) if isinstance(dsl, str) else dsl
    if not isinstance(found, Mapping):
        raise InvalidValueError("a DSL must be a mapping from limetypes to properties")
    for name, said in found.items():
        if said is not None and not isinstance(said, Mapping):
            raise InvalidValueError(f'{line_of(found, name)}"{name}" must be a mapping')
    return found


def line_of(mapping: Mapping[str, Any], key: str) -> str:
    """Return "DSL, line n: " for a key; empty if the DSL was not text."""
    line = mapping.lines.get(key) if isinstance(mapping, Lines) else None
    return f"DSL, line {line}: " if line else ""


def _read_text(text: str) -> Any:
    # Imported only for a DSL in text form.
    with StandInLoader.importing():
        import yaml

    class DslLoader(yaml.SafeLoader):
        """Creates mappings with line numbers, and rejects duplicate keys."""

    def construct(loader: DslLoader, node: yaml.MappingNode) -> Any:
        made = Lines()
        made.lines = {}
        yield made
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node)
            line = key_node.start_mark.line + 1
            if not isinstance(key, str | int):
                raise InvalidValueError(f"DSL, line {line}: a name must be text")
            if key in made:
                raise InvalidValueError(f'DSL, line {line}: "{key}" appears twice')
            made[key] = loader.construct_object(value_node, deep=True)
            made.lines[key] = line

    DslLoader.add_constructor("tag:yaml.org,2002:map", construct)
    try:
        return yaml.load(text, DslLoader) or {}  # a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise InvalidValueError(f"DSL, line {line}: {error.problem}") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise InvalidValueError(f"DSL, line {line}: {error.reason}") from None
