"""What a task logs, as the worker captures it."""

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from limerun.engine.log_file import LogFile
from limerun.records import CapturedLine, Outcome
from limerun.worker.counters import FINISHED_NS, LOG_LINES, STARTED_NS, private_counters
from limerun.worker.logs.capture import LogCapture
from tests.conftest import RunTask, launch_for

TASKS = Path(__file__).parents[1] / "tasks"
Captured = Callable[..., tuple[Outcome, list[CapturedLine]]]


@pytest.fixture
def captured(outcome_of: RunTask, tmp_path: Path) -> Captured:
    """Run a function of a file in tests/tasks, and return what it logged too."""

    def run(
        name: str, file: str = "logs.py", **parameters: object
    ) -> tuple[Outcome, list[CapturedLine]]:
        launch = replace(launch_for(""), log_folder=str(tmp_path))
        outcome = outcome_of(f"{TASKS / file}:{name}", launch, **parameters)
        return outcome, list(LogFile(tmp_path).lines())

    return run


@pytest.mark.slow
class TestInARealWorker:
    def test_each_shown_record_is_captured_with_its_call(
        self, captured: Captured
    ) -> None:
        outcome, lines = captured("logs", lines=3)
        assert [line.message for line in lines] == [
            "Importing 3 rows",
            "3 rows imported",
        ]
        assert [line.site.level_name for line in lines] == ["INFO", "WARNING"]
        assert {line.site.logger for line in lines} == {"shop.imports"}
        assert {line.site.function for line in lines} == {"logs"}
        assert [line.extra for line in lines] == [{}, {"batch": "b-17"}]
        assert outcome.counters["log_lines"] == 2
        assert "shop.imports: 3 rows imported" in outcome.output.stderr

    def test_a_killed_task_keeps_its_last_lines(self, captured: Captured) -> None:
        outcome, lines = captured("logs_and_is_killed", lines=500)
        assert outcome.ending == "crashed"
        assert [line.message for line in lines] == [f"row {n}" for n in range(500)]

    def test_a_forked_child_is_not_captured(self, captured: Captured) -> None:
        _, lines = captured("logs_in_a_forked_child")
        assert [line.message for line in lines] == ["before", "after"]

    def test_limerun_does_not_change_how_the_task_configures_logging(
        self, captured: Captured
    ) -> None:
        outcome, lines = captured("configures_logging")
        assert outcome.result == ["StreamHandler"]
        assert outcome.output.stdout == "own format: fine detail\n"
        assert [line.message for line in lines] == ["fine detail"]

    def test_an_exception_is_captured_with_its_traceback(
        self, captured: Captured
    ) -> None:
        _, [line] = captured("logs_an_exception")
        assert line.message == "Row 17 failed"
        assert line.error is not None
        assert line.error.endswith("ValueError: the row has no number")

    def test_a_task_that_closes_all_descriptors_still_runs(
        self, captured: Captured
    ) -> None:
        outcome, lines = captured("closes_all_descriptors_and_logs")
        assert outcome.counters["log_lines"] == 2
        assert [line.message for line in lines] == ["before"]

    def test_a_task_may_import_logging_while_it_runs(self, captured: Captured) -> None:
        _, [line] = captured("warns", file="logs_late.py")
        assert line.message == "imported late"

    def test_logging_is_not_imported_for_a_task_that_does_not_log(
        self, captured: Captured
    ) -> None:
        outcome, lines = captured("names_the_modules", file="bare.py")
        assert isinstance(outcome.result, list)
        assert not {"logging", "limerun.worker.logs"}.intersection(outcome.result)
        assert lines == []


class Recording:
    """A capture in this process."""

    def __init__(self, folder: Path, sizes: tuple[int, int]) -> None:
        self.counters = private_counters()
        self.capture = LogCapture(str(folder), self.counters, sizes)
        self.capture.attach(logging)
        self.counters[STARTED_NS] = 1
        self.logger = logging.getLogger("tests.of.capture")
        self.logger.setLevel(logging.INFO)
        self.file = LogFile(folder)

    @property
    def messages(self) -> list[str]:
        return [line.message for line in self.file.lines()]


@pytest.fixture
def record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Recording]]:
    # Set to what it is, so that it is set back afterwards.
    monkeypatch.setattr(logging.Logger, "callHandlers", logging.Logger.callHandlers)
    made: list[Recording] = []

    def start(first: int = 100_000, later: int = 100_000) -> Recording:
        made.append(Recording(tmp_path, (first, later)))
        return made[-1]

    yield start
    for each in made:
        os.close(each.capture._fd)


