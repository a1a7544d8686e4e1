"""Suggest rules for an export, from its values, its column names and its keys.

If nothing else fits, a column is scrambled. Suggestions to keep values are marked for
the user to decide. The rules contain no value of the export.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from limerun.dataset.design.kind_guesses import guess
from limerun.exports.anonymize.suggestions import (
    SuggestedTable,
    Suggestion,
    rules_text,
)
from limerun.exports.anonymize.text_profile import TextProfile, profile_texts
from limerun.exports.column_profile import (
    ColumnProfile,
    Link,
    TableProfile,
    find_links,
    profile_table,
)
from limerun.exports.reading.open_export import opened_export
from limerun.exports.reading.places import shown_place
from limerun.exports.tables import Export, ExportColumn, ExportTable
from limerun.progress import Progress

DECIDE = "DECIDE"
_MOST = 0.8
"""A form decides the rule if at least this share of a column's values has it."""
_FEW_NUMBERS = 20
_FREE_TEXT_SPACES = 2.0
_LONG = 60
_FEW_ENDINGS = 8
_REPLACED = {
    "firstname": "firstname",
    "lastname": "lastname",
    "fullname": "lastname",
    "company": "company",
    "city": "city",
    "street": "street",
    "country": "country",
    "position": "position",
}
"""Maps kinds of columns, guessed from names, to kinds of words."""
_IDENTIFIER = re.compile(r"(^|_|\b)(id|no|nr|number|nummer|code|key|ref)$|.Id$", re.I)
_BIRTH = re.compile(r"birth|född|fodt|fødsel|syntym|geboren|^dob$", re.I)
_GENDER = re.compile(r"gender|^sex$|^kön$|^kjønn$|geslacht|sukupuoli|geschlecht", re.I)
_QUASI = re.compile(r"postal|postcode|postnummer|^zip", re.I)


def suggest_rules(places: Sequence[str], progress: Progress) -> str:
    """Return rules for an export as YAML.

    Raises:
        ExportError: The export cannot be read.
    """
    with opened_export(places, progress=progress) as export:
        progress.phase("measure", "contents of the columns")
        profiles = {name: profile_table(export, name) for name in export.tables}
        tables = {
            name: _table(export, table, profiles[name])
            for name, table in export.tables.items()
        }
        parents = {**_declared_pairs(export), **_pairs(find_links(export, profiles))}
        linked = _linked(tables, profiles, parents)
        return rules_text(linked, profiles, [shown_place(place) for place in places])


def _table(export: Export, table: ExportTable, profile: TableProfile) -> SuggestedTable:
    rules = {
        column.name: _rule(export, table, column, profile.columns[column.name])
        for column in table.columns
    }
    gender = next((name for name in rules if _GENDER.search(name)), None)
    for name, rule in rules.items():
        if gender and rule.options.get("words") == "firstname":
            rules[name] = replace(rule, options={**rule.options, "gender": gender})
    return SuggestedTable(rules=rules, together=_together(rules))


def _together(rules: Mapping[str, Suggestion]) -> list[str]:
    found = [
        name
        for name, rule in rules.items()
        if _BIRTH.search(name)
        or _GENDER.search(name)
        or _QUASI.search(name)
        or rule.options.get("words") == "city"
    ]
    return found if len(found) > 1 else []


def _rule(
    export: Export, table: ExportTable, column: ExportColumn, profile: ColumnProfile
) -> Suggestion:
    if not profile.values:
        return Suggestion(kind="clear", comment="no values")
    if column.type == "text":
        return _text_rule(table, column, profile, profile_texts(export, table, column))
    if column.type == "integer":
        return _integer_rule(column, profile)
    if column.type == "boolean":
        return _kept(profile)
    if column.type == "decimal" and profile.distinct <= _FEW_NUMBERS:
        return _kept(profile)
    if column.type in ("decimal", "date", "time"):
        options: dict[str, object] = {"days": 180} if _BIRTH.search(column.name) else {}
        return Suggestion(kind="noise", options=options)
    if column.type == "json":
        return Suggestion(kind="json")
    return Suggestion(kind="scramble")


