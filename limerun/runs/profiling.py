"""Run a task without instruments and then with each one, every time in a new worker."""

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
from limerun.runs.instrument_runs import InstrumentRun, run_with_instrument
from limerun.runs.preparation import RunContext, datasets_folder
from limerun.runs.source_text import line_texts
from limerun.runs.task_runner import TaskRunner, performance_of
from limerun.scratch import scratch_folder
from limerun.units import format_count

NAMES: tuple[InstrumentName, ...] = ("time", "cpu", "memory", "statements")
_MIN_ROWS = 20
"""With fewer rows, growth cannot be measured."""
_STACK_COUNT = 20_000
_MIN_INTERVAL, _MAX_INTERVAL = 0.001, 0.01
_TIMEOUT_FACTOR = 5.0
"""A run with an instrument may take this many times the plain run's duration."""
_MEMORY_SHARE = 0.7
"""Share of the memory at which the task was killed; the run is ended there, so that it
can report."""
_MAY_NOT_REPORT = ("crashed", "exited", "killed")
"""Endings after which the instrument may have had no chance to report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRuns:
    """The results of all runs of a profile."""

    performance: Performance
    """The plain run, without instruments: its figures are reported."""
    traced: Run
    """The run with the statements instrument; the plain run if there is none."""
    instruments: tuple[InstrumentResult, ...]
    profile: Profile
    renderings: Mapping[str, str]
    """The text of each rendering, by the rendering's name."""
    interrupted: bool
    """Whether a run was interrupted; the runs after it are missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _HalfRun:
    """A run on half of the task's input, without instruments."""

    run: Run | None = None
    rows: int | None = None
    whole_rows: int | None = None
    """The rows of the plain run's input, counted in the same way."""
    why_missing: str | None = None
    interrupted: bool = False
    """Whether this run or an earlier run was interrupted."""


def run_instrumented(
    plan: Plan, context: RunContext, renderings: tuple[str, ...]
) -> ProfileRuns:
    """Run the task without instruments, with each of them, and on half of its input.

    The instruments run even if the plain run failed, unless it was interrupted: they
    report what they measured until the task raised or was ended.

    Args:
        plan: What the user decided.
        context: Where to run the task.
        renderings: Formats for the sampled stacks: "speedscope", "cpu_html".

    Raises:
        LimerunError: The task cannot be run, or its dataset cannot be made.
    """
    with (
        TaskRunner.open(plan, context) as runner,
        scratch_folder(context.cache / "runs") as folder,
    ):
        first = runner.run_once(compare=True, search=True)
        bare = first.run
        measured: dict[str, InstrumentRun] = {}
        half_run = _HalfRun(why_missing="the runs were interrupted", interrupted=True)
        try:
            for order in _orders(plan, bare, folder, renderings):
                if _is_interrupted(bare, measured):
                    break
                context.progress.note(f"instrument: {order.name}")
                measured[order.name] = run_with_instrument(runner, order, bare)
            if not _is_interrupted(bare, measured):
                half_run = _run_on_half(runner, plan, context, bare, folder)
        except KeyboardInterrupt:
            pass  # between two runs: report the results of the runs so far
        rendered = {
            each: path.read_text(encoding="utf-8")
            for each in renderings
            if (path := folder / each).exists()
        }
    statements = measured.get("statements", InstrumentRun())
    return ProfileRuns(
        performance=performance_of(plan, [first]),
        # The instrument's memory is not the task's.
        traced=replace(statements.run or bare, memory=bare.memory),
        instruments=tuple(_instruments(measured, bare)),
        profile=_profile(measured, bare, half_run),
        renderings=rendered,
        interrupted=half_run.interrupted,
    )


def _is_interrupted(bare: Run, measured: Mapping[str, InstrumentRun]) -> bool:
    runs = [bare, *(each.run for each in measured.values() if each.run is not None)]
    return any(run.killed_because == "interrupted" for run in runs)


# --- the runs -------------------------------------------------------------------


