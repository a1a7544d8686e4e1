"""Read YAML into plain values, with the line and column of every key and value.

The values are text, numbers, booleans, null, lists and mappings only. A file that is
nested too deeply, or whose aliases expand too far, is refused before it is built.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import NoReturn

import yaml

from limerun.config.loader import (
    NOT_PRINTABLE,
    StrictLoader,
    advice_on,
    check_expansion,
    read_scalar,
)
from limerun.config.problems import (
    ConfigProblems,
    KeyPath,
    Place,
    Problem,
    show_value,
)
from limerun.errors import DatasetError

MOST_BYTES = 1_000_000
_LIMETYPES = ("dataset", "limetypes")
_MERGE = "tag:yaml.org,2002:merge"
_MAP = "tag:yaml.org,2002:map"
_LIST = "tag:yaml.org,2002:seq"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A YAML file as plain values, with the position of each value."""

    name: str
    """The file as the user named it; for a single value, its option or variable."""
    value: object
    keys: dict[KeyPath, Place] = field(default_factory=dict)
    values: dict[KeyPath, Place] = field(default_factory=dict)

    def place(self, path: KeyPath, *, at_key: bool = False) -> Place:
        """Return the position of a value or its key, or of the nearest key above it."""
        exact = self.keys if at_key else self.values
        if path in exact:
            return exact[path]
        for length in range(len(path), 0, -1):
            if path[:length] in self.keys:
                return self.keys[path[:length]]
        return self.values[()]


