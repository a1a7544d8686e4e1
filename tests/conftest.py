"""Fixtures for all tests: a separate cache, and tasks in real workers."""

import os
import select
import signal
import sys
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import settings

from limerun.engine.launch import Launch
from limerun.engine.local import LocalWorker
from limerun.measure.summary import summarize
from limerun.progress import Progress
from limerun.records import Outcome, Run
from tests import coverage_plugin
from tests.builders import OPENING

# Every run tries the same examples, so that a change is never refused by chance. A run
# with --hypothesis-profile=search tries new ones. A busy machine may take any time.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None)
settings.load_profile("same")

# In the background, a shell starts commands that ignore Ctrl-C, and `nohup` has them
# ignore SIGHUP. Then limerun ignores these too. A handler is not inherited like that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda *_: None)

# If it is set, every command that a test starts would compile all of limerun again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

ROOT = Path(__file__).parents[1]
BEHAVIOURS = Path(__file__).parent / "tasks" / "behaviours.py"
IDLE_BYTES = 200_000_000
RESERVE_BYTES = 64_000_000


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Use a cache folder for all tests that is separate from the user's."""
    chosen = os.environ.get("LIMERUN_CACHE")
    folder = Path(chosen) if chosen else tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIMERUN_CACHE", str(folder))
        for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS", "COLUMNS"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(autouse=True)
def _plain_processes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Start processes without coverage in a test that compares them with plain ones."""
    with pytest.MonkeyPatch.context() as patch:
        if request.node.get_closest_marker("no_coverage"):
            patch.delenv(coverage_plugin.VARIABLE, raising=False)
        yield


@pytest.hookimpl(optionalhook=True)  # some environments have no xdist
def pytest_xdist_auto_num_workers() -> int:
    """Return the workers of `-n auto`: cores plus one, as tests wait for processes."""
    return (os.cpu_count() or 1) + 1


def pytest_configure(config: pytest.Config) -> None:
    """Keep the order of files, which xdist would sort by their number of tests."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that start processes: at the end none is left to wait for."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """If services are required, a test without its service fails instead of skipping."""
    report = yield
    required = "REQUIRE_SERVICES" in os.environ
    if required and report.skipped and item.get_closest_marker("services"):
        report.outcome = "failed"
        report.longrepr = f"a service that must be here is not: {report.longrepr}"
    return report


class Note:
    """A named pipe; a task writes into it that it has begun."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def read(self, *ends: int) -> str:
        """Wait for the text; fail if one of the descriptors can be read before."""
        ready, _, _ = select.select([self._fd, *ends], [], [])
        assert self._fd in ready, "the process ended before the task began"
        os.set_blocking(self._fd, True)
        with os.fdopen(self._fd, encoding="utf-8") as file:
            return file.read()


@pytest.fixture
def note(tmp_path: Path) -> Note:
    return Note(tmp_path / "note")


def launch_for(task: str) -> Launch:
    return Launch(
        task=task,
        paths=(str(ROOT),),
        python=sys.executable,
        environment={
            name: value
            for name, value in os.environ.items()
            if not name.startswith("COV")
        },
        cwd=str(ROOT),
        sampling_seconds=0.01,
        timeout_seconds=600,
        kill_task_bytes=None,
        reserve_bytes=RESERVE_BYTES,
    )


class RunTask(Protocol):
    def __call__(
        self, task: str, launch: Launch | None = None, /, **parameters: object
    ) -> Outcome: ...


@pytest.fixture
def outcome_of() -> RunTask:
    """Run a function of behaviours.py, or `file.py:function`, in a real worker."""

    def run_task(
        task: str, launch: Launch | None = None, /, **parameters: object
    ) -> Outcome:
        launch = replace(
            launch or launch_for(""),
            task=task if ":" in task else f"{BEHAVIOURS}:{task}",
        )
        with LocalWorker(launch, Progress()) as worker:
            worker.load()
            return worker.run(replace(OPENING, parameters=parameters))

    return run_task


@pytest.fixture
def run_of(outcome_of: RunTask) -> Callable[..., Run]:
    """Run a function of tests/tasks/behaviours.py and return its summary."""

    def run_task(
        task: str, launch: Launch | None = None, /, **parameters: object
    ) -> Run:
        outcome = outcome_of(task, launch, **parameters)
        return summarize(outcome, idle_baseline_bytes=IDLE_BYTES, source_rows=None)

    return run_task
