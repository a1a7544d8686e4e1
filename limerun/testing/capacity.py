"""Run a capacity test for a test, and tell its outcome so that `assert` explains it."""

import inspect
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from limerun.errors import ConfigError, LimerunError
from limerun.records import Record, Verdict
from limerun.report.headlines import headline
from limerun.report.wording import failure_text, shown_run
from limerun.testing.sizes import sets_of, with_rows

Task = str | Callable[..., object]
_WIDTH = 88


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CapacityOutcome:
    """A record, and its figures: bytes, seconds and counts; None: not measured."""

    record: Record

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return self.record.verdict is Verdict.PASSED

    @property
    def memory_bytes(self) -> int | None:
        """Task memory: the peak above the idle worker."""
        run = shown_run(self.record)
        return run.memory.task_bytes if run else None

    @property
    def duration_seconds(self) -> float | None:
        """Around the call alone."""
        run = shown_run(self.record)
        return run.duration_seconds if run else None

    @property
    def queries(self) -> int | None:
        """Statements that the task sent."""
        run = shown_run(self.record)
        return run.queries.total if run and run.queries else None

    @property
    def commits(self) -> int | None:
        """Transactions that it committed."""
        run = shown_run(self.record)
        return run.queries.commits if run and run.queries else None

    @property
    def rows(self) -> int | None:
        """Rows of its sources that it read."""
        run = shown_run(self.record)
        return run.rows_processed if run else None

    def __repr__(self) -> str:
        # Short, as pytest cuts out the middle of what is long.
        line = headline(self.record)
        over = [check for check in self.record.checks if check.passed is not True]
        told = failure_text(over[0]) if over else line.sentence
        return f"<{line.word}: {told}>"

    def report(self) -> str:
        """Return the whole report as it is shown on a terminal."""
        from rich.console import Console

        from limerun.report.terminal import render

        stream = io.StringIO()
        console = Console(
            file=stream, width=_WIDTH, color_system=None, highlight=False, markup=False
        )
        render(self.record, console)
        return stream.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityTest:
    """What the fixture gives: call it to run a task."""

    test_folder: Path
    root: Path
    scratch: Path
    """An empty folder of the test's own."""

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
        """Run a task in a fresh worker and return its record, judged.

        Args:
            task: A function, or its name as a config has it; it takes the place of
                the config's.
            config: A config file, from the test's folder or pytest's root; without
                one, everything is by default.
            memory: The task's budget, such as "200 MB".
            duration: Its budget, such as "10 min".
            queries_per_row: Its budget.
            rows: Rows to make, by limetype; sources that stand for rows of one
                shrink with it.
            sources: Rows of the sources, by name.
            parameters: Keyword arguments of the task.
            settings: Any other key of the config, such as {"environment": "cloud"}.
            repeat: Runs, each in a fresh worker.

        Raises:
            LimerunError: It cannot be asked so.
        """
        __tracebackhide__ = True
        keys: dict[str, object] = {
            "budget.memory": memory,
            "budget.duration": duration,
            "budget.queries_per_row": queries_per_row,
            **{f"sources.{name}.rows": n for name, n in (sources or {}).items()},
            **{f"parameters.{name}": of for name, of in (parameters or {}).items()},
            **(settings or {}),
        }
        try:
            if task is not None:
                keys["task"] = self._task_name(task)
            path = self._config(config, task)
            sets = sets_of(keys)
            if rows:
                sets = with_rows(path, sets, rows, keep=sources or {})
            return CapacityOutcome(record=_perform(path, sets, repeat))
        except LimerunError as error:
            # The way through limerun would tell the author of a test nothing.
            raise error.with_traceback(None) from None

    def _config(self, config: str | Path | None, task: Task | None) -> Path:
        if config is not None:
            return self._found(Path(config))
        if task is None:
            raise ConfigError("name a task, or a config that does")
        path = self.scratch / "limerun.yaml"
        path.write_text(f"task: {json.dumps(self._task_name(task))}\n", "utf-8")
        return path

    def _found(self, path: Path) -> Path:
        for folder in (self.test_folder, self.root):
            if (folder / path).is_file():
                return folder / path
        folders = " or ".join(dict.fromkeys(map(str, (self.test_folder, self.root))))
        raise ConfigError(f"{path}: there is no such config in {folders}")

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
            raise ConfigError(f"{task!r} is no function; name one") from None
        if "<" in name:
            raise ConfigError(
                f"{name} is a function within another: the worker could not import "
                "it; define it in a module"
            )
        return f"{file}:{name}"


def _perform(config: Path, sets: list[str], repeat: int | None) -> Record:
    """Run alone: tests that run beside this one wait for it, those of xdist too."""
    from limerun.cli.session import cache_folder, plan_of
    from limerun.dataset.locks import locked
    from limerun.pipeline import capacity_test
    from limerun.progress import Progress
    from limerun.stage import Workshop

    plan = plan_of(config, "capacity-test", {"repeat": repeat}, sets)
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    with locked(cache / "measuring.lock"):
        return capacity_test(plan, Workshop(cache=cache, progress=Progress()))
