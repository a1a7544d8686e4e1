"""Guess the columns of a file or an API from the code that reads its rows. Pure."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from limerun.dataset.design.kind_guesses import guess
from limerun.scaffold.datamodel import Model
from limerun.scaffold.parsed_code import Module
from limerun.scaffold.uses import limetype_named

ROWS = 6_000
_NOT_ROWS = frozenset(
    {"config", "environ", "headers", "kwargs", "options", "page", "params"}
    | {"plugins", "query", "response", "result", "results", "self", "settings"}
)
_FORMATS = (
    ("parquet", ("read_parquet", "ParquetFile", "read_table")),
    ("csv", ("csv", "DictReader", "read_csv")),
    ("jsonl", ("loads",)),
    ("json", ("load",)),
)
_UNSUPPORTED = (
    ("an Excel workbook", ("load_workbook", "open_workbook", "read_excel")),
    ("an XML file", ("ElementTree", "etree", "iterparse", "minidom", "read_xml")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessedExport:
    """A source as the config describes it."""

    name: str
    is_url: bool
    format: str
    rows: int
    overlap: float
    columns: dict[str, object]
    is_seen: bool
    """True if the columns were read from the code; false if they are invented."""
    delimiter: str | None
    """The delimiter of a CSV file, if the code names one."""


def guess_export(
    name: str, module: Module, model: Model, rows: dict[str, int], *, is_url: bool
) -> GuessedExport:
    """Return a source for a task's parameter, with the columns that its module reads.

    If the code stores a column's value in a property of a new object, the column has
    values of that property, so that some rows can already be in the database.

    Args:
        name: The source's name.
        module: The task's module.
        model: The limetypes of the config.
        rows: The number of rows of each limetype.
        is_url: True if the source is an API.
    """
    properties = dict(_stored_columns(module.tree, model))
    limetype = next((path.partition(".")[0] for path in properties.values()), None)
    read = list(dict.fromkeys(_columns_read(module.tree)))
    columns: dict[str, object] = {}
    for column in read:
        path = properties.get(column, "")
        if path.partition(".")[0] == limetype:
            columns[column] = path
        else:
            columns[column] = _kind(name, column, set(read))
    return GuessedExport(
        name=name,
        is_url=is_url,
        format=_format(module.tree),
        rows=rows[limetype] * 6 // 5 if limetype else ROWS,
        overlap=0.5 if any(isinstance(each, str) for each in columns.values()) else 0.0,
        columns=columns or {"number": _kind(name, "number", set())},
        is_seen=bool(columns),
        delimiter=delimiter_in(module.tree),
    )


def unsupported_file(tree: ast.Module) -> str | None:
    """Return the kind of file that the code reads and limerun cannot write, if any."""
    names = _names_in(tree)
    return next((kind for kind, words in _UNSUPPORTED if names & set(words)), None)


def delimiter_in(tree: ast.Module) -> str | None:
    """Return the delimiter that the code passes to its CSV reader, if any."""
    assigned = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in (
            "delimiter",
            "sep",
            "dialect",
        ):
            value = node.value
            if isinstance(value, ast.Name):
                value = assigned.get(value.id, value)
            text = value.value if isinstance(value, ast.Constant) else None
            if node.arg == "dialect":
                text = "\t" if text == "excel-tab" else None
            if isinstance(text, str):
                return text
    return None


def _kind(source: str, column: str, all_columns: set[str]) -> dict[str, object]:
    found = next(guess(f"sources.{source}", column, "none", "untyped", all_columns))
    return {"kind": found.kind, **found.options}


def _columns_read(tree: ast.Module) -> Iterator[str]:
    """Yield the keys that the code reads with `row["key"]` and `row.get("key")`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            base, key = node.value, node.slice
        elif _is_get(node):
            base, key = node.func.value, node.args[0]  # type: ignore[attr-defined]  # as _is_get says
        else:
            continue
        if not _is_row(base):
            continue
        name = key.value if isinstance(key, ast.Constant) else None
        if isinstance(name, str) and name and not name.startswith("_"):
            yield name


def _is_row(base: ast.expr) -> bool:
    """Return whether an expression may be a row: a name, or a parsed line."""
    if isinstance(base, ast.Call):
        return ast.unparse(base.func).rpartition(".")[2] in ("loads", "next")
    return isinstance(base, ast.Name) and base.id not in _NOT_ROWS


def _is_get(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and bool(node.args)
    )


def _stored_columns(tree: ast.Module, model: Model) -> Iterator[tuple[str, str]]:
    """Yield key and `limetype.property` of each `limetypes.deal(name=row["key"])`."""
    for node in ast.walk(tree):
        limetype = limetype_named(node.func) if isinstance(node, ast.Call) else None
        if limetype is None or limetype not in model:
            continue
        for keyword in node.keywords:  # type: ignore[attr-defined]  # it is a call
            keys = model[limetype].get(keyword.arg or "", {})
            if keys.get("type") in (None, "belongsto", "hasmany", "file", "user"):
                continue
            value = keyword.value
            if isinstance(value, ast.Subscript) and isinstance(
                value.slice, ast.Constant
            ):
                yield str(value.slice.value), f"{limetype}.{keyword.arg}"


def _format(tree: ast.Module) -> str:
    names = _names_in(tree)
    return next(
        (format for format, words in _FORMATS if names & set(words)),
        "jsonl",
    )


def _names_in(tree: ast.Module) -> set[str]:
    return {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name)
    }
