"""Add advice for the user's own code to each finding. Pure.

A suggestion is a diff that is safe to apply: the analysis knows how each value is used.
In all other cases, the advice is text only.
"""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace

from limerun.judge.remedies.kept_rows import keeping_place
from limerun.judge.remedies.remedy import Remedy
from limerun.judge.remedies.source_code import SourceCode, lines_of
from limerun.judge.remedies.suggest_memory import commit_in_batches, keep_less
from limerun.judge.remedies.suggest_queries import prefetch, reuse_results
from limerun.judge.remedies.suggest_speed import speed_up
from limerun.records import Finding, Location, Statement

_LONGEST_LINE = 200
_PROFILED = {
    "memory.task": "to find the line that uses the memory",
    "duration.budget": "to find the line that takes the time",
}
_BY_CODE: dict[str, Callable[[SourceCode, str], Remedy | None]] = {
    "memory.growth": keep_less,
    "memory.task": keep_less,
    "memory.objects": keep_less,
    "memory.batches": commit_in_batches,
}
_BY_STATEMENT: dict[str, Callable[[SourceCode, str, str], Remedy | None]] = {
    "speed.queries": prefetch,
    "speed.duplicates": reuse_results,
}

_SUGGESTED = {"speed.segments", "speed.lookups", *_BY_CODE, *_BY_STATEMENT}


def with_suggestions(
    findings: Sequence[Finding],
    statements: Sequence[Statement],
    source_of: Callable[[str], str | None],
    task: str | None = None,
) -> tuple[Finding, ...]:
    """Return the findings with their line of code and advice for that line.

    Args:
        findings: The findings to extend.
        statements: The statements that the task sent, with their lines.
        source_of: Returns the text of a file, or None.
        task: The name of the function that was run.
    """
    placed = [_at_keeper(each, source_of) for each in findings]
    suggested = (_suggested(each, statements, source_of, task) for each in placed)
    return tuple(replace(each, code=_line_of(each, source_of)) for each in suggested)


def _at_keeper(finding: Finding, source_of: Callable[[str], str | None]) -> Finding:
    """Move a finding about kept objects to the line that keeps them, if known.

    Objects are counted at the line that reads them.
    """
    place = finding.location
    if finding.rule != "memory.objects" or place is None:
        return finding
    keeper = keeping_place((place,), source_of)
    if keeper is None or keeper.line == place.line:
        return finding
    detail = f"{finding.detail} They come from line {place.line}; this line keeps them."
    return replace(finding, location=keeper, detail=detail)


def _line_of(finding: Finding, source_of: Callable[[str], str | None]) -> str | None:
    place = finding.location
    source = source_of(place.file) if place is not None else None
    if place is None or source is None:
        return None
    lines = lines_of(source)
    if not 1 <= place.line <= len(lines):
        return None
    return lines[place.line - 1].strip()[:_LONGEST_LINE] or None


def _suggested(
    finding: Finding,
    statements: Sequence[Statement],
    source_of: Callable[[str], str | None],
    task: str | None,
) -> Finding:
    """Return a finding with advice for its line, or unchanged if there is no advice."""
    place = finding.location
    if finding.rule not in _SUGGESTED:
        return finding
    source = source_of(place.file) if place is not None else None
    if place is None or source is None:
        return finding
    try:
        code = SourceCode(source, place.line, task)
    except (SyntaxError, ValueError, RecursionError):
        return finding
    if finding.rule in ("speed.segments", "speed.lookups"):
        return _sped_up(finding, place, code)
    if finding.rule in _BY_STATEMENT:
        sent = _sent_from(place, statements)
        return _with(finding, _BY_STATEMENT[finding.rule](code, place.file, sent))
    return _with(finding, _BY_CODE[finding.rule](code, place.file))


def _with(finding: Finding, remedy: Remedy | None) -> Finding:
    if remedy is None:
        return finding
    return replace(finding, advice=remedy.advice, suggestion=remedy.diff)


def _sped_up(finding: Finding, place: Location, code: SourceCode) -> Finding:
    found = speed_up(code, place.file)
    if found is None:
        return finding
    line, remedy = found
    return _with(replace(finding, location=replace(place, line=line)), remedy)


def _sent_from(place: Location, statements: Sequence[Statement]) -> str:
    """Return the statement that a line sent most often."""
    sent = [
        each
        for each in statements
        if each.location is not None
        and (each.location.file, each.location.line) == (place.file, place.line)
    ]
    return max(sent, key=lambda each: each.calls).text if sent else ""


def with_profile_command(
    findings: Sequence[Finding], config: str
) -> tuple[Finding, ...]:
    """Add the command `limerun profile` to the advice of findings without a line.

    Args:
        findings: The findings to extend.
        config: The config's path as the user typed it, so that the command can be pasted.
    """
    command = f"limerun profile {shlex.quote(config)}"
    return tuple(
        replace(finding, advice=f"Run `{command}` {why}. {finding.advice}")
        if (why := _PROFILED.get(finding.rule))
        else finding
        for finding in findings
    )
