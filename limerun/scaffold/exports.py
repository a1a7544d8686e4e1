"""Guess what a file or an API holds, by what the code reads of its rows. Pure."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from limerun.dataset.design.kind_guesses import guess
from limerun.scaffold.datamodel import Model
from limerun.scaffold.nouns import Module
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
_UNMADE = (
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
    """The columns are those that the code reads; else they are made up."""
    delimiter: str | None
    """Of a CSV file, where the code names one."""


def guess_export(
    name: str, module: Module, model: Model, rows: dict[str, int], *, is_url: bool
) -> GuessedExport:
    """Return a source for a task's parameter, with the columns that its module reads.

    A column whose value the code gives to a property of a new object holds values
    of that property, so that some rows can be in the database already.

    Args:
        name: The source's.
        module: The task's.
        model: The limetypes that there will be.
        rows: How many of each.
        is_url: It is an API.
    """
    taken = dict(_taken(module.tree, model))
    limetype = next((path.partition(".")[0] for path in taken.values()), None)
    read = list(dict.fromkeys(_read(module.tree)))
    columns: dict[str, object] = {}
    for column in read:
        path = taken.get(column, "")
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


def unmade_file(tree: ast.Module) -> str | None:
    """Return the kind of file that the code reads and limerun cannot make, if any."""
    named = _named(tree)
    return next((kind for kind, words in _UNMADE if named & set(words)), None)


def delimiter_in(tree: ast.Module) -> str | None:
    """Return the delimiter of a CSV file that the code gives to its reader."""
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
            said = value.value if isinstance(value, ast.Constant) else None
            if node.arg == "dialect":
                said = "\t" if said == "excel-tab" else None
            if isinstance(said, str):
                return said
    return None


def _kind(source: str, column: str, beside: set[str]) -> dict[str, object]:
    found = next(guess(f"sources.{source}", column, "none", "untyped", beside))
    return {"kind": found.kind, **found.options}


def _read(tree: ast.Module) -> Iterator[str]:
    """Yield the keys that the code reads by `row["key"]` and `row.get("key")`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            base, key = node.value, node.slice
        elif _is_get(node):
            base, key = node.func.value, node.args[0]  # type: ignore[attr-defined]  # as _is_get says
        else:
            continue
        if not _is_row(base):
            continue
        named = key.value if isinstance(key, ast.Constant) else None
        if isinstance(named, str) and named and not named.startswith("_"):
            yield named


def _is_row(base: ast.expr) -> bool:
    """Tell whether an expression may be a row: a name, or a line as it is parsed."""
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


def _taken(tree: ast.Module, model: Model) -> Iterator[tuple[str, str]]:
    """Yield key and `limetype.property` of `limetypes.deal(name=row["key"])`."""
    for node in ast.walk(tree):
        limetype = limetype_named(node.func) if isinstance(node, ast.Call) else None
        if limetype is None or limetype not in model:
            continue
        for keyword in node.keywords:  # type: ignore[attr-defined]  # it is a call
            of = model[limetype].get(keyword.arg or "", {})
            if of.get("type") in (None, "belongsto", "hasmany", "file", "user"):
                continue
            value = keyword.value
            if isinstance(value, ast.Subscript) and isinstance(
                value.slice, ast.Constant
            ):
                yield str(value.slice.value), f"{limetype}.{keyword.arg}"


def _format(tree: ast.Module) -> str:
    named = _named(tree)
    return next(
        (format for format, words in _FORMATS if named & set(words)),
        "jsonl",
    )


def _named(tree: ast.Module) -> set[str]:
    return {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name)
    }
