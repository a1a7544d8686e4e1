"""Read the rules of an export from YAML."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from limerun.config.file import Document, read_document
from limerun.config.problems import ConfigProblems, KeyPath, Problem
from limerun.exports.rules import ColumnRule, Rules, TableRules
from limerun.nearest_name import right_names


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesFile:
    """Rules, and their positions in the file."""

    rules: Rules
    document: Document


def read_rules(path: Path) -> Rules:
    """Return the rules in a YAML file.

    Raises:
        ConfigError: The file cannot be read, or has invalid rules; the message lists
            each with its line and column.
    """
    return read_rules_file(path).rules


def read_rules_file(path: Path) -> RulesFile:
    """Return the rules in a YAML file, and their positions.

    Raises:
        ConfigError: As for `read_rules`.
    """
    reader = _Reader(read_document(path))
    rules = reader.rules()
    if reader.problems:
        raise ConfigProblems(reader.problems)
    return RulesFile(rules=rules, document=reader.document)


class _Reader:
    """Reads rules, and collects all problems."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def rules(self) -> Rules:
        top = self._mapping(
            self.document.value, (), ("tables",), "a mapping with the key tables"
        )
        tables = self._mapping(
            top.get("tables"), ("tables",), None, "a mapping of tables to their columns"
        )
        return Rules(
            tables={
                name: self._table(value, ("tables", name))
                for name, value in tables.items()
            }
        )

    def _table(self, value: object, path: KeyPath) -> TableRules:
        mapping = self._mapping(
            value,
            path,
            ("columns", "quasi_identifiers"),
            "a mapping with the key columns",
        )
        inner = (*path, "columns")
        columns = self._mapping(
            mapping.get("columns"), inner, None, "a mapping of columns to their rules"
        )
        rules = {name: self._rule(of, (*inner, name)) for name, of in columns.items()}
        together = mapping.get("quasi_identifiers", [])
        where = (*path, "quasi_identifiers")
        if not isinstance(together, list):
            self._note(where, "must be a list of columns", together)
            together = []
        for at, name in enumerate(together):
            if not isinstance(name, str) or name not in rules:
                text = f"is not a column with a rule{right_names(str(name), rules)}"
                self._note((*where, at), text, name)
        return TableRules(columns=rules, quasi_identifiers=tuple(map(str, together)))

    def _rule(self, value: object, path: KeyPath) -> ColumnRule:
        if isinstance(value, str):
            value = {"rule": value}
        mapping = self._mapping(value, path, None, "a rule, such as {rule: scramble}")
        kind = mapping.get("rule")
        if not self._is_kind(kind, mapping, path):
            return ColumnRule(kind="")
        domain = mapping.get("domain")
        if domain is not None and (not isinstance(domain, str) or not domain):
            self._note((*path, "domain"), "must be a name", domain)
        options = dict(self._options(str(kind), mapping, path))
        return ColumnRule(
            kind=str(kind),
            options=options,
            domain=domain if isinstance(domain, str) else None,
        )

    def _is_kind(
        self, kind: object, mapping: Mapping[str, object], path: KeyPath
    ) -> bool:
        from limerun.exports.anonymize.rule_kinds import KINDS, REFUSED

        if kind is None:
            if mapping or path not in self.document.values:
                self._note(path, f"has no rule; use one of {', '.join(KINDS)}")
            return False
        if not isinstance(kind, str) or kind not in KINDS:
            text = REFUSED.get(
                str(kind), f"is not a rule{right_names(str(kind), KINDS)}"
            )
            where = (*path, "rule") if (*path, "rule") in self.document.values else path
            self._note(where, text, kind)
            return False
        return True

    def _options(
        self, kind: str, mapping: Mapping[str, object], path: KeyPath
    ) -> Iterator[tuple[str, object]]:
        from limerun.exports.anonymize.rule_kinds import KINDS

        known = KINDS[kind]
        takes = ["rule", *known.options, *(["domain"] if known.families else [])]
        for name, value in mapping.items():
            where = (*path, name)
            if name not in takes:
                text = f"is not an option of {kind}{right_names(name, takes)}"
                self._note(where, text, at_key=True)
            elif name in known.options:
                try:
                    yield name, known.options[name].reader(value)
                except ValueError as error:
                    self._note(where, str(error), value)
        for name, option in known.options.items():
            if option.needed and name not in mapping:
                self._note(path, f"{kind} needs the option {name}")

    def _mapping(
        self, value: object, path: KeyPath, keys: tuple[str, ...] | None, what: str
    ) -> Mapping[str, object]:
        if not isinstance(value, dict) or not value:
            self._note(path, f"must be {what}")
            return {}
        for name in value:
            if keys is not None and name not in keys:
                text = f"is an unknown key{right_names(name, keys)}"
                self._note((*path, name), text, at_key=True)
        return value

    def _note(
        self, path: KeyPath, text: str, *value: object, at_key: bool = False
    ) -> None:
        place = self.document.place(path, at_key=at_key)
        shown = {"value": value[0]} if value else {}
        self.problems.append(Problem(place=place, path=path, text=text, **shown))
