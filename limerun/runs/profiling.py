"""Run a task bare and under each instrument, each time in a new worker."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from limerun.dataset.output.dataset_sizes import SizedDatasets, Sizes
from limerun.errors import DatasetError, TaskError
from limerun.measure.hot_lines import (
    ending_of,
    instrument_of,
    missing,
    statements_of,
    tree_of,
)
from limerun.measure.statement_profile import memory_growth_of, statement_profile_of
from limerun.measure.time_profile import time_profile_of
from limerun.records import (
    InstrumentName,
    InstrumentOrder,
    InstrumentResult,
    Performance,
    Plan,
    Profile,
    Run,
)
from limerun.runs.instrument_runs import Look, look_on
from limerun.runs.preparation import RunContext, datasets_folder
from limerun.runs.source_text import line_texts
from limerun.runs.task_runner import TaskRunner, performance_of
from limerun.scratch import scratch_folder
from limerun.units import format_count

NAMES: tuple[InstrumentName, ...] = ("time", "cpu", "memory", "statements")
_LEAST_ROWS = 20
"""Growth cannot be seen with fewer."""
_STACKS = 20_000
_SHORTEST_INTERVAL, _LONGEST_INTERVAL = 0.001, 0.01
_PATIENCE = 5.0
"""Times the bare run's duration that a run may take under an instrument."""
_HEADROOM = 0.7
"""Share of the memory at which the task was killed: there it is ended, to report."""
_MAY_NOT_REPORT = ("crashed", "exited", "killed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiled:
    """What the runs came to."""

    performance: Performance
    """The bare run, the one whose figures count."""
    traced: Run
    """The run whose statements were looked at; the bare one if there was none."""
    instruments: tuple[InstrumentResult, ...]
    profile: Profile
    renderings: Mapping[str, str]
    """What was rendered, by the name that asked for it."""
    interrupted: bool
    """In any of the runs; those that were to come after it were not made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Smaller:
    """A run on half of the task's input, under nothing but the plain recorder."""

    run: Run | None = None
    rows: int | None = None
    whole_rows: int | None = None
    """Of the bare run's input, counted in the same way."""
    why_missing: str | None = None
    interrupted: bool = False
    """Before it, or in it."""


def run_instrumented(
    plan: Plan, context: RunContext, renderings: tuple[str, ...]
) -> Profiled:
    """Run the task bare, under each instrument, and on half of its input.

    The instruments run however the bare run ended, unless it was interrupted: what
    they saw before the task raised, or had to be ended, is reported.

    Args:
        plan: What the user decided.
        context: Where to do it.
        renderings: "speedscope", "cpu_html".

    Raises:
        LimerunError: The task, the dataset or the worker cannot be had.
    """
    with (
        TaskRunner.open(plan, context) as runner,
        scratch_folder(context.cache / "runs") as folder,
    ):
        first = runner.run_once()
        bare = first.run
        looks: dict[str, Look] = {}
        smaller = _Smaller(why_missing="the runs were interrupted", interrupted=True)
        try:
            for order in _orders(plan, bare, folder, renderings):
                if _is_interrupted(bare, looks):
                    break
                context.progress.note(f"instrument: {order.name}")
                looks[order.name] = look_on(runner, order, bare)
            if not _is_interrupted(bare, looks):
                smaller = _run_smaller(runner, plan, context, bare, folder)
        except KeyboardInterrupt:
            pass  # between two runs: what was seen until then is reported
        made = {
            each: path.read_text(encoding="utf-8")
            for each in renderings
            if (path := folder / each).exists()
        }
    statements = looks.get("statements", Look())
    return Profiled(
        performance=performance_of(plan, [first]),
        # Its memory is not the task's alone.
        traced=replace(statements.run or bare, memory=bare.memory),
        instruments=tuple(_instruments(looks, bare)),
        profile=_profile(looks, bare, smaller),
        renderings=made,
        interrupted=smaller.interrupted,
    )


def _is_interrupted(bare: Run, looks: Mapping[str, Look]) -> bool:
    runs = [bare, *(look.run for look in looks.values() if look.run is not None)]
    return any(run.killed_because == "interrupted" for run in runs)


# --- the runs -------------------------------------------------------------------


def _orders(
    plan: Plan, bare: Run, folder: Path, renderings: tuple[str, ...]
) -> Iterator[InstrumentOrder]:
    seconds = bare.duration_seconds or 0.0
    after = plan.timeout_seconds
    if after is not None and bare.ending != "timeout":
        after = max(after, _PATIENCE * seconds)
    for name in NAMES:
        own = folder / name
        own.mkdir()
        yield InstrumentOrder(
            name=name,
            title=plan.task,
            folder=folder if name == "cpu" else own,
            stop_after_seconds=after,
            stop_above_bytes=_most_bytes(plan, bare),
            interval_seconds=min(
                _LONGEST_INTERVAL, max(_SHORTEST_INTERVAL, seconds / _STACKS)
            ),
            durable=bare.ending in _MAY_NOT_REPORT,
            renderings=renderings if name == "cpu" else (),
        )


def _most_bytes(plan: Plan, bare: Run) -> int | None:
    """Return what the task may take until it is ended from inside."""
    if bare.killed_because == "cloud_limit":
        return plan.cloud_limit_bytes - plan.budget.idle_baseline_bytes
    taken = bare.memory.task_bytes
    if bare.ending == "killed" and taken is not None:
        return int(taken * _HEADROOM)
    return None


def _run_smaller(
    runner: TaskRunner, plan: Plan, context: RunContext, bare: Run, folder: Path
) -> _Smaller:
    """Run the task on half of its input; the database stays as it is, if it can."""
    if not bare.is_done:
        return _Smaller(why_missing=f"the task {ending_of({}, bare)}")
    total = sum(source.rows for source in plan.sources.values())
    if not plan.sources and plan.dataset is not None:
        total = sum(plan.dataset.rows.values())
    if total < _LEAST_ROWS:
        return _Smaller(
            why_missing=f"there are fewer than {_LEAST_ROWS} rows of input to halve"
        )
    half = total // 2
    context.progress.note(f"once more with {format_count(half)} rows of input")
    try:
        sampler = SizedDatasets(
            Sizes(context.design, None),
            total,
            cache=datasets_folder(context.cache),
            folder=folder,
        )
        run = runner.run_once(
            make_dataset=lambda: sampler.dataset(half, context.progress)
        ).run
    except (DatasetError, TaskError) as error:
        return _Smaller(why_missing=f"the task cannot be run on half of it: {error}")
    if not run.is_done:
        how = ending_of({}, run)
        return _Smaller(
            why_missing=f"on half of its input the task {how}",
            interrupted=run.killed_because == "interrupted",
        )
    if bare.rows_processed and run.rows_processed:
        if run.rows_processed >= bare.rows_processed:
            return _Smaller(why_missing="the task does not read all of its input")
        return _Smaller(
            run=run, rows=run.rows_processed, whole_rows=bare.rows_processed
        )
    return _Smaller(run=run, rows=half, whole_rows=total)


# --- what they come to ----------------------------------------------------------


def _instruments(looks: Mapping[str, Look], bare: Run) -> Iterator[InstrumentResult]:
    for name in NAMES:
        look = looks.get(name)
        if look is None:
            continue
        if look.run is None:
            yield missing(name, look.why_missing)
        elif name == "statements":
            yield statements_of(look.seen, look.run, bare)
        else:
            texts = line_texts(
                (line[0], line[1]) for line in look.seen.get("lines", ())
            )
            seen = instrument_of(name, look.seen, look.run, bare, texts)
            notes = [note for note in (look.note, seen.note) if note]
            yield replace(seen, note="; ".join(notes) or None)


def _profile(looks: Mapping[str, Look], bare: Run, smaller: _Smaller) -> Profile:
    nothing = Look()
    time, cpu = looks.get("time", nothing), looks.get("cpu", nothing)
    statements = looks.get("statements", nothing)
    return Profile(
        time=(
            time_profile_of(time.seen, time.run, cpu.seen.get("functions", ()))
            if time.run is not None and "parts" in time.seen
            else None
        ),
        tree=tree_of(cpu.seen),
        statements=(
            statement_profile_of(
                statements.outcome,
                statements.run,
                rows=smaller.whole_rows or statements.run.rows_processed,
                smaller=smaller.run,
                smaller_rows=smaller.rows,
                why_unproven=smaller.why_missing,
            )
            if statements.run is not None and statements.outcome is not None
            else None
        ),
        memory_growth=(
            memory_growth_of(bare, smaller.whole_rows, smaller.run, smaller.rows)
            if smaller.run is not None
            else None
        ),
    )
