"""Ladders of runs made up by a law, with as much noise as is asked for."""

import random
from collections.abc import Callable, Sequence

from limerun.measure.growth import Climb
from limerun.records import Budget, GrowthRun

MB = 1_000_000
SIZES = tuple(1_000 * 2**k for k in range(7))
CALIBRATION = 0.010


def a_budget(
    *,
    memory: int = 200 * MB,
    duration: float | None = None,
    queries: float | None = None,
) -> Budget:
    return Budget(
        memory_bytes=memory,
        idle_baseline_bytes=200 * MB,
        duration_seconds=duration,
        queries_per_row=queries,
    )


def ladder(  # noqa: PLR0913 - one law for each figure
    cpu: Callable[[int], float],
    *,
    sizes: Sequence[int] = SIZES,
    repeats: int = 3,
    noise: float = 0.0,
    seed: int = 1,
    memory: Callable[[int], float] = lambda n: 5 * MB,
    database: Callable[[int], float] = lambda n: 0.0,
    wait: Callable[[int], float] = lambda n: 0.0,
    queries: Callable[[int], int] | None = None,
) -> tuple[GrowthRun, ...]:
    """Return runs; noise only ever adds, as on a real machine."""
    drawn = random.Random(seed)
    runs = []
    for _ in range(repeats):
        for n in sizes:
            slower = 1 + noise * drawn.expovariate(1.0)
            runs.append(
                GrowthRun(
                    rows=n,
                    duration_seconds=(cpu(n) + database(n) + wait(n)) * slower,
                    cpu_seconds=cpu(n) * slower,
                    database_seconds=database(n) * slower,
                    task_bytes=round(memory(n)),
                    rows_processed=n,
                    queries=None if queries is None else queries(n),
                    commits=None if queries is None else 1,
                    calibration_seconds=CALIBRATION,
                )
            )
    return tuple(runs)


def a_climb(runs: tuple[GrowthRun, ...], to_rows: int) -> Climb:
    return Climb(
        grow="sources", to_rows=to_rows, within_seconds=120.0, seconds=60.0, runs=runs
    )
