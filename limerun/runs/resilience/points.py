"""Choose the points of a task's progress at which to disturb it. Pure."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Self

EventName = Literal["row", "statement", "write", "commit", "committed", "request"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """How many events of each kind a clean run had."""

    rows: int
    """Rows that it read from files."""
    statements: int
    writes: int
    commits: int
    """Transactions that wrote rows."""

    @classmethod
    def of(cls, counters: Mapping[str, int]) -> Self:
        """Return the events that a worker counted."""
        return cls(
            rows=counters["source_rows"],
            statements=counters["reads"] + counters["writes"],
            writes=counters["writes"],
            commits=counters["transactions"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultPoint:
    """An event of a run, counted from 1."""

    at: EventName
    number: int
    of: int


def kill_points(events: Events, points: int, seed: int) -> list[FaultPoint]:
    """Return the points at which to kill a task: commits and rows by turns.

    A task without rows is killed at its writing statements instead.
    """
    commits = commit_points(events, -(-points // 2), seed)
    others = row_points(events, points - len(commits), seed)
    return [*commits, *others]


def commit_points(events: Events, points: int, seed: int) -> list[FaultPoint]:
    """Return points before and after commits.

    What is left is the same after one commit and before the next. If a task commits two
    things by turns, such as rows and how far it is, only every second of these states
    is at risk: even and odd numbers of commits take turns too.
    """
    total = events.commits
    states: dict[int, None] = {}
    for turn, share in enumerate(_shares(points, seed, "commit") if total else ()):
        committed = round(share * total)
        states[min(committed + (committed + turn) % 2, total)] = None
    found = []
    for turn, committed in enumerate(states):
        before = committed < total and (turn % 2 or not committed)
        number = committed + 1 if before else committed
        at: EventName = "commit" if before else "committed"
        found.append(FaultPoint(at=at, number=number, of=total))
    return found


def row_points(events: Events, points: int, seed: int) -> list[FaultPoint]:
    """Return points between two rows, or else between two writing statements."""
    at: EventName = "row" if events.rows > 1 else "write"
    total = events.rows if at == "row" else events.writes
    numbers = {
        1 + int(share * (total - 1)): None
        for share in (_shares(points, seed, "row") if total > 1 else ())
    }
    return [FaultPoint(at=at, number=number, of=total) for number in numbers]


def middle_point(at: EventName, total: int, seed: int) -> FaultPoint | None:
    """Return a point in the middle third of a run; None if there is no event."""
    if not total:
        return None
    share = random.Random(f"{seed}/{at}").uniform(1 / 3, 2 / 3)
    return FaultPoint(at=at, number=1 + int(share * total), of=total)


def _shares(points: int, seed: int, what: str) -> Iterator[float]:
    """Yield shares of a run's progress, evenly spread but for chance."""
    chance = random.Random(f"{seed}/{what}")
    for number in range(points):
        yield (number + chance.uniform(0.25, 0.75)) / points
