"""The progress views: cheap, no traces, and no control codes without a terminal."""

import contextlib
import io
import os
import pty
import re
import sys
from collections.abc import Callable

import pyte
import pytest
from rich.console import Console

from limerun.cli.live.figures import INTERVALS, Figures
from limerun.cli.live.views import LiveView, PlainView, View, choose_view
from limerun.progress import Progress

MB = 1_000_000


class Clock:
    """A clock whose time a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock() -> Clock:
    return Clock()


def console_on(file: io.StringIO, width: int = 80) -> Console:
    return Console(file=file, width=width, force_terminal=file.isatty())


def rendered(view: LiveView, width: int = 80) -> list[str]:
    """Return the view as a terminal shows it."""
    file = io.StringIO()
    Console(file=file, width=width).print(view.draw())
    return [line.rstrip() for line in file.getvalue().splitlines()]


def live_view(
    clock: Clock, *, width: int = 80, budget: int | None = 200 * MB
) -> LiveView:
    return LiveView(console_on(Terminal(), width), budget_bytes=budget, clock=clock)


# --- which view ----------------------------------------------------------------


def test_each_console_gets_the_suitable_view(monkeypatch: pytest.MonkeyPatch) -> None:
    def view_type(file: io.StringIO, *, quiet: bool = False) -> type[Progress]:
        return type(choose_view(Console(file=file), quiet=quiet, budget_bytes=None))

    monkeypatch.setenv("TERM", "xterm-256color")
    assert view_type(Terminal()) is LiveView
    assert view_type(io.StringIO()) is PlainView
    assert view_type(Terminal(), quiet=True) is View
    monkeypatch.setenv("TERM", "dumb")
    assert view_type(Terminal()) is PlainView


def test_a_log_with_forced_colour_gets_plain_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    console = Console(file=io.StringIO())
    assert console.is_terminal
    view = choose_view(console, quiet=False, budget_bytes=None)
    assert isinstance(view, PlainView)


# --- quiet and plain -----------------------------------------------------------


def report_all_events(view: View, pass_time: Callable[[float], None]) -> None:
    with view:
        view.phase("start", "import_contracts")
        view.phase("dataset")
        view.rows_made("contract", 1, 100)
        view.phase("start", "import_contracts")
        view.baseline(60 * MB)
        view.phase("running")
        for second in range(25):
            view.sample(second, (60 + second) * MB)
            view.rows_done(second * 100, 5_000)
            pass_time(1.0)
        view.note("said \x1b[2Jaside")
        view.phase("report")


def test_the_quiet_view_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    report_all_events(View(), lambda _: None)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("forced", [False, True])
def test_the_plain_view_prints_a_line_for_each_phase_and_each_ten_seconds(
    clock: Clock, forced: bool
) -> None:
    file = io.StringIO()

    def pass_time(seconds: float) -> None:
        clock.now += seconds

    console = Console(file=file, width=40, force_terminal=forced)
    report_all_events(PlainView(console, budget_bytes=200 * MB, clock=clock), pass_time)
    assert file.getvalue().splitlines() == [
        "start: import_contracts",
        "dataset",
        "start: import_contracts",
        "idle worker: 60.0 MB",
        "running",
        "running: 10.0 s, 900 of 5,000 rows, 10.0 MB of 200.0 MB, about 41.0 s left",
        "running: 20.0 s, 1,900 of 5,000 rows, 20.0 MB of 200.0 MB, about 31.0 s left",
        "said aside",
        "report",
    ]


def test_the_plain_view_prints_the_progress_of_a_slow_dataset(clock: Clock) -> None:
    file = io.StringIO()
    view = PlainView(console_on(file), budget_bytes=None, clock=clock)
    view.phase("dataset")
    view.rows_made("contract", 0, 100)
    clock.now += 12
    view.rows_made("contract", 60, 100)
    assert file.getvalue().splitlines()[-1] == (
        "dataset: 12.0 s, 60 of 100 contract, 5 a second"
    )


# --- live ----------------------------------------------------------------------


def test_the_live_view_shows_rows_memory_and_remaining_time(clock: Clock) -> None:
    view = live_view(clock)
    view.phase("running")
    view.baseline(60 * MB)
    view.rows_done(390, 1_000)
    for second in range(20):
        view.sample(second, (60 + 5 * second) * MB)
    clock.now += 20
    view.rows_done(400, 1_000)
    running, rows, memory, recent = rendered(view)[1:]
    assert re.fullmatch(r" ● running +20\.0 s", running)
    assert rows.endswith("━━─" + "─" * 15 + "  400 of 1,000 rows, about 31.0 s left")
    assert memory.endswith("95.0 MB of 200.0 MB  48 %")
    assert recent.strip()[-1] == "▄"


def test_unknown_values_are_not_shown(clock: Clock) -> None:
    view = live_view(clock, budget=None)
    view.phase("running")
    view.rows_done(0, None)
    assert len(rendered(view)) == 2
    view.sample(0.0, 50 * MB)
    view.rows_done(10, None)
    clock.now += 60
    view.rows_done(500, None)
    text = "\n".join(rendered(view))
    assert "500 rows" in text
    assert "50.0 MB" in text
    assert "left" not in text
    assert "━" not in text


def test_an_early_estimate_is_hidden(clock: Clock) -> None:
    view = live_view(clock)
    view.phase("running")
    view.rows_done(0, 1_000)
    clock.now += 1
    view.rows_done(10, 1_000)
    assert "left" not in "\n".join(rendered(view))


def test_the_dataset_phase_has_a_progress_bar_and_a_rate(clock: Clock) -> None:
    view = live_view(clock)
    view.phase("dataset")
    view.rows_made("company", 0, 1_000)
    clock.now += 2
    view.rows_made("company", 500, 1_000)
    assert rendered(view)[2].endswith("─  500 of 1,000 company, 250 a second")


def test_finished_phases_stay_visible_with_their_time(clock: Clock) -> None:
    view = live_view(clock)
    for phase, seconds in (("start", 1), ("dataset", 5), ("start", 2), ("running", 0)):
        view.phase(phase, "about")  # type: ignore[arg-type] # phases, all of them
        clock.now += seconds
    start, dataset, running = rendered(view)[1:]
    assert re.fullmatch(r" ✓ start +3\.0 s +about", start)
    assert re.fullmatch(r" ✓ dataset +5\.0 s +about", dataset)
    assert running.startswith(" ● running")


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_no_line_is_longer_than_the_terminal(clock: Clock, width: int) -> None:
    view = live_view(clock, width=width)
    view.phase("start", "a" * 300)
    view.phase("running")
    view.sample(0.0, 500 * MB)
    view.sample(1.0, 400 * MB)
    view.rows_done(1, 2)
    assert max(map(len, rendered(view, width))) <= width


@pytest.mark.parametrize(
    ("above", "style"), [(100, "green"), (190, "yellow"), (201, "red")]
)
def test_the_colour_of_the_bar_depends_on_the_distance_to_the_budget(
    clock: Clock, above: int, style: str
) -> None:
    view = live_view(clock)
    view.phase("running")
    view.baseline(60 * MB)
    view.sample(0.0, (60 + above) * MB)
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, color_system="standard", width=80)
    console.print(view.draw())
    code = {"green": "32", "yellow": "33", "red": "31"}[style]
    assert f"\x1b[{code}m━" in file.getvalue()


def test_a_new_run_resets_the_values(clock: Clock) -> None:
    figures = Figures(None, clock)
    figures.begin("running", "")
    figures.sample(0.0, 10)
    figures.rows_done(5, 10)
    figures.begin("running", "")
    assert figures.memory_bytes() is None
    assert figures.rows_text() is None


def test_the_curve_keeps_the_highest_value_of_each_interval_and_stays_short(
    clock: Clock,
) -> None:
    figures = Figures(None, clock)
    for index in range(100_000):
        figures.sample(index / 100, 1_000 if index == 99_990 else 10)
    recent = figures.recent_memory()
    assert len(recent) == INTERVALS
    assert 1_000 in recent[-2:]


def test_the_cost_of_a_sample_does_not_grow_with_the_number_of_samples(
    clock: Clock,
) -> None:
    view = live_view(clock)
    view.phase("running")
    calls = 0

    def count_calls(_frame: object, kind: str, _detail: object) -> None:
        nonlocal calls
        calls += kind in ("call", "c_call")

    count = 2_000
    sys.setprofile(count_calls)
    try:
        for index in range(count):
            view.sample(index / 100, index)
            view.rows_done(index, count)
    finally:
        sys.setprofile(None)
    assert calls < 20 * count


@pytest.mark.slow
def test_the_live_view_disappears_from_a_real_terminal() -> None:
    primary, secondary = pty.openpty()
    screen = pyte.Screen(80, 24)
    stream = pyte.ByteStream(screen)
    with os.fdopen(secondary, "w", encoding="utf-8") as file:
        console = Console(file=file, width=80, height=24, force_terminal=True)
        view = LiveView(console, budget_bytes=200 * MB)
        with view:
            view.phase("running", "import_contracts")
            view.sample(0.0, 150 * MB)
            while "150.0 MB of 200.0 MB" not in "".join(screen.display):
                stream.feed(os.read(primary, 1 << 20))
            assert "running" in "".join(screen.display)
            view.note("worth keeping")
    with contextlib.suppress(OSError):  # the other end is closed
        while chunk := os.read(primary, 1 << 20):
            stream.feed(chunk)
    os.close(primary)
    assert [line.strip() for line in screen.display if line.strip()] == [
        "worth keeping"
    ]
    assert screen.cursor.hidden is False


@pytest.mark.slow
def test_the_live_view_disappears_after_an_error() -> None:
    file = Terminal()

    def break_while_running() -> None:
        with LiveView(console_on(file), budget_bytes=None) as view:
            view.phase("running")
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        break_while_running()
    screen = pyte.Screen(80, 24)
    pyte.Stream(screen).feed(file.getvalue())
    assert not "".join(screen.display).strip()
    assert screen.cursor.hidden is False
