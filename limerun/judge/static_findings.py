"""Add what was seen in the code to what was measured, each fault once. Pure."""

from collections.abc import Iterable, Sequence

from limerun.records import Finding, Run

_SHOWN = frozenset(
    {"memory.objects", "memory.batches", "chunking.iterators", "speed.queries"}
    | {"speed.lookups", "log.exceptions", "log.sensitive"}
)
"""Documentation and notes are for `limerun lint`."""


def with_static(
    measured: Sequence[Finding], static: Iterable[Finding], runs: Sequence[Run]
) -> tuple[Finding, ...]:
    """Return the measured findings, and the suspicions that no measurement decides.

    A measurement confirms a suspicion, or refutes it: both replace it.
    """
    decided = set.intersection(*(_measured(run) for run in runs)) if runs else set()
    places = {_place(each) for each in measured}
    added = [
        each
        for each in static
        if each.rule in _SHOWN - decided
        and each.level != "note"
        and _place(each) not in places
    ]
    return (*measured, *added)


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