def _kept(profile: ColumnProfile) -> Suggestion:
    comment = f"{DECIDE}: keeps {profile.distinct} different values"
    return Suggestion(kind="keep", comment=comment)


def _integer_rule(column: ExportColumn, profile: ColumnProfile) -> Suggestion:
    if profile.unique or _IDENTIFIER.search(column.name):
        return Suggestion(kind="permute")
    if profile.distinct <= _FEW_NUMBERS:
        return _kept(profile)
    years = re.search(r"year|årtal|^år$", column.name, re.I)
    return Suggestion(kind="noise", options={"percent": 0.5} if years else {})


def _text_rule(
    table: ExportTable,
    column: ExportColumn,
    profile: ColumnProfile,
    contents: TextProfile,
) -> Suggestion:
    columns = {other.name for other in table.columns}
    named = next(guess(table.name, column.name, "none", "string", columns)).kind
    if contents.emails >= _MOST:
        return Suggestion(kind="email")
    if contents.numbers >= _MOST and contents.endings > _FEW_ENDINGS:
        # Too few digits: permuted values would be values of other rows.
        return Suggestion(kind="scramble")
    if contents.numbers >= _MOST:
        options = {"check": contents.check} if contents.check else {}
        return Suggestion(kind="permute", options=options)
    if named in _REPLACED:
        return Suggestion(kind="replace", options={"words": _REPLACED[named]})
    if profile.low_cardinality and contents.codes == 1:
        return _kept(profile)
    long = profile.max_length > _LONG or contents.spaces >= _FREE_TEXT_SPACES
    if long or named in ("text", "link") or contents.addresses:
        return Suggestion(kind="freetext")
    comment = "use keep if these are options" if profile.low_cardinality else ""
    return Suggestion(kind="scramble", comment=comment)


_Pairs = Mapping[tuple[str, str], tuple[str, str]]
"""Maps key columns, as table and column, to the columns that they refer to."""


def _pairs(links: Sequence[Link]) -> _Pairs:
    return {
        (link.child_table, link.child_column): (link.parent_table, link.parent_column)
        for link in links
    }


def _declared_pairs(export: Export) -> _Pairs:
    """Return the columns of all declared keys, including keys of several columns."""
    return {
        (table.name, own): (key.parent_table, other)
        for table in export.tables.values()
        for key in table.foreign_keys
        for own, other in zip(key.columns, key.parent_columns, strict=True)
        if (table.name, own) != (key.parent_table, other)
    }


def _linked(
    tables: Mapping[str, SuggestedTable],
    profiles: Mapping[str, TableProfile],
    parents: _Pairs,
) -> Mapping[str, SuggestedTable]:
    """Give all columns of a key the same rule and a shared domain."""
    rules = {name: dict(table.rules) for name, table in tables.items()}
    for child in parents:
        parent = _topmost(child, parents)
        given = rules[parent[0]][parent[1]]
        # Noise would break the links of a key, and keeping it would identify rows.
        if given.kind in ("keep", "noise"):
            given = Suggestion(
                kind="permute" if _is_whole(profiles, parent) else "scramble"
            )
        if _is_whole(profiles, parent) or given.kind == "scramble":
            domain = ".".join(parent)
            given = replace(given, options={**given.options, "domain": domain})
        rules[parent[0]][parent[1]] = given
        comment = f"refers to {'.'.join(parent)}"
        rules[child[0]][child[1]] = replace(given, comment=comment)
    return {name: replace(tables[name], rules=of) for name, of in rules.items()}


def _is_whole(profiles: Mapping[str, TableProfile], column: tuple[str, str]) -> bool:
    return profiles[column[0]].columns[column[1]].type == "integer"


def _topmost(column: tuple[str, str], parents: _Pairs) -> tuple[str, str]:
    seen = [column]
    while (above := parents.get(seen[-1])) is not None and above not in seen:
        seen.append(above)
    return seen[-1]
