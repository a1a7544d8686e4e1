"""Divide a run's duration into its parts, as shares of a bar. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from limerun.records import Run, TimeProfile
from limerun.report.content.facts import time_parts
from limerun.report.content.profile_sentences import part_label
from limerun.units import format_duration

_KINDS = {
    "CPU": "own",
    "database": "database",
    "waiting": "waiting",
    "contention": "contention",
}
"""The kind of each part; it has the same colour in a profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeShare:
    """A part of the duration, for example CPU."""

    label: str
    kind: str
    text: str
    begin: float
    share: float


def shares_of(run: Run) -> Iterator[TimeShare]:
    """Yield the parts of the duration; none if the CPU time is unknown."""
    yield from _shares(
        [(label, _KINDS[label], seconds) for label, seconds in time_parts(run)]
    )


def profiled_shares_of(time: TimeProfile) -> Iterator[TimeShare]:
    """Yield the parts of a profiled run's duration, by kind of work."""
    yield from _shares(
        [(part_label(part, time), part.kind, part.seconds) for part in time.parts]
    )


def _shares(parts: Sequence[tuple[str, str, float]]) -> Iterator[TimeShare]:
    whole = sum(max(0.0, seconds) for _, _, seconds in parts)
    begin = 0.0
    for label, kind, seconds in parts if whole else ():
        share = max(0.0, seconds) / whole
        yield TimeShare(
            label=label,
            kind=kind,
            text=format_duration(seconds),
            begin=begin,
            share=share,
        )
        begin += share
