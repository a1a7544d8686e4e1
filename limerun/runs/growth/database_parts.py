"""Choose the size of an estimate's database, and run a task with parts of it."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from limerun.dataset.design.layout import DatasetDesign
from limerun.dataset.design.mistakes import unknown
from limerun.dataset.output.dataset_sizes import (
    SHORT_LIST_ROWS,
    SizedDatasets,
    Sizes,
)
from limerun.engine.probes import calibrate
from limerun.errors import DatasetError
from limerun.measure.growth.database_size import SHARES
from limerun.measure.growth.size_schedule import PARTS_SHARE, grid_of
from limerun.progress import Progress
from limerun.records import DatabaseInfluence, DatabaseRun, GrowthRun, Plan
from limerun.runs.preparation import design_of
from limerun.runs.task_runner import TaskRun, TaskRunner
from limerun.units import format_count

_PASSES = 2


def database_of(
    plan: Plan,
    design: DatasetDesign,
    grow: str | None,
    database_rows: Mapping[str, int],
) -> tuple[DatasetDesign, DatabaseInfluence | None]:
    """Return the design with the database of the runs, and the influence to measure.

    The database has as many rows as production where that is known, or as the option
    says. If the option makes it smaller, predictions are still for production's rows.

    Args:
        plan: The plan.
        design: The dataset as configured.
        grow: The part of the data that grows; see `Sizes`.
        database_rows: Rows by limetype, from the option.

    Raises:
        DatasetError: There is no such limetype, or the database cannot be made.
    """
    sizes = Sizes(design, grow)
    if design.plan is None or not sizes.keeps_database:
        if database_rows:
            why = "grows itself: use --to" if design.plan else "does not exist"
            raise DatasetError(f"--database-rows: the database {why}")
        return design, None
    for name in database_rows:
        if name not in design.schema.tables:
            raise unknown("--database-rows", "limetype", name, design.schema.tables)
    production = {**design.plan.rows, **plan.production_rows}
    made = {**production, **database_rows}
    asked = {name: max(rows, production.get(name, 0)) for name, rows in made.items()}
    if made != design.plan.rows:
        smaller = replace(design.plan, rows=made, trimmed=True)
        sources = sizes.fitted(design.sources, smaller)
        design = design_of(replace(plan, dataset=smaller, sources=sources))
    return design, _influence_of(made, asked, plan.production_rows)


def _influence_of(
    made: Mapping[str, int], asked: Mapping[str, int], production: Mapping[str, int]
) -> DatabaseInfluence | None:
    """Return the limetypes to vary: those to extrapolate, or else all with many rows."""
    varied = [name for name, rows in made.items() if 0 < rows < asked[name]]
    varied = varied or [name for name, rows in made.items() if rows > SHORT_LIST_ROWS]
    if not varied:
        return None
    limetype = max(varied, key=lambda name: made[name])
    return DatabaseInfluence(
        limetype=limetype,
        rows={name: made[name] for name in varied},
        to_rows={name: asked[name] for name in varied},
        is_production=limetype in production,
    )


def most_comparable(
    to_rows: int, sizes: Sizes, database: DatabaseInfluence | None
) -> int:
    """Return the largest size at which sources overlap as much as in production.

    Sources repeat rows of the database. If it is smaller than production's, it has
    enough rows only for smaller sources.
    """
    overlaps = any(source.overlap for source in sizes.design.sources.values())
    if database is None or not overlaps:
        return to_rows
    return max(1, math.ceil(to_rows / database.ratio))


def comparable_sizes(to_rows: int, sizes: Sizes, most: int) -> tuple[int, ...]:
    """Return the sizes that an estimate may use: at most `most` rows.

    Raises:
        DatasetError: Even the smallest size has more rows.
    """
    grid = grid_of(to_rows, sizes.least_rows())
    if grid[0] > most:
        raise DatasetError(
            "--database-rows: with so few rows, sources that overlap with the database "
            f"can have {format_count(most)} rows at most, and the smallest size of "
            f"this estimate is {format_count(grid[0])}; use more rows"
        )
    return tuple(rows for rows in grid if rows <= most)


def without_parts(seconds: float, database: DatabaseInfluence | None) -> float:
    """Return the time for runs with the whole database, without runs with parts."""
    return seconds if database is None else (1 - PARTS_SHARE) * seconds


def with_saved_parts(
    database: DatabaseInfluence | None, saved: DatabaseInfluence | None
) -> DatabaseInfluence | None:
    """Return the influence to measure, with the saved runs that still apply.

    None if the saved runs showed that the task does not use the database. Saved runs do
    not apply if other limetypes vary now, because production's rows have changed.
    """
    if database is None or saved is None:
        return None
    same = database.rows == saved.rows
    return replace(database, runs=saved.runs) if same else database


class DatabaseParts:
    """Runs a task with parts of the database, and stores the results."""

    def __init__(
        self,
        runner: TaskRunner,
        sampler: SizedDatasets,
        progress: Progress,
        timeout_seconds: float | None,
    ) -> None:
        self._runner, self._sampler, self._progress = runner, sampler, progress
        self._timeout = timeout_seconds
        self.interrupted = False

    def run_all(
        self,
        database: DatabaseInfluence,
        wanted: Iterable[tuple[int, float]],
        part_run: Callable[[int, TaskRun, float], GrowthRun],
    ) -> DatabaseInfluence | None:
        """Run the task until a run fails or Ctrl-C is pressed; return all runs.

        None if the task does not use the database.

        Args:
            database: The influence to measure, and the runs so far.
            wanted: The size and the share of the database of each run.
            part_run: Creates the result from a size, a run and the calibration loop's
                seconds.
        """
        self._progress.note("running with parts of the database")
        runs = list(database.runs)
        try:
            calibration = calibrate()
            for rows, share in wanted:
                done = self._run(rows, share)
                if done is None:
                    break
                before, calibration = calibration, calibrate()
                result = part_run(rows, done, (before + calibration) / 2)
                if not done.loaded.takes_application:
                    return None
                runs.append(DatabaseRun(share=share, run=result))
        except KeyboardInterrupt:
            self.interrupted = True
        return replace(database, runs=tuple(runs))

    def _run(self, rows: int, share: float) -> TaskRun | None:
        """Run the task once; return None if it did not return."""
        part = f"{format_count(rows)} rows, {share:.0%} of the database"
        self._progress.phase("running", part)
        try:
            done = self._runner.run_once(
                timeout_seconds=self._timeout,
                make_dataset=lambda: self._sampler.dataset(rows, self._progress, share),
            )
        except DatasetError as error:
            self._progress.note(f"no run with {part}: {error}")
            return None
        if not done.run.is_done:
            self._progress.note(f"the run with {part} did not return")
            return None
        return done


def part_runs(
    costs: Mapping[int, float],
    most: int,
    left: Callable[[], float],
    passes: int | None,
    done: Sequence[DatabaseRun] = (),
) -> Iterator[tuple[int, float]]:
    """Yield the size and the share of the database for each run, while time is left.

    The sizes are the smallest one, and the largest one for which there is time. Each
    pass runs every share at both sizes, so that all meet the same state of the machine.

    Args:
        costs: Seconds of a run at each size, in rising order of the sizes.
        most: Larger sizes are used only if there is no other.
        left: Returns the seconds that are left.
        passes: Runs of each size and share; None: two.
        done: Earlier runs, which are not repeated.
    """
    small, *others = costs
    passes = passes or _PASSES
    counts = Counter((each.run.rows, each.share) for each in done)

    def missing(large: int, number: int) -> list[tuple[int, float]]:
        """Return the runs of a pass that are still to be done."""
        runs = ((rows, share) for rows in sorted({small, large}) for share in SHARES)
        return [run for run in runs if counts[run] < number]

    def seconds(runs: Iterable[tuple[int, float]]) -> float:
        return sum(costs[rows] for rows, _ in runs)

    numbers = range(1, passes + 1)
    sizes = [rows for rows in others if rows <= most] or others[:1] or [small]
    fitting = [
        rows
        for rows in sizes
        if sum(seconds(missing(rows, number)) for number in numbers) <= left()
    ]
    large = max(fitting, default=sizes[0])
    for number in numbers:
        runs = missing(large, number)
        # The first pass is always run: without it, nothing is known.
        if left() < (seconds(runs) if number > 1 else 0.0):
            return
        yield from runs
