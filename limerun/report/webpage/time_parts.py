"""Divide a run's duration into CPU, database and waiting, as shares of a bar. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from limerun.records import Run
from limerun.report.facts import time_parts
from limerun.units import format_duration

_KINDS = {"CPU": "own", "database": "database", "waiting": "waiting"}
"""The colour of each part is that which a profile has for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A share of a whole, such as CPU of the duration."""

    label: str
    text: str
    begin: float
    share: float
    kind: str


def parts_of(run: Run) -> Iterator[Part]:
    """Yield what the duration is made of, nothing where its CPU time is not known."""
    parts = time_parts(run)
    whole = sum(seconds for _, seconds in parts)
    begin = 0.0
    for label, seconds in parts if whole else ():
        yield Part(
            label=label,
            text=format_duration(seconds),
            begin=begin,
            share=seconds / whole,
            kind=f"kind-{_KINDS[label]}",
        )
        begin += seconds / whole
