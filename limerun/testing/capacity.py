"""Run a capacity test from Python; the outcome is readable in a failed `assert`."""

import contextlib
import inspect
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from limerun.config.secret_values import known
from limerun.errors import ConfigError, LimerunError
from limerun.records import INTERRUPTED, Record, Verdict
from limerun.report.content.check_text import failure_text
from limerun.report.content.headlines import headline
from limerun.report.content.safe_text import plain
from limerun.report.content.sentences import shown_run, timed_run
from limerun.testing.sizes import sets_of, with_rows

Task = str | Callable[..., object]
_WIDTH = 88


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CapacityOutcome:
    """A record and its figures; a figure is None if it was not measured."""

    record: Record

    @property
    def passed(self) -> bool:
        """True if every check passed."""
        return self.record.verdict is Verdict.PASSED

    @property
    def memory_bytes(self) -> int | None:
        """Task memory: the peak above the idle worker's memory."""
        run = shown_run(self.record)
        return run.memory.task_bytes if run else None

    @property
    def duration_seconds(self) -> float | None:
        """Duration of the task's call."""
        run = timed_run(self.record)
        return run.duration_seconds if run else None

    @property
    def queries(self) -> int | None:
        """Number of statements that the task sent."""
        run = shown_run(self.record)
        return run.queries.total if run and run.queries else None

    @property
    def commits(self) -> int | None:
        """Number of transactions that the task committed."""
        run = shown_run(self.record)
        return run.queries.commits if run and run.queries else None

    @property
    def rows(self) -> int | None:
        """Number of rows that the task read from its sources."""
        run = shown_run(self.record)
        return run.rows_processed if run else None

    def __repr__(self) -> str:
        # Short, because pytest cuts out the middle of a long text.
        line = headline(self.record)
        over = [check for check in self.record.checks if check.passed is not True]
        text = failure_text(over[0]) if over else line.sentence
        return f"<{line.word}: {text}>"

    def report(self) -> str:
        """Return the complete report as text, as on a terminal."""
        from rich.console import Console

        from limerun.report.terminal.record_view import render

        stream = io.StringIO()
        console = Console(
            file=stream, width=_WIDTH, color_system=None, highlight=False, markup=False
        )
        render(self.record, console)
        return stream.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityTest:
    """The type of `limerun.capacity_test` and of the fixture `capacity_test`."""

    folders: tuple[Path, ...] = (Path(),)
    """The folders in which to search for configs and task files."""

    def __call__(  # noqa: PLR0913 - each is a key of the config
        self,
        task: Task | None = None,
        *,
        config: str | Path | None = None,
        memory: str | int | None = None,
        duration: str | float | None = None,
        queries_per_row: float | None = None,
        rows: Mapping[str, int | str] | None = None,
        sources: Mapping[str, int | str] | None = None,
        parameters: Mapping[str, object] | None = None,
        settings: Mapping[str, object] | None = None,
        repeat: int | None = None,
    ) -> CapacityOutcome:
        """Run a task in a fresh worker, and compare its figures with the budgets.

        Args:
            task: A function, or its name as in a config; replaces the config's task.
            config: The config file. By default, every key has its default value.
            memory: Budget of task memory, such as "200 MB".
            duration: Budget of the duration, such as "10 min".
            queries_per_row: Budget of the queries per row.
            rows: Number of rows per limetype; their sources shrink in proportion.
            sources: Number of rows per source.
            parameters: Keyword arguments of the task.
            settings: Any other key of the config, such as {"environment": "cloud"}.
            repeat: Number of runs, each in a fresh worker.

        Raises:
            LimerunError: The config or an argument is invalid, or the task cannot be
                found or imported.
        """
        __tracebackhide__ = True
        keys: dict[str, object] = {
            "budget.memory": memory,
            "budget.duration": duration,
            "budget.queries_per_row": queries_per_row,
            **{f"sources.{name}.rows": n for name, n in (sources or {}).items()},
            **{
                f"parameters.{name}": value
                for name, value in (parameters or {}).items()
            },
            **(settings or {}),
        }
        try:
            if task is not None:
                keys["task"] = self._task_name(task)
            with self._config(config, task) as path:
                sets = sets_of(keys)
                if rows:
                    sets = with_rows(path, sets, rows, keep=sources or {})
                return CapacityOutcome(record=_perform(path, sets, repeat))
        except LimerunError as error:
            error.args = (known.conceal(str(error)),)
            # Frames of limerun do not help the author of a test.
            raise error.with_traceback(None) from None

    @contextlib.contextmanager
    def _config(self, config: str | Path | None, task: Task | None) -> Iterator[Path]:
        if config is not None:
            yield self._found(Path(config))
            return
        if task is None:
            raise ConfigError("capacity_test needs a task, or a config with a task")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "limerun.yaml")
            path.write_text(f"task: {json.dumps(self._task_name(task))}\n", "utf-8")
            yield path

    def _found(self, path: Path) -> Path:
        for folder in self.folders:
            if (folder / path).is_file():
                return (folder / path).absolute()
        folders = " or ".join(
            dict.fromkeys(str(each.absolute()) for each in self.folders)
        )
        raise ConfigError(f"{path}: this file does not exist in {folders}")

    def _task_name(self, task: Task) -> str:
        if isinstance(task, str):
            place, _, name = task.rpartition(":")
            return (
                f"{self._found(Path(place))}:{name}" if place.endswith(".py") else task
            )
        function = inspect.unwrap(task)
        try:
            file = Path(inspect.getfile(function)).resolve()
            name = function.__qualname__
        except (AttributeError, TypeError):
            raise ConfigError(
                f"{task!r} is not a function; pass a function or its name"
            ) from None
        if "<" in name:
            raise ConfigError(
                f"{name} is a function inside another, which the worker cannot import; "
                "define it at the top level of a module"
            )
        return f"{file}:{name}"


capacity_test = CapacityTest()


def _perform(config: Path, sets: list[str], repeat: int | None) -> Record:
    """Run the test while all others wait, including those of other xdist workers."""
    from limerun import pipeline
    from limerun.config.resolve import load_plan
    from limerun.file_locks import locked
    from limerun.progress import Progress
    from limerun.runs.preparation import RunContext, design_of, opened_cache

    plan = load_plan(
        config,
        command="capacity-test",
        options={"repeat": repeat},
        sets=sets,
        environ=os.environ,
        warn=_warn,
    )
    with opened_cache(_warn) as cache, locked(cache / "measuring.lock"):
        record = pipeline.capacity_test(
            plan,
            RunContext(design=design_of(plan), cache=cache, progress=Progress()),
        )
    if record.exit_code in INTERRUPTED:
        raise KeyboardInterrupt  # ends the whole pytest session, as a signal does
    return record


def _warn(text: str) -> None:
    sys.stderr.write(f"warning: {plain(known.conceal(text))}\n")