def test_nothing_is_captured_before_the_start_and_after_the_end(
    record: Callable[..., Recording],
) -> None:
    recording = record()
    recording.counters[STARTED_NS] = 0
    recording.logger.info("import")
    recording.counters[STARTED_NS] = 1
    recording.logger.info("work")
    recording.counters[FINISHED_NS] = 2
    recording.logger.info("late")
    assert recording.messages == ["work"]
    assert recording.counters[LOG_LINES] == 1


def test_the_first_and_the_latest_lines_are_kept_and_all_are_counted(
    record: Callable[..., Recording], tmp_path: Path
) -> None:
    recording = record(first=2_000, later=2_000)
    for number in range(1_000):
        recording.logger.info("number %d", number)
        if number % 10 == 0:
            recording.logger.warning("tenth")
    messages = recording.messages
    numbers = [int(text.split()[1]) for text in messages if text != "tenth"]
    assert numbers[:5] == [0, 1, 2, 3, 4]
    assert numbers[-5:] == [995, 996, 997, 998, 999]
    assert numbers == sorted(numbers)
    assert len(numbers) < 500
    counts = {site.level_name: n for site, n in recording.file.counts.items()}
    assert counts == {"INFO": 1_000, "WARNING": 100}
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 3 * 2_000


def test_a_line_that_is_longer_than_a_part_is_written(
    record: Callable[..., Recording],
) -> None:
    recording = record(first=500, later=500)
    for _ in range(3):
        recording.logger.info("x" * 2_000)
    assert len(recording.messages) == 2


def test_very_long_texts_are_cut(record: Callable[..., Recording]) -> None:
    recording = record()
    recording.logger.info("y" * 30_000)
    [message] = recording.messages
    assert message.endswith("[... 10,040 more]")


def test_calls_above_the_limit_are_counted_together(
    record: Callable[..., Recording], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limerun.worker.logs.capture._MOST_SITES", 2)
    recording = record()
    for number in range(5):
        logging.getLogger(f"tests.logger{number}").error("text %d", number)
    assert len(recording.messages) == 5
    assert [site.logger for site in recording.file.counts] == [
        "tests.logger0",
        "tests.logger1",
        "(other loggers)",
    ]
    assert list(recording.file.counts.values()) == [1, 1, 3]


def test_a_record_that_no_handler_accepts_is_not_captured(
    record: Callable[..., Recording],
) -> None:
    recording = record()
    logger = logging.Logger("apart")  # it has no parent
    logger.addHandler(logging.NullHandler())
    strict = logging.StreamHandler()
    strict.setLevel(logging.ERROR)
    logger.addHandler(strict)
    logger.info("nobody shows this")
    assert recording.messages == []


class Quiet(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        """Take a record without formatting it."""


def test_a_record_that_no_handler_formatted_is_captured(
    record: Callable[..., Recording],
) -> None:
    recording = record()
    logger = logging.Logger("apart")
    logger.addHandler(Quiet())
    logger.info("%d of %d", 1, 2)
    logger.info("%d of %d", "wrong")
    logger.error("failed", exc_info=(ValueError, ValueError("no"), None))
    lines = list(recording.file.lines())
    assert [line.message for line in lines] == ["1 of 2", "%d of %d", "failed"]
    assert [line.error for line in lines] == [None, None, "ValueError"]


def test_an_unusual_record_does_not_disturb_the_task(
    record: Callable[..., Recording],
) -> None:
    recording = record()

    class Bare(logging.Filter):
        def filter(self, given: logging.LogRecord) -> bool:
            del given.pathname
            return True

    logger = logging.Logger("apart")
    logger.addHandler(Quiet())
    logger.addFilter(Bare())
    logger.info("no path")
    assert recording.messages == []


def test_a_full_disk_ends_the_capture_and_not_the_task(
    record: Callable[..., Recording],
) -> None:
    recording = record()

    def refuse(*_: object) -> int:
        raise OSError(28, "No space left on device")

    recording.capture._write_to = refuse
    recording.logger.info("one")
    recording.logger.info("two")
    assert recording.messages == []


def test_logging_is_wrapped_once_and_only_if_it_is_the_standard_module(
    record: Callable[..., Recording],
) -> None:
    recording = record()
    recording.capture.attach(logging)
    recording.capture.attach(os)
    recording.logger.info("once")
    assert recording.messages == ["once"]


def test_a_truncated_file_is_read_up_to_its_last_complete_line(tmp_path: Path) -> None:
    whole = b'[[0,0,20,7,"shop","INFO","t.py","run"]]\n[0,5,1,2,"one"]\n[0,9,1'
    (tmp_path / "log-first").write_bytes(whole)
    (tmp_path / "log-later-1").write_bytes(b"")
    [line] = LogFile(tmp_path).lines()
    assert (line.message, line.rows, line.actions) == ("one", 1, 2)
    assert (line.error, line.extra) == (None, {})
