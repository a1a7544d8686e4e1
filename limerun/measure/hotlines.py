"""Turn what an instrument saw into the lines that matter most."""

import linecache
from collections.abc import Mapping
from typing import Any

from limerun.records import HotLine, Instrument, Location, Run

SHOWN = 10


def instrument_of(seen: Mapping[str, Any], run: Run, bare: Run) -> Instrument:
    """Return the lines that took the most of an instrument's seconds or bytes."""
    total = float(seen["total"])
    return Instrument(
        name="cpu" if seen["unit"] == "seconds" else "memory",
        tool=seen["tool"],
        unit=seen["unit"],
        total=total,
        lines=tuple(
            HotLine(
                location=Location(file=file, line=line, function=function or None),
                amount=amount,
                share=amount / total if total else 0.0,
                calls=calls or None,
                text=linecache.getline(file, line).strip(),
            )
            for file, line, function, amount, calls in seen["lines"][:SHOWN]
        ),
        duration_seconds=run.duration_seconds,
        slowdown=_slowdown(run, bare),
    )


def statements_of(run: Run, bare: Run) -> Instrument:
    """Return the statements that were sent most often, with the lines that sent them."""
    total = sum(statement.calls for statement in run.statements)
    ranked = sorted(run.statements, key=lambda each: -each.calls)
    return Instrument(
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
        slowdown=_slowdown(run, bare),
        why_missing=None if run.queries else "no statement through SQLAlchemy was seen",
    )


def missing(name: str, why: str) -> Instrument:
    """Return an instrument that could not be used."""
    units: dict[str, Any] = {"cpu": "seconds", "memory": "bytes"}
    return Instrument(
        name="cpu" if name == "cpu" else "memory",
        tool="",
        unit=units[name],
        total=0.0,
        lines=(),
        duration_seconds=None,
        slowdown=None,
        why_missing=why,
    )


def _slowdown(run: Run, bare: Run) -> float | None:
    if not run.duration_seconds or not bare.duration_seconds:
        return None
    return run.duration_seconds / bare.duration_seconds
