"""Put a few lines of code beside each finding, in the user's own names. Pure.

No suggestion is better than one that does not fit: where the code around the line
is not of a known form, there is none.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from limerun.judge.code import Code
from limerun.judge.suggest_memory import commit_in_batches, let_go, stream
from limerun.judge.suggest_queries import prefetch
from limerun.judge.suggest_repeats import remember
from limerun.judge.suggest_speed import quicker
from limerun.records import Finding, Location, Statement

_LONGEST_LINE = 200
_BY_CODE: dict[str, Callable[[Code], str | None]] = {
    "memory.growth": stream,
    "memory.task": stream,
    "memory.objects": let_go,
    "memory.batches": commit_in_batches,
}
_BY_STATEMENT: dict[str, Callable[[Code, str], str | None]] = {
    "speed.queries": prefetch,
    "speed.duplicates": remember,
}


def with_suggestions(
    findings: Sequence[Finding],
    statements: Sequence[Statement],
    source_of: Callable[[str], str | None],
    task: str | None = None,
) -> tuple[Finding, ...]:
    """Return the findings with their line of code, and a suggestion where one fits.

    Args:
        findings: What was found.
        statements: What was sent, from which line.
        source_of: Gives the text of a file, or None.
        task: The name of the function that was run.
    """
    suggested = (_suggested(each, statements, source_of, task) for each in findings)
    return tuple(replace(each, code=_line_of(each, source_of)) for each in suggested)


def _line_of(finding: Finding, source_of: Callable[[str], str | None]) -> str | None:
    place = finding.location
    source = source_of(place.file) if place is not None else None
    if place is None or source is None:
        return None
    lines = source.splitlines()
    if not 1 <= place.line <= len(lines):
        return None
    return lines[place.line - 1].strip()[:_LONGEST_LINE] or None


def _suggested(
    finding: Finding,
    statements: Sequence[Statement],
    source_of: Callable[[str], str | None],
    task: str | None,
) -> Finding:
    """Return a finding with its suggestion; as it is where none would fit."""
    place = finding.location
    source = source_of(place.file) if place is not None else None
    if place is None or source is None:
        return finding
    try:
        code = Code(source, place.line, task)
    except (SyntaxError, ValueError, RecursionError):
        return finding
    if finding.rule == "speed.segments":
        return _quicker(finding, place, code)
    if finding.rule in _BY_STATEMENT:
        sent = _sent_from(place, statements)
        return replace(finding, suggestion=_BY_STATEMENT[finding.rule](code, sent))
    if finding.rule in _BY_CODE:
        return replace(finding, suggestion=_BY_CODE[finding.rule](code))
    return finding


def _quicker(finding: Finding, place: Location, code: Code) -> Finding:
    found = quicker(code)
    if found is None:
        return finding
    line, suggestion = found
    return replace(finding, location=replace(place, line=line), suggestion=suggestion)


def _sent_from(place: Location, statements: Sequence[Statement]) -> str:
    """Return the statement that a line sent most often."""
    sent = [
        each
        for each in statements
        if each.location is not None
        and (each.location.file, each.location.line) == (place.file, place.line)
    ]
    return max(sent, key=lambda each: each.calls).text if sent else ""
