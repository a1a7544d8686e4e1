"""Add what was seen in the code to what was measured, each fault once. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from limerun.records import Finding, Run

_SHOWN = frozenset(
    {"memory.objects", "memory.batches", "chunking.iterators", "speed.queries"}
    | {"speed.lookups", "log.exceptions", "log.sensitive"}
)
"""Documentation and notes are for `limerun lint`."""
_ITERATORS = "chunking.iterators"
_COUNTED = frozenset({"memory.objects", "memory.batches", "speed.queries"})
"""Rules that the figures of a run decide."""


def with_static(
    measured: Sequence[Finding], static: Iterable[Finding], runs: Sequence[Run]
) -> tuple[Finding, ...]:
    """Return the measured findings, and the suspicions that no measurement decides.

    A measurement confirms a suspicion, or refutes it: both replace it.
    """
    suspected = list(static)
    decided = set.intersection(*(_measured(run) for run in runs)) if runs else set()
    # A run that ended early has seen this much: the call, or the query inside it.
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
    """Return a missing effect with the line that may cause it: a generator used up."""
    cause = next((each for each in suspected if each.rule == _ITERATORS), None)
    if finding.rule != "effect.none" or cause is None:
        return finding
    detail = f"{finding.detail} {cause.title}: {cause.detail}"
    return replace(finding, location=cause.location, code=cause.code, detail=detail)


def _with_output_line(finding: Finding, suspected: Sequence[Finding]) -> Finding:
    """Return what an output revealed with the line that may write it there."""
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
    """Return the rules that a run decides: its figures were measured to its end."""
    if not run.is_done:
        return set()
    figures = {
        "memory.objects": run.lime_objects,
        "memory.batches": run.transactions,
        "speed.queries": run.queries,
    }
    return {rule for rule, figure in figures.items() if figure is not None}


def _place(finding: Finding) -> tuple[str, int] | None:
    """Return the line; two findings about one line are about the same fault."""
    place = finding.location
    return None if place is None else (place.file, place.line)
