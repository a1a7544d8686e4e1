"""Turn an instrument's results into the lines that take most. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from limerun.records import (
    CallLine,
    HotLine,
    InstrumentName,
    InstrumentResult,
    Location,
    Run,
)

SHOWN = 10


def instrument_of(
    name: InstrumentName,
    seen: Mapping[str, Any],
    run: Run,
    bare: Run,
    texts: Mapping[tuple[str, int], str],
) -> InstrumentResult:
    """Return the lines that took the most of an instrument's seconds or bytes.

    Args:
        name: The instrument's name.
        seen: What the instrument reported, or what it had stored before its worker was
        killed.
        run: The run that it watched.
        bare: The run without instruments.
        texts: The source text of lines, by file and number.
    """
    if "total" not in seen:
        return missing(name, f"with the instrument, the task {ending_of(seen, run)}")
    total = float(seen["total"])
    return InstrumentResult(
        name=name,
        tool=seen["tool"],
        unit=seen["unit"],
        total=total,
        lines=tuple(
            HotLine(
                location=Location(file=file, line=line, function=function or None),
                amount=amount,
                share=min(1.0, amount / total) if total else 0.0,
                calls=calls or None,
                text=texts.get((file, line), ""),
                path=_places(path),
            )
            for file, line, function, amount, calls, path in seen["lines"][:SHOWN]
        ),
        duration_seconds=run.duration_seconds,
        slowdown=slowdown(run, bare),
        note=note_of(seen, run),
    )


def statements_of(seen: Mapping[str, Any], run: Run, bare: Run) -> InstrumentResult:
    """Return the statements that were sent most often, with the lines that sent them."""
    total = sum(statement.calls for statement in run.statements)
    ranked = sorted(run.statements, key=lambda each: -each.calls)
    return InstrumentResult(
        name="statements",
        tool="SQLAlchemy events",
        unit="calls",
        total=float(total),
        lines=tuple(
            HotLine(
                location=statement.location or Location(file="", line=0),
                amount=float(statement.calls),
                share=statement.calls / total if total else 0.0,
                calls=statement.calls,
                text=" ".join(statement.text.split()),
            )
            for statement in ranked[:SHOWN]
        ),
        duration_seconds=run.duration_seconds,
        slowdown=slowdown(run, bare),
        why_missing=run.queries_why,
        note=note_of(seen, run),
    )


def missing(name: InstrumentName, why: str) -> InstrumentResult:
    """Return the result of an instrument that could not be used."""
    units: dict[str, Any] = {"memory": "bytes", "statements": "calls"}
    return InstrumentResult(
        name=name,
        tool="",
        unit=units.get(name, "seconds"),
        total=0.0,
        lines=(),
        duration_seconds=None,
        slowdown=None,
        why_missing=why,
    )


def tree_of(seen: Mapping[str, Any]) -> tuple[CallLine, ...]:
    """Return the call tree that the CPU instrument recorded."""
    total = float(seen.get("total", 0.0))
    return tuple(
        CallLine(
            depth=depth,
            location=Location(file=file, line=line, function=function or None),
            users=users,
            seconds=seconds,
            own_seconds=own,
            share=min(1.0, seconds / total) if total else 0.0,
        )
        for depth, file, line, function, users, seconds, own in seen.get("tree", ())
    )


def slowdown(run: Run, bare: Run) -> float | None:
    """Return a run's CPU time divided by the bare run's; None if one is incomplete.

    Durations are not used, because a busy machine distorts them far more.
    """
    if run.ending not in _WHOLE or bare.ending != run.ending:
        return None
    if not run.total_cpu_seconds or not bare.total_cpu_seconds:
        return None
    return run.total_cpu_seconds / bare.total_cpu_seconds


_WHOLE = ("returned", "raised", "exited")


def note_of(seen: Mapping[str, Any], run: Run) -> str | None:
    """Return how an incomplete run ended; None if it was complete."""
    return None if run.is_done else f"the task {ending_of(seen, run)}"


def ending_of(seen: Mapping[str, Any], run: Run) -> str:
    """Return how a run ended, as a verb phrase."""
    if run.not_run is not None:
        return run.not_run
    stopped = seen.get("stopped")
    if stopped:
        return f"was stopped at its {stopped} limit"
    if run.ending == "raised" and run.error is not None:
        return f"raised {run.error.type}"
    if run.killed_because == "interrupted":
        return "was interrupted"
    return {
        "returned": "returned",
        "raised": "raised",
        "exited": "ended its process",
        "crashed": f"crashed ({run.signal})",
        "killed": "was killed",
        "timeout": "was out of time",
    }[run.ending]


def _places(path: Sequence[Sequence[Any]]) -> tuple[Location, ...]:
    return tuple(
        Location(file=file, line=line, function=function or None)
        for file, line, function in path
    )
