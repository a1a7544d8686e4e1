"""Turn the runs of a ladder into growth: rungs, parts, predictions, reach. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from limerun.measure.duration_curves import DurationCurves, memory_line_of
from limerun.measure.extrapolation import LEAST_POINTS
from limerun.measure.predictions import predictions_of
from limerun.measure.reach import reaches_of
from limerun.measure.rungs import noise_of, rungs_of
from limerun.records import Budget, Growth, GrowthRun, Part, Regime, Rung

_REGIME = 1.3
"""The ladder's top over what the rungs below it predicted."""
_REGIME_IN_NOISE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """What a ladder gathered, and for which question."""

    grow: str
    to_rows: int
    within_seconds: float
    seconds: float
    runs: tuple[GrowthRun, ...]
    ended_at_rows: int | None = None
    """The size of the run that did not return, if there was one."""
    overlaps: Mapping[str, float] | None = None
    """By source, where less than configured; None: nowhere."""


def growth_of(climb: Climb, budget: Budget) -> Growth:
    """Return how the task grows, by the runs of its ladder.

    Without three sizes, two of them long enough to tell, nothing is predicted but
    what was measured.
    """
    rungs = rungs_of(climb.runs)
    noise = noise_of(climb.runs, rungs)
    curves = DurationCurves(climb.runs, rungs) if _enough(rungs) else None
    return Growth(
        grow=climb.grow,
        to_rows=climb.to_rows,
        within_seconds=climb.within_seconds,
        seconds=climb.seconds,
        runs=climb.runs,
        rungs=rungs,
        parts=_parts(climb, rungs, curves),
        doubling=curves.doubling() if curves else None,
        predictions=predictions_of(climb.to_rows, climb.runs, rungs, curves, budget),
        reaches=reaches_of(climb.to_rows, rungs, curves, budget),
        regime=_regime(rungs, curves, _REGIME_IN_NOISE if noise.reasons else _REGIME),
        noise=noise,
        ended_at_rows=climb.ended_at_rows,
        overlaps=climb.overlaps,
    )


def _enough(rungs: Sequence[Rung]) -> bool:
    accepted = sum(rung.accepted for rung in rungs)
    return len(rungs) >= LEAST_POINTS and accepted >= 2


def _parts(
    climb: Climb, rungs: Sequence[Rung], curves: DurationCurves | None
) -> tuple[Part, ...]:
    parts: list[Part] = []
    if curves is not None:
        likely = {name: p(climb.to_rows).likely for name, p in curves.parts.items()}
        whole = sum(likely.values())
        parts = [
            Part(
                name=name,
                terms=dict(part.fit.terms),
                share=likely[name] / whole if whole else None,
                doubling=part.doubling(),
            )
            for name, part in curves.parts.items()
        ]
    line = memory_line_of(rungs)
    if line is not None:
        parts.append(
            Part(name="memory", terms=line.terms, share=None, doubling=line.doubling())
        )
    return tuple(parts)


def _regime(
    rungs: Sequence[Rung], curves: DurationCurves | None, least: float
) -> Regime | None:
    factor = curves.surprise() if curves is not None else None
    if factor is None or factor < least:
        return None
    return Regime(from_rows=rungs[-2].rows, factor=factor)