def read_document(
    path: Path, *, name: str | None = None, most_bytes: int = MOST_BYTES
) -> Document:
    """Parse a YAML file.

    Args:
        path: The file.
        name: Its name in messages; by default its path.
        most_bytes: The largest size that is accepted.

    Raises:
        ConfigProblems: The file cannot be read, or is not plain YAML.
    """
    shown = name or str(path)
    try:
        with path.open("rb") as file:
            content = file.read(most_bytes + 1)
    except IsADirectoryError:
        _refuse(Place(name=shown), "this is a folder; name a YAML file")
    except FileNotFoundError:
        _refuse(Place(name=shown), "no such file; check the path")
    except (OSError, ValueError) as error:
        _refuse(Place(name=shown), f"cannot be read: {error}")
    if len(content) > most_bytes:
        _refuse(Place(name=shown), f"larger than {most_bytes // 1_000_000} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        byte = content[error.start]
        place = _place_after(before, shown)
        _refuse(place, f"byte 0x{byte:02x} is not UTF-8; save the file as UTF-8")
    return parse_document(text, name=shown)


def parse_document(text: str, *, name: str) -> Document:
    """Parse a YAML text; an empty text is null.

    Raises:
        ConfigProblems: It is not plain YAML.
    """
    if odd := NOT_PRINTABLE.search(text):
        place = _place_after(text[: odd.start()], name)
        text = f"character {odd.group()!r} is not allowed in YAML; remove it"
        _refuse(place, text)
    try:
        check_expansion(text)
        root = yaml.compose(text, Loader=StrictLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = _place_of(mark, name) if mark else Place(name=name)
        _refuse(place, advice_on(error))
    if root is None:
        start = Place(name=name, line=1, column=1)
        return Document(name=name, value=None, values={(): start})
    builder = _Builder(name)
    value = builder.build(root, ())
    return Document(name=name, value=value, keys=builder.keys, values=builder.values)


class _Builder:
    """Turns nodes into values, and records the position of each value."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.keys: dict[KeyPath, Place] = {}
        self.values: dict[KeyPath, Place] = {}

    def build(self, node: yaml.Node, path: KeyPath) -> object:
        self.values[path] = self._place(node)
        if isinstance(node, yaml.MappingNode) and node.tag == _MAP:
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == _LIST:
            return [self.build(each, (*path, i)) for i, each in enumerate(node.value)]
        if not isinstance(node, yaml.ScalarNode):
            self._refuse(node, path, _tag_text(node))
        return self._scalar(node, path)

    def _scalar(self, node: yaml.ScalarNode, path: KeyPath) -> object:
        try:
            value = read_scalar(node)
        except LookupError:
            self._refuse(node, path, _tag_text(node))
        except ValueError:
            self._refuse(node, path, f"{show_value(node.value)} cannot be read")
        if isinstance(value, float) and not isfinite(value):
            self._refuse(node, path, f"{node.value} is not a finite number")
        return value

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, object]:
        built: dict[str, object] = {}
        for key, (key_node, value_node) in self._pairs(node, path).items():
            inner = (*path, key)
            self.keys[inner] = self._place(key_node)
            built[key] = self.build(value_node, inner)
        return built

    def _pairs(
        self, node: yaml.MappingNode, path: KeyPath
    ) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Return a mapping's keys; they take precedence over merged ones ("<<")."""
        own: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        merged: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                for each in self._merged(value_node, path):
                    merged = {**self._pairs(each, path), **merged}
                continue
            key = self._key(key_node, path)
            if key in own:
                first = own[key][0].start_mark.line + 1
                text = f"duplicate key; it is already on line {first}"
                self._refuse(key_node, (*path, key), text)
            own[key] = (key_node, value_node)
        return {**merged, **own} if merged else own

    def _merged(self, node: yaml.Node, path: KeyPath) -> Iterator[yaml.MappingNode]:
        several = isinstance(node, yaml.SequenceNode)
        for each in node.value if several else [node]:
            if not isinstance(each, yaml.MappingNode):
                self._refuse(each, path, "<< can only merge mappings")
            yield each

    def _key(self, node: yaml.Node, path: KeyPath) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self._refuse(node, path, "a list or mapping cannot be a key")
        key = self._scalar(node, path)
        if not isinstance(key, str):
            text = f"the key {node.value} is not text; put quotes around it"
            self._refuse(node, path, text)
        return key

    def _place(self, node: yaml.Node) -> Place:
        return _place_of(node.start_mark, self.name)

    def _refuse(self, node: yaml.Node, path: KeyPath, text: str) -> NoReturn:
        _refuse(self._place(node), text, path)


def _tag_text(node: yaml.Node) -> str:
    tag = node.tag.replace("tag:yaml.org,2002:", "!!")
    return f"the tag {tag} is not allowed; write a plain value"


def _place_of(mark: yaml.Mark, name: str) -> Place:
    return Place(name=name, line=mark.line + 1, column=mark.column + 1)


def _place_after(before: str, name: str) -> Place:
    line = before.count("\n") + 1
    return Place(name=name, line=line, column=len(before) - before.rfind("\n"))


def _refuse(place: Place, text: str, path: KeyPath = ()) -> NoReturn:
    raise ConfigProblems([Problem(place=place, text=text, path=path)])


def placed(error: DatasetError, config: Path) -> DatasetError:
    """Return the error with file, line and column in front, if they are known.

    The text of a dataset's error starts with the name of its subject:
    `contract.number: ...` or `sources.contracts.columns.number: ...`. The name of an
    option may follow.
    """
    subject, _, rest = str(error).partition(": ")
    option = rest.partition(": ")[0]
    document = read_document(config)
    file_name = _value_at(document.value, _LIMETYPES)
    limetypes = None
    if isinstance(file_name, str):
        limetypes = read_document(config.parent / file_name, name=file_name)
    for file, path in _candidates(document, limetypes, subject):
        if path in file.values:
            inside = (*path, option)
            place = file.place(inside if inside in file.values else path, at_key=True)
            return DatasetError(f"{place}: {error}")
    return error


def _candidates(
    document: Document, limetypes: Document | None, subject: str
) -> list[tuple[Document, tuple[str, ...]]]:
    """Return the places where the subject may be written, the most specific first."""
    parts = tuple(subject.split("."))
    found = [
        (document, ("dataset", "properties", subject)),
        (document, (*_LIMETYPES, *parts)),
        (document, parts),
        (document, (*parts[:2], "columns", *parts[2:])),  # sources.NAME.COLUMN
        (document, ("dataset", "rows", subject)),
    ]
    return [*found[:1], (limetypes, parts), *found[1:]] if limetypes else found


def _value_at(value: object, path: tuple[str, ...]) -> object:
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value
