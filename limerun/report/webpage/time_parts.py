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
"""The colour of each part is that which a profile has for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeShare:
    """A share of the duration, such as CPU."""

    label: str
    kind: str
    text: str
    begin: float
    share: float


def shares_of(run: Run) -> Iterator[TimeShare]:
    """Yield what the duration is made of, nothing where its CPU time is not known."""
    yield from _shares(
        [(label, _KINDS[label], seconds) for label, seconds in time_parts(run)]
    )


def profiled_shares_of(time: TimeProfile) -> Iterator[TimeShare]:
    """Yield what the duration of a profiled run is made of, by kind of work."""
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