def _orders(
    plan: Plan, bare: Run, folder: Path, renderings: tuple[str, ...]
) -> Iterator[InstrumentOrder]:
    seconds = bare.duration_seconds or 0.0
    after = plan.timeout_seconds
    if after is not None and bare.ending != "timeout":
        after = max(after, _TIMEOUT_FACTOR * seconds)
    for name in NAMES:
        own_folder = folder / name
        own_folder.mkdir()
        yield InstrumentOrder(
            name=name,
            title=plan.task,
            folder=folder if name == "cpu" else own_folder,
            stop_after_seconds=after,
            stop_above_bytes=_max_bytes(plan, bare),
            interval_seconds=min(
                _MAX_INTERVAL, max(_MIN_INTERVAL, seconds / _STACK_COUNT)
            ),
            durable=bare.ending in _MAY_NOT_REPORT,
            renderings=renderings if name == "cpu" else (),
        )


def _max_bytes(plan: Plan, bare: Run) -> int | None:
    """Return the memory at which the instrument ends the task from inside."""
    if bare.killed_because == "cloud_limit":
        return plan.cloud_limit_bytes - plan.budget.idle_baseline_bytes
    task_bytes = bare.memory.task_bytes
    if bare.ending == "killed" and task_bytes is not None:
        return int(task_bytes * _MEMORY_SHARE)
    return None


def _run_on_half(
    runner: TaskRunner, plan: Plan, context: RunContext, bare: Run, folder: Path
) -> _HalfRun:
    """Run the task on half of its input, with an unchanged database if possible."""
    if not bare.is_done:
        return _HalfRun(why_missing=f"the task {ending_of({}, bare)}")
    total = sum(source.rows for source in plan.sources.values())
    if not plan.sources and plan.dataset is not None:
        total = sum(plan.dataset.rows.values())
    if total < _MIN_ROWS:
        return _HalfRun(
            why_missing=f"the input has only {total} rows; {_MIN_ROWS} are needed"
        )
    half = total // 2
    context.progress.note(f"running on half of the input: {format_count(half)} rows")
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
        return _HalfRun(
            why_missing=f"the task cannot be run on half of its input: {error}"
        )
    if not run.is_done:
        how = ending_of({}, run)
        return _HalfRun(
            why_missing=f"on half of its input, the task {how}",
            interrupted=run.killed_because == "interrupted",
        )
    if bare.rows_processed and run.rows_processed:
        if run.rows_processed >= bare.rows_processed:
            return _HalfRun(why_missing="the task does not read all of its input")
        return _HalfRun(
            run=run, rows=run.rows_processed, whole_rows=bare.rows_processed
        )
    return _HalfRun(run=run, rows=half, whole_rows=total)


# --- results --------------------------------------------------------------------


def _instruments(
    measured: Mapping[str, InstrumentRun], bare: Run
) -> Iterator[InstrumentResult]:
    for name in NAMES:
        found = measured.get(name)
        if found is None:
            continue
        if found.run is None:
            yield missing(name, found.why_missing)
        elif name == "statements":
            yield statements_of(found.report, found.run, bare)
        else:
            texts = line_texts(
                (line[0], line[1]) for line in found.report.get("lines", ())
            )
            result = instrument_of(name, found.report, found.run, bare, texts)
            notes = [note for note in (found.note, result.note) if note]
            yield replace(result, note="; ".join(notes) or None)


def _profile(
    measured: Mapping[str, InstrumentRun], bare: Run, half_run: _HalfRun
) -> Profile:
    nothing = InstrumentRun()
    time, cpu = measured.get("time", nothing), measured.get("cpu", nothing)
    statements = measured.get("statements", nothing)
    return Profile(
        time=(
            time_profile_of(time.report, time.run, cpu.report.get("functions", ()))
            if time.run is not None and "parts" in time.report
            else None
        ),
        tree=tree_of(cpu.report),
        statements=(
            statement_profile_of(
                statements.outcome,
                statements.run,
                rows=half_run.whole_rows or statements.run.rows_processed,
                smaller=half_run.run,
                smaller_rows=half_run.rows,
                why_unproven=half_run.why_missing,
            )
            if statements.run is not None and statements.outcome is not None
            else None
        ),
        memory_growth=(
            memory_growth_of(bare, half_run.whole_rows, half_run.run, half_run.rows)
            if half_run.run is not None
            else None
        ),
    )
