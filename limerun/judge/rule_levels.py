"""Apply the levels of the config, and the comments that silence a finding. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from limerun.records import Check, Finding, Level, Location, RuleLevel
from limerun.records.rules import RULES_BY_ID

ORDER: Mapping[Level, int] = {"error": 0, "warning": 1, "note": 2}
_IGNORE = re.compile(r"#\s*limerun:\s*ignore\b\s*(\[(?P<rules>[^\]]*)\])?")
LinesOf = Callable[[str], Sequence[str]]


def levelled(
    findings: Iterable[Finding], levels: Mapping[str, RuleLevel]
) -> tuple[Finding, ...]:
    """Return the findings at the levels of the config, errors first, without those off.

    A level applies to all findings of a rule, except to notes of a rule that normally
    warns: they are less certain, and stay notes.
    """
    found = [
        replace(finding, level=level)
        for finding in findings
        if (level := _level_of(finding, levels.get(finding.rule))) != "off"
    ]
    return tuple(sorted(found, key=lambda finding: ORDER[finding.level]))


def _level_of(finding: Finding, wanted: RuleLevel | None) -> RuleLevel:
    if wanted is None or wanted == "off":
        return wanted or finding.level
    rule = RULES_BY_ID.get(finding.rule)
    is_less_certain = finding.level == "note" and rule and rule.level != "note"
    return "note" if is_less_certain else wanted


def levelled_checks(
    checks: Iterable[Check], levels: Mapping[str, RuleLevel]
) -> tuple[Check, ...]:
    """Return the checks at the levels of their rules, without those off."""
    found: list[Check] = []
    for check in checks:
        wanted = levels.get(check.name, check.level)
        if wanted != "off":
            level = "error" if wanted == "error" else "warning"
            found.append(replace(check, level=level))  # type: ignore[arg-type]  # one of both
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Ignore:
    """A comment that silences a rule on its own line and on the next line of code."""

    file: str
    line: int
    rule: str
    lines: tuple[int, ...]


def ignores_in(file: str, lines: Sequence[str]) -> Iterator[Ignore]:
    """Yield the comments in a file that silence a rule."""
    for number, text in enumerate(lines, start=1):
        found = _IGNORE.search(text)
        if found is None:
            continue
        covered: tuple[int, ...] = (number,)
        if text.lstrip().startswith("#"):
            covered = (number, _next_code(lines, number))
        for rule in (found["rules"] or "").split(","):
            yield Ignore(file, number, rule.strip(), covered)


def _next_code(lines: Sequence[str], number: int) -> int:
    """Return the number of the first line of code after a line."""
    while number < len(lines):
        number += 1
        if lines[number - 1].strip() and not lines[number - 1].lstrip().startswith("#"):
            break
    return number


def without_ignored(
    findings: Iterable[Finding], lines_of: LinesOf
) -> tuple[Finding, ...]:
    """Return the findings that no comment in the code silences."""
    every = list(findings)
    files = dict.fromkeys(each.location.file for each in every if each.location)
    silenced = {
        (ignore.file, line, ignore.rule)
        for file in files
        for ignore in ignores_in(file, lines_of(file))
        for line in ignore.lines
    }
    return tuple(each for each in every if _key(each) not in silenced)


def _key(finding: Finding) -> tuple[str, int, str] | None:
    place = finding.location
    return None if place is None else (place.file, place.line, finding.rule)


def unused_ignores(
    findings: Iterable[Finding],
    files: Iterable[str],
    lines_of: LinesOf,
    rules: frozenset[str],
    is_reached: Callable[[str, int], bool],
) -> Iterator[Finding]:
    """Yield a note for each comment that silences nothing.

    Args:
        findings: All findings, also the silenced ones.
        files: The files that were read.
        lines_of: Returns the lines of a file.
        rules: The rules that were checked; other commands may check the other rules.
        is_reached: Returns whether a line of a file is in code that was checked.
    """
    known = {_key(each) for each in findings}
    for file in files:
        for ignore in ignores_in(file, lines_of(file)):
            is_used = any((file, line, ignore.rule) in known for line in ignore.lines)
            is_checked = ignore.rule in rules or ignore.rule not in RULES_BY_ID
            reached = any(is_reached(file, line) for line in ignore.lines)
            if is_checked and reached and not is_used:
                yield _unused(ignore)


def _unused(ignore: Ignore) -> Finding:
    rule = RULES_BY_ID.get(ignore.rule)
    detail, advice = f"There is no rule {ignore.rule!r}.", "Correct the rule's name."
    if rule:
        detail = f"Nothing at this line violates {ignore.rule}."
        advice = "Delete the comment."
    elif not ignore.rule:
        detail = "It names no rule."
        advice = "Write the rule in brackets: # limerun: ignore[log.flow]."
    return Finding(
        rule=ignore.rule,
        level="note",
        title="An ignore comment has no effect",
        detail=detail,
        advice=advice,
        location=Location(file=ignore.file, line=ignore.line),
        guide=rule.section if rule else "",
    )
