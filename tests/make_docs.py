"""Write the generated tables of the documentation again: `make docs`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from limerun.config.schema import json_schema
from limerun.units import format_duration, format_size

DOCS = Path(__file__).parents[1] / "limerun" / "docs"
_OF_ALL = {"kind", "null_rate", "unique", "cardinality", "skew"}
"""What is explained once, below the table, or is the same for many kinds."""
_START, _END = "<!-- generated: {} -->\n", "<!-- end -->\n"


def with_tables(page: str, text: str) -> str:
    """Return a page's Markdown with its table generated again."""
    start = _START.format(page)
    before, found, rest = text.partition(start)
    assert found, f"{page}.md has no table to generate"
    after = rest.partition(_END)[2]
    return before + start + TABLES[page]() + _END + after


def config_table() -> str:
    """Return the table of all keys except those of a source."""
    schema: dict[str, Any] = dict(json_schema())
    return _table("key", _rows(schema, schema, "", set(schema["required"])))


def sources_table() -> str:
    """Return the table of a source's keys."""
    schema: dict[str, Any] = dict(json_schema())
    source = schema["$defs"]["SourceKeys"]
    return _table("key", _rows(source, schema, "", set(source["required"])))


def columns_table() -> str:
    """Return the table of the kinds of column, each with its own options."""
    schema: dict[str, Any] = dict(json_schema())
    lines = ["| kind | makes | options |", "| --- | --- | --- |"]
    kinds = {
        each["properties"]["kind"]["const"]: each
        for name, each in schema["$defs"].items()
        if name.endswith("Column")
    }
    for kind, column in sorted(kinds.items()):
        options = "; ".join(
            f"`{name}`: {option['description'].rstrip('.')}".replace("|", "\\|")
            for name, option in column["properties"].items()
            if name not in _OF_ALL
        )
        if "cardinality" in column["properties"]:
            options = "; ".join(filter(None, (options, "`cardinality`, `skew`")))
        made = column["description"].rstrip(".")
        lines.append(f"| `{kind}` | {made} | {options} |")
    return "\n".join(lines) + "\n"


TABLES = {
    "config": config_table,
    "sources": sources_table,
    "columns": columns_table,
}


def _rows(
    section: dict[str, Any], schema: dict[str, Any], prefix: str, required: set[str]
) -> Iterator[tuple[str, str, str]]:
    for name, key in section["properties"].items():
        path = prefix + name
        inner = _section(key, schema)
        if inner is not None:
            yield from _rows(inner, schema, f"{path}.", set(inner.get("required", ())))
        else:
            default = "required" if name in required else _default(key)
            yield path, key.get("description", "").replace("|", "\\|"), default


def _section(key: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any] | None:
    """Return the section of a key, if its value is a section."""
    for each in (key, *key.get("anyOf", ())):
        if "$ref" in each:
            found = schema["$defs"][each["$ref"].rpartition("/")[2]]
            return found if "properties" in found else None
    return None


def _default(key: dict[str, Any]) -> str:
    value = key.get("default")
    unit = str(key.get("examples", [""])[0])
    if value is None or value == {}:
        return ""
    if unit.endswith("MB"):
        return f"`{format_size(value)}`"
    if unit.endswith(" s"):
        return f"`{format_duration(value)}`"
    return f"`{value}`"


def _table(first: str, rows: Iterator[tuple[str, str, str]]) -> str:
    lines = [f"| {first} | meaning | default |", "| --- | --- | --- |"]
    lines += [f"| `{key}` | {text} | {default} |" for key, text, default in rows]
    return "\n".join(lines) + "\n"


def main() -> None:
    for page in TABLES:
        path = DOCS / f"{page}.md"
        text = with_tables(page, path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
