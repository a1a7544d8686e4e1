"""Records of `limerun resilience`: what disturbed runs and their reruns left behind."""

from collections.abc import Mapping
from typing import Literal

from limerun.frozen import frozen
from limerun.records.comparison import LimetypeDifference
from limerun.records.ending import Location
from limerun.records.field_types import Amount, Count, Ending, Flag, Whole

ScenarioKind = Literal["rerun", "kill", "database", "source", "bad row"]
FaultName = Literal[
    "rerun",
    "kill",
    "connection",
    "commit",
    "lock",
    "status",
    "timeout",
    "cut",
    "malformed",
    "cut_file",
    "missing",
    "wrong_type",
    "too_long",
    "duplicate",
    "reference",
]
FaultPlace = Literal["row", "statement", "write", "commit", "committed", "request"]

_FAULTS: Mapping[FaultName, str] = {
    "rerun": "run again",
    "kill": "killed",
    "connection": "connection lost",
    "commit": "commit fails",
    "lock": "lock times out",
    "status": "answer 500",
    "timeout": "no answer",
    "cut": "answer cut short",
    "malformed": "malformed JSON",
    "cut_file": "file ends within a line",
    "missing": "value missing",
    "wrong_type": "wrong type",
    "too_long": "text too long",
    "duplicate": "row twice",
    "reference": "unknown reference",
}
_PLACES: Mapping[FaultPlace, str] = {
    "row": "at row",
    "statement": "at statement",
    "write": "at writing statement",
    "commit": "before commit",
    "committed": "after commit",
    "request": "at request",
}


@frozen
class Notice:
    """A line of level WARNING or above that only the disturbed run logged."""

    level: str
    """Name of its level."""
    message: str
    """Its text; a long one is cut."""
    has_details: Flag
    """Whether it has the exception, or the exception's text."""
    names_row: Flag
    """Whether it names the row: its number, or the value of its first column."""
    location: Location | None
    """The call that logged it; null if unknown."""


@frozen
class Attempt:
    """One run of the task within a scenario, and the state in which it left the data."""

    ending: Ending
    """How the call ended."""
    error: str | None
    """Type and text of the exception; null if there was none."""
    error_location: Location | None
    """Line of the user's code that raised; null if unknown."""
    differences: tuple[LimetypeDifference, ...]
    """How the database differs from the expected state; empty if it is the same."""

    @property
    def is_same(self) -> bool:
        """Whether the task returned and left the expected state."""
        return self.ending == "returned" and not self.differences

    @property
    def missing(self) -> int:
        """Objects that are missing."""
        return sum(each.missing for each in self.differences)

    @property
    def added(self) -> int:
        """Objects that the expected state does not have, duplicates included."""
        return sum(each.added for each in self.differences)

    @property
    def outcome(self) -> str:
        """How it ended and what differs, in words."""
        parts = [] if self.ending == "returned" else [self.error or self.ending]
        return "; ".join([*parts, *map(difference_text, self.differences)])


@frozen
class Scenario:
    """One fault, what the task made of it, and what a rerun made of the rest."""

    kind: ScenarioKind
    """Group of the fault."""
    fault: FaultName
    """What went wrong."""
    source: str | None = None
    """Name of the source that went wrong; null for other faults."""
    at: FaultPlace | None = None
    """Event at which it happened; null for a rerun."""
    number: Count | None = None
    """Number of that event, counted from 1; null for a rerun."""
    of: Count | None = None
    """How many such events the clean run had; null if unknown."""
    run: Attempt
    """The disturbed run. A bad row may be missing from the expected state."""
    rows_done: Count | None = None
    """Rows that it had read; null if unknown."""
    objects_written: Count = 0
    """Objects that it had created, updated or deleted."""
    partial: Flag | None = None
    """Whether more rows were written than it had committed; null if unknown."""
    stored: Flag = False
    """Whether it stored a bad row."""
    notice: Notice | None = None
    """What its log said about the fault; null: nothing."""
    place: Location | None = None
    """Line of the user's code on which the fault happened; null if unknown."""
    handler: Location | None = None
    """Exception handler around that line; null if there is none."""
    rerun: Attempt | None = None
    """The next run on what was left; null if there was no need for one."""

    @property
    def name(self) -> str:
        """The fault and its place, in words."""
        return scenario_name(self.fault, self.at, self.number, self.of)


def scenario_name(
    fault: FaultName, at: FaultPlace | None, number: int | None, of: int | None
) -> str:
    """Return a fault and its place, in words."""
    if at is None or number is None:
        return _FAULTS[fault]
    total = "" if of is None else f" of {of:,}"
    return f"{_FAULTS[fault]} {_PLACES[at]} {number:,}{total}"


def difference_text(difference: LimetypeDifference) -> str:
    """Return how a limetype differs, in words."""
    duplicates = difference.duplicates or 0
    counts = {
        "lost": difference.missing,
        "duplicate" if duplicates == 1 else "duplicates": duplicates,
        "more": difference.added - duplicates,
    }
    parts = [f"{count:,} {what}" for what, count in counts.items() if count]
    parts += [
        f"{count:,} with another {name}"
        for name, count in difference.properties.items()
    ]
    return f"{difference.limetype}: {', '.join(parts)}"


@frozen
class ScenarioNotRun:
    """A scenario that was not run."""

    name: str
    """Its name."""
    why: str
    """The reason."""
    is_cut: Flag = False
    """Whether it was left out because the time was over."""


@frozen
class Resilience:
    """The result of `limerun resilience`."""

    seed: Whole
    """Seed of the points at which faults were injected."""
    within_seconds: Amount
    """Time limit, in seconds."""
    seconds: Amount
    """Time that all runs took, in seconds."""
    varying: Mapping[str, tuple[str, ...]]
    """Properties that differ between two clean runs, by limetype: not compared."""
    unrepeatable: tuple[LimetypeDifference, ...]
    """What else differs between two clean runs; then no scenario was run."""
    created: Count
    """Objects that the clean run created."""
    updated: Count
    """Objects that it updated."""
    deleted: Count
    """Objects that it deleted."""
    scenarios: tuple[Scenario, ...]
    """The scenarios that were run."""
    not_run: tuple[ScenarioNotRun, ...]
    """Those that were not."""
