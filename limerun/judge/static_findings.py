"""Add the findings of lint to those of a run, without duplicates. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from limerun.records import Finding, Run

_SHOWN = frozenset(
    {"memory.objects", "memory.batches", "chunking.iterators", "speed.queries"}
    | {"speed.lookups", "log.exceptions", "log.sensitive"}
)
"""Rules that are shown after a run; only lint reports documentation and notes."""
_ITERATORS = "chunking.iterators"
_COUNTED = frozenset({"memory.objects", "memory.batches", "speed.queries"})
"""Rules that the figures of a run confirm or disprove."""


def with_static(
    measured: Sequence[Finding], static: Iterable[Finding], runs: Sequence[Run]
) -> tuple[Finding, ...]:
    """Return the measured findings, and the static ones that nothing measured decides.

    If a figure confirms or disproves a static finding, the static one is dropped.
    """
    suspected = list(static)
    decided = set.intersection(*(_measured(run) for run in runs)) if runs else set()
    # Even a run that ended early has counted these: the finding names the line.
    decided |= _COUNTED & {each.rule for each in measured}
    if any(each.rule == "effect.none" for each in measured):
        decided.add(_ITERATORS)
        measured = [_with_cause(each, suspected) for each in measured]
    measured = [_with_output_line(each, suspected) for each in measured]
    places = {_place(each) for each in measured}
    added = [
        each
        for each in suspected
        if each.rule in _SHOWN - decided
        and each.level != "note"
        and _place(each) not in places
    ]
    return (*measured, *added)


def _with_cause(finding: Finding, suspected: Sequence[Finding]) -> Finding:
    """Add to a missing effect the line that may cause it: a generator used twice."""
    cause = next((each for each in suspected if each.rule == _ITERATORS), None)
    if finding.rule != "effect.none" or cause is None:
        return finding
    detail = f"{finding.detail} {cause.title}: {cause.detail}"
    return replace(finding, location=cause.location, code=cause.code, detail=detail)


def _with_output_line(finding: Finding, suspected: Sequence[Finding]) -> Finding:
    """Return a finding about revealed data, with the line that may have written it."""
    if finding.rule != "log.sensitive" or finding.location is not None:
        return finding
    for each in suspected:
        where = each.title.rpartition(" may reach ")[2]
        if (each.rule, each.level) == (finding.rule, finding.level) and (
            f" in {where}" in finding.title
        ):
            return replace(finding, location=each.location, code=each.code)
    return finding


def _measured(run: Run) -> set[str]:
    """Return the rules that a complete run decides, because it has their figures."""
    if not run.is_done:
        return set()
    figures = {
        "memory.objects": run.lime_objects,
        "memory.batches": run.transactions,
        "speed.queries": run.queries,
    }
    return {rule for rule, figure in figures.items() if figure is not None}


def _place(finding: Finding) -> tuple[str, int] | None:
    """Return the line of a finding; findings at one line are about the same fault."""
    place = finding.location
    return None if place is None else (place.file, place.line)
