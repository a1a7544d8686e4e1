"""Render suggested rules as YAML, with a comment for each column. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from limerun.exports.anonymize.rule_kinds import KINDS
from limerun.exports.column_profile import ColumnProfile, TableProfile
from limerun.units import format_count

_PLAIN = re.compile(r"[^\W\d][\w-]*")
_WORDS_OF_YAML = frozenset(
    {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A rule, with a comment about it."""

    kind: str
    options: Mapping[str, object] = field(default_factory=dict)
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedTable:
    """The suggested rules of a table."""

    rules: Mapping[str, Suggestion]
    together: Sequence[str]
    """Columns that could identify a person in combination."""


def rules_text(
    tables: Mapping[str, SuggestedTable],
    profiles: Mapping[str, TableProfile],
    places: Sequence[str],
) -> str:
    """Return rules as YAML."""
    lines = [
        "# Rules for an anonymized copy, suggested by limerun. Check every rule:",
        "# limerun knows the values of a column, but not their meaning. Kept values",
        "# stay as they are; you must decide about the lines with DECIDE.",
        "#",
        *(f"#   {name:<11} {kind.does}" for name, kind in KINDS.items()),
        "#",
        f"# limerun dataset anonymize {' '.join(places)} --rules THIS --out COPY",
        "tables:",
    ]
    for name, table in tables.items():
        lines += _table_lines(name, table, profiles[name])
    return "\n".join(lines) + "\n"


def _table_lines(
    name: str, table: SuggestedTable, profile: TableProfile
) -> Iterator[str]:
    yield f"  {_name(name)}:  # {format_count(profile.rows)} rows"
    yield "    columns:"
    rules = {column: _rule(rule) for column, rule in table.rules.items()}
    width = max(len(_name(column)) + len(rule) for column, rule in rules.items())
    for column, rule in rules.items():
        written = f"{_name(column)}: {rule}"
        known = _description(profile.columns[column], table.rules[column].comment)
        yield f"      {written:<{width + 2}}  # {known}"
    if table.together:
        yield f"    quasi_identifiers: [{', '.join(map(_name, table.together))}]"


def _description(profile: ColumnProfile, comment: str) -> str:
    parts: list[str] = [profile.type]
    if profile.values:
        distinct = (
            "unique"
            if profile.unique
            else f"{format_count(profile.distinct)} different"
        )
        parts.append(distinct)
    if profile.nulls:
        parts.append(f"{format_count(profile.nulls)} null")
    return f"{comment}; {', '.join(parts)}" if comment else ", ".join(parts)


def _rule(suggestion: Suggestion) -> str:
    if not suggestion.options:
        return suggestion.kind
    options = {"rule": suggestion.kind, **suggestion.options}
    inner = ", ".join(f"{name}: {_value(value)}" for name, value in options.items())
    return f"{{{inner}}}"


def _value(value: object) -> str:
    return _name(value) if isinstance(value, str) else json.dumps(value)


def _name(name: str) -> str:
    """Quote a name for YAML if necessary."""
    dotted = all(_PLAIN.fullmatch(part) for part in name.split("."))
    if dotted and name.lower() not in _WORDS_OF_YAML:
        return name
    return json.dumps(name, ensure_ascii=False)
