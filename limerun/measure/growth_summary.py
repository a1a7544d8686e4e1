"""Turn the runs of a ladder into growth: rungs, parts, predictions, reach. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from limerun.measure.duration_curves import DurationCurves, memory_line_of
from limerun.measure.extrapolation import LEAST_POINTS
from limerun.measure.max_rows import max_rows_of
from limerun.measure.predictions import predictions_of
from limerun.measure.size_points import noise_of, size_points_of
from limerun.records import Budget, Growth, GrowthPart, GrowthRun, Regime, SizePoint

_REGIME = 1.3
"""The ladder's top over what the rungs below it predicted."""
_REGIME_IN_NOISE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsAtSizes:
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


def growth_of(sized: RunsAtSizes, budget: Budget) -> Growth:
    """Return how the task grows, by the runs of its ladder.

    Without three sizes, two of them long enough to tell, nothing is predicted but
    what was measured.
    """
    size_points = size_points_of(sized.runs)
    noise = noise_of(sized.runs, size_points)
    curves = None
    if _enough(size_points):
        curves = DurationCurves(sized.runs, size_points, noise.widening)
    return Growth(
        grow=sized.grow,
        to_rows=sized.to_rows,
        within_seconds=sized.within_seconds,
        seconds=sized.seconds,
        runs=sized.runs,
        size_points=size_points,
        parts=_parts(sized, size_points, curves),
        doubling=curves.doubling() if curves else None,
        predictions=predictions_of(
            sized.to_rows, sized.runs, size_points, curves, budget, noise.widening
        ),
        max_rows=max_rows_of(sized.to_rows, size_points, curves, budget),
        regime=_regime(
            size_points, curves, _REGIME_IN_NOISE if noise.reasons else _REGIME
        ),
        noise=noise,
        ended_at_rows=sized.ended_at_rows,
        overlaps=sized.overlaps,
    )


def _enough(size_points: Sequence[SizePoint]) -> bool:
    accepted = sum(size_point.accepted for size_point in size_points)
    return len(size_points) >= LEAST_POINTS and accepted >= 2


def _parts(
    sized: RunsAtSizes, size_points: Sequence[SizePoint], curves: DurationCurves | None
) -> tuple[GrowthPart, ...]:
    parts: list[GrowthPart] = []
    if curves is not None:
        likely = {name: p(sized.to_rows).likely for name, p in curves.parts.items()}
        whole = sum(likely.values())
        parts = [
            GrowthPart(
                name=name,
                terms=dict(part.fit.terms),
                share=likely[name] / whole if whole else None,
                doubling=part.doubling(),
            )
            for name, part in curves.parts.items()
        ]
    line = memory_line_of(size_points)
    if line is not None:
        parts.append(
            GrowthPart(
                name="memory", terms=line.terms, share=None, doubling=line.doubling()
            )
        )
    return tuple(parts)


def _regime(
    size_points: Sequence[SizePoint], curves: DurationCurves | None, least: float
) -> Regime | None:
    factor = curves.surprise() if curves is not None else None
    if factor is None or factor < least:
        return None
    return Regime(from_rows=size_points[-2].rows, factor=factor)
