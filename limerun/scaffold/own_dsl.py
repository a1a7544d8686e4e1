"""Find a data model in the platform's DSL in a project's tests."""

import ast
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from limerun.scaffold.code import MOST_FOLDERS, may_hold_code, parse
from limerun.storage import PROPERTY_TYPES

if TYPE_CHECKING:
    from limerun.scaffold.datamodel import Model

_TESTS = frozenset({"test", "tests"})


def find_dsl(folder: Path) -> "tuple[str, Model] | None":
    """Return the path and content of a data model, or None if there is none.

    It may be a dictionary or a text, in conftest.py or a file with "dsl" in its name.
    """
    for path in sorted(_files(folder), key=lambda path: "dsl" not in path.stem.lower()):
        try:
            tree = parse(path)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OSError):
            continue  # reported when the code is read, or not part of the project
        for node in ast.walk(tree):
            model = _model(node)
            if model:
                return path.relative_to(folder).as_posix(), model
    return None


def _files(folder: Path) -> Iterator[Path]:
    for count, (place, folders, files) in enumerate(os.walk(folder)):
        if count == MOST_FOLDERS:
            return
        within = Path(place)
        folders[:] = sorted(
            name for name in folders if name in _TESTS or may_hold_code(within / name)
        )
        for name in sorted(files):
            stem = name.lower()
            if stem.endswith(".py") and ("dsl" in stem or stem == "conftest.py"):
                yield within / name


def _model(node: ast.AST) -> "Model | None":
    """Return the data model in a text or dictionary, or None if it is not one."""
    import yaml  # here, because most packages have no file that may hold a model

    value: object = None
    try:
        if isinstance(node, ast.Dict):
            value = ast.literal_eval(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_dsl = "type:" in node.value and "\n" in node.value
            value = yaml.safe_load(node.value) if is_dsl else None
    except (ValueError, TypeError, yaml.YAMLError, RecursionError):
        return None
    if not isinstance(value, dict) or not value:
        return None
    model = {name: _properties(each) for name, each in value.items()}
    is_whole = all(isinstance(name, str) and model[name] for name in model)
    return model if is_whole else None


def _properties(value: object) -> dict[str, dict[str, object]]:
    """Return the properties of a limetype, or an empty mapping if it is not one."""
    if not isinstance(value, dict):
        return {}
    properties = {name: keys for name, keys in value.items() if name != "_label"}
    for name, keys in properties.items():
        is_type = isinstance(keys, dict) and str(keys.get("type")) in PROPERTY_TYPES
        if not isinstance(name, str) or not is_type:
            return {}
    return properties
